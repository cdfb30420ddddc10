#include "config/file_content.hpp"
#include "reading.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace {

namespace fs = std::filesystem;

/// A directory that is gone with the test.
class TemporaryDirectory {
public:
    TemporaryDirectory()
        : path_(fs::temp_directory_path() / ("understudy-load-" + std::to_string(::getpid()))) {
        fs::remove_all(path_);
        fs::create_directories(path_);
    }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    ~TemporaryDirectory() { fs::remove_all(path_); }

    [[nodiscard]] std::string path(const std::string& name) const { return path_ / name; }

private:
    fs::path path_;
};

std::string first_message(const config::Loaded& loaded) {
    return loaded.diagnostics.empty() ? "" : loaded.diagnostics.front().message;
}

}  // namespace

TEST_CASE("a file that is not there, or no file, says so", "[config]") {
    const TemporaryDirectory directory;

    CHECK(first_message(config::load(directory.path("none.toml"), "a")) ==
          "the file cannot be read: No such file or directory");
    CHECK(first_message(config::load(directory.path(""), "a")) ==
          "the file cannot be read: it is a directory");
    CHECK(first_message(config::load("/dev/zero", "a")) ==
          "the file cannot be read: it is not a regular file");
}

TEST_CASE("a file is read from its path", "[config]") {
    const TemporaryDirectory directory;
    const std::string path = directory.path("a.conf");
    std::ofstream(path) << "vrrp_instance VI_1 {\ninterface eth0\nvirtual_router_id 1\n"
                           "virtual_ipaddress { 10.0.0.1/24 }\n}\n";

    const config::Loaded loaded = config::load(path, "a");

    CHECK(loaded.diagnostics.empty());
    REQUIRE(loaded.config);
    CHECK(loaded.config->routers[0].name == "VI_1");
}

TEST_CASE("an empty path is told as such", "[config]") {
    const config::Loaded loaded = config::load("", "a");

    REQUIRE(loaded.diagnostics.size() == 1);
    CHECK(config::to_text(loaded.diagnostics[0]) ==
          "understudy: error: the path of the configuration is empty");
}

TEST_CASE("a file above the limit is refused without being read whole", "[config]") {
    const TemporaryDirectory directory;
    const std::string path = directory.path("large.toml");
    std::ofstream(path) << std::string(4 * 1024 * 1024 + 1, '#');

    CHECK(first_message(config::load(path, "a")) ==
          "the file is larger than 4096 KiB, the most that is read");
}

TEST_CASE("reading takes room for the file, not for the longest there may be", "[config]") {
    const TemporaryDirectory directory;
    const std::string path = directory.path("short.toml");
    std::string text;
    for (int number = 0; text.size() < 40'000; ++number) {
        text += std::to_string(number);
    }
    std::ofstream(path) << text;

    const auto whole = config::load_content(path, 4 * 1024 * 1024);
    const auto limited = config::load_content(path, 20'000);

    REQUIRE(whole);
    CHECK(whole->text == text);
    CHECK(whole->text.capacity() < 128 * 1024);
    REQUIRE(limited);
    CHECK(limited->text == text.substr(0, 20'001));
}

TEST_CASE("a keepalived.conf under a name of TOML is told from a broken TOML file", "[config]") {
    CHECK(messages("a.toml", "global_defs {\n}\n") ==
          "a.toml: error: this is a keepalived.conf, and its name says TOML\n");
    CHECK(messages("a.toml", "interface \"eth0\"\n") ==
          "a.toml:1:11: error: expected = after the key\n");
}

TEST_CASE("a text with errors gives no configuration", "[config]") {
    const config::Loaded loaded = config::load_text("a.toml", "[router.a]\n", "a");

    CHECK_FALSE(loaded.config);
    CHECK(config::has_errors(loaded.diagnostics));
}
