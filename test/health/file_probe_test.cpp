#include "health/file_probe.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "catch2.hpp"
#include "health/stage.hpp"
#include "temporary_folder.hpp"

using health::FileWish;
using health::ProbeResult;
using health_test::Stage;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

using Action = std::function<void()>;

health::CheckConfig check_of(const std::string& path, FileWish wish = FileWish::number) {
    return {.name = "file", .probe = health::FileProbeConfig{path, wish}, .weight = {}};
}

/// All that a probe says when each of these things is done as soon as it has said something of the
/// one before.
std::vector<ProbeResult> results_of(const health::CheckConfig& check,
                                    const std::vector<Action>& actions) {
    Stage stage;
    std::size_t next = 0;
    stage.start(check, [&] {
        if (next < actions.size()) {
            actions[next++]();
        } else {
            stage.done();
        }
    });
    REQUIRE(stage.run());
    return stage.results;
}

void write(const std::string& path, const std::string& text) {
    std::ofstream(path) << text;
}

/// A folder that is gone with the test, with a name for a file in it.
struct Place {
    TemporaryFolder folder;
    std::string file = folder.path() + "/level";

    [[nodiscard]] ProbeResult says(int number) const {
        return {true, file + " says " + std::to_string(number), number, ""};
    }
    [[nodiscard]] ProbeResult is(const std::string& what) const {
        return {false, file + " " + what, {}, ""};
    }
};

std::ptrdiff_t count_descriptors() {
    return std::distance(fs::directory_iterator("/proc/self/fd"), {});
}

}  // namespace

TEST_CASE("a number is all of a file's content", "[health]") {
    CHECK(health::to_number("5") == 5);
    CHECK(health::to_number(" -12\n") == -12);
    CHECK(health::to_number("+7\r\n") == 7);
    CHECK(health::to_number("010") == 10);
    for (const char* const text :
         {"", " ", "+", "-", "+-1", "5x", "5 6", "0x10", "1.5", "99999999999"}) {
        INFO(text);
        CHECK(health::to_number(text) == std::nullopt);
    }
}

TEST_CASE("what is no number is 0 in keepalived's way", "[health]") {
    CHECK(health::leading_number("5\n") == 5);
    CHECK(health::leading_number("-12abc") == -12);
    CHECK(health::leading_number("") == 0);
    CHECK(health::leading_number("abc") == 0);
    CHECK(health::leading_number("99999999999999999999") == 2147483647);
}

TEST_CASE("a file that comes and goes is told at once", "[health]") {
    const Place place;
    const ProbeResult there{true, place.file + " is there", {}, ""};
    CHECK(results_of(check_of(place.file, FileWish::present),
                     {[&] { write(place.file, ""); }, [&] { fs::remove(place.file); },
                      [&] { fs::create_directory(place.file); }}) ==
          std::vector{place.is("is not there"), there, place.is("is not there"), there});
}

TEST_CASE("a file can be wanted not to be there", "[health]") {
    const Place place;
    const ProbeResult absent{true, place.file + " is not there", {}, ""};
    CHECK(results_of(check_of(place.file, FileWish::absent),
                     {[&] { write(place.file, ""); }, [&] { fs::remove(place.file); }}) ==
          std::vector{absent, place.is("is there"), absent});
}

TEST_CASE("a number is told when it changes, by whichever way", "[health]") {
    const Place place;
    write(place.file, "5\n");
    const std::string other = place.folder.path() + "/other";
    CHECK(results_of(check_of(place.file),
                     {[&] { write(place.file, "6\n"); },
                      [&] {
                          write(other, "7");
                          fs::rename(other, place.file);
                      },
                      [&] { write(place.file, "8"); }, [&] { fs::remove(place.file); },
                      [&] {
                          write(other, "9");
                          fs::create_hard_link(other, place.file);
                      }}) == std::vector{place.says(5), place.says(6), place.says(7), place.says(8),
                                         place.is("is not there"), place.says(9)});
}

TEST_CASE("a file without a number says why", "[health]") {
    const Place place;
    write(place.file, "");
    CHECK(results_of(check_of(place.file), {[&] { write(place.file, "secret"); },
                                            [&] { write(place.file, std::string(100'000, '1')); },
                                            [&] { write(place.file, " \n"); },
                                            [&] {
                                                fs::remove(place.file);
                                                mkfifo(place.file.c_str(), 0600);
                                            },
                                            [&] {
                                                fs::remove(place.file);
                                                fs::create_directory(place.file);
                                            },
                                            [&] {
                                                fs::remove(place.file);
                                                fs::create_symlink("/dev/null", place.file);
                                            },
                                            [&] {
                                                fs::remove(place.file);
                                                fs::create_symlink(place.file, place.file);
                                            }}) ==
          std::vector{place.is("is empty"), place.is("holds no number"),
                      place.is("holds more than a number"), place.is("is empty"),
                      place.is("is a FIFO"), place.is("is a folder"), place.is("is a device"),
                      place.is("can't be looked at: Too many levels of symbolic links")});
}

TEST_CASE("a file that is being written to is not read before its writer is done", "[health]") {
    const Place place;
    write(place.file, "5");
    std::ofstream writer;
    Stage stage;
    stage.start(check_of(place.file), [&] {
        if (stage.results.size() > 1) {
            stage.done();
            return;
        }
        writer.open(place.file);  // empties it
        stage.after(30ms, [&] { writer << "6" << std::flush; });
        stage.after(60ms, [&] { writer.close(); });
    });
    REQUIRE(stage.run());
    CHECK(stage.results == std::vector{place.says(5), place.says(6)});
}

TEST_CASE("a writer that never closes the file is waited for, but not for long", "[health]") {
    const Place place;
    std::ofstream writer;
    CHECK(results_of(check_of(place.file), {[&] {
                                                writer.open(place.file);
                                                writer << "5" << std::flush;
                                            },
                                            [&] { writer << "6" << std::flush; }}) ==
          std::vector{place.is("is not there"), place.says(5), place.says(56)});
}

TEST_CASE("folders that come, go and are replaced are followed", "[health]") {
    const TemporaryFolder folder;
    const std::string top = folder.path() + "/a";
    const std::string file = top + "/b/level";
    const ProbeResult gone{false, file + " is not there", {}, ""};
    const auto says = [&](int number) {
        return ProbeResult{true, file + " says " + std::to_string(number), number, ""};
    };
    const std::string other = folder.path() + "/other";
    fs::create_directories(other + "/b");
    write(other + "/b/level", "7");
    CHECK(results_of(check_of(file), {[&] {
                                          fs::create_directories(top + "/b");
                                          write(file, "5");
                                      },
                                      [&] { fs::remove_all(top); }, [&] { fs::rename(other, top); },
                                      [&] { write(file, "8"); }, [&] { fs::rename(top, other); },
                                      [&] { fs::create_symlink("other", top); },
                                      [&] { write(other + "/b/level", "9"); }}) ==
          std::vector{gone, says(5), gone, says(7), says(8), gone, says(8), says(9)});
}

// As a Kubernetes volume is: file -> ..data/file, ..data -> a folder of one version.
TEST_CASE("symbolic links that are replaced are followed", "[health]") {
    const Place place;
    const std::string top = place.folder.path();
    fs::create_directories(top + "/one");
    fs::create_directories(top + "/two");
    write(top + "/one/level", "1");
    write(top + "/two/level", "2");
    fs::create_directory_symlink("one", top + "/..data");
    fs::create_symlink("..data/../..data/level", place.file);
    CHECK(results_of(check_of(place.file), {[&] {
                                                fs::create_directory_symlink(top + "/two",
                                                                             top + "/..new");
                                                fs::rename(top + "/..new", top + "/..data");
                                            },
                                            [&] { write(top + "/two/level", "3"); }}) ==
          std::vector{place.says(1), place.says(2), place.says(3)});
}

TEST_CASE("another file of the folder is no news", "[health]") {
    const Place place;
    write(place.file, "5");
    Stage stage;
    stage.start(check_of(place.file), [&] {
        if (stage.results.size() == 1) {
            write(place.folder.path() + "/other", "7");
            fs::remove(place.folder.path() + "/other");
            stage.after(50ms, [&] { stage.done(); });
        }
    });
    REQUIRE(stage.run());
    CHECK(stage.results == std::vector{place.says(5)});
}

TEST_CASE("a check with a rise and a fall hears the same again", "[health]") {
    const Place place;
    write(place.file, "5");
    health::CheckConfig check = check_of(place.file);
    check.rise = 2;
    check.fall = 3;
    Stage stage;
    stage.start(check, [&] {
        if (stage.results.size() == 2) {
            fs::remove(place.file);
        }
        if (stage.results.size() == 5) {
            stage.after(120ms, [&] { stage.done(); });
        }
    });
    REQUIRE(stage.run());
    const ProbeResult gone = place.is("is not there");
    CHECK(stage.results == std::vector{place.says(5), place.says(5), gone, gone, gone});
}

TEST_CASE("keepalived's way takes whatever is wrong for 0", "[health]") {
    const Place place;
    CHECK(results_of(check_of(place.file, FileWish::number_or_zero),
                     {[&] { write(place.file, "-20\n"); }, [&] { write(place.file, "abc"); }}) ==
          std::vector{ProbeResult{true, place.file + " is not there: 0", 0, ""}, place.says(-20),
                      place.says(0)});
}

TEST_CASE("thousands of changes leave no descriptor behind", "[health]") {
    const Place place;
    const std::string sub = place.folder.path() + "/sub";
    std::vector<std::ptrdiff_t> counts;
    std::vector<Action> actions;
    for (int i = 0; i < 1500; ++i) {
        actions.emplace_back([&, i] {
            counts.push_back(count_descriptors());
            fs::create_directory(sub);
            write(sub + "/level", std::to_string(i));
        });
        actions.emplace_back([&] { fs::remove_all(sub); });
    }
    const auto before = count_descriptors();
    CHECK(results_of(check_of(sub + "/level"), actions).size() == 3001);
    CHECK(counts.front() == counts.back());
    CHECK(count_descriptors() == before);
}

TEST_CASE("an inverted check hears a bad result as often as it has to rise", "[health]") {
    const Place place;
    write(place.file, "5");
    health::CheckConfig check = check_of(place.file);
    check.invert = true;
    check.rise = 3;
    Stage stage;
    stage.start(check, [&] {
        if (stage.results.size() == 1) {
            fs::remove(place.file);
        }
        if (stage.results.size() == 4) {
            stage.after(120ms, [&] { stage.done(); });
        }
    });
    REQUIRE(stage.run());
    const ProbeResult gone = place.is("is not there");
    CHECK(stage.results == std::vector{place.says(5), gone, gone, gone});
}
