#include "os/path_walk.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include "catch2.hpp"
#include "temporary_folder.hpp"

namespace {

namespace fs = std::filesystem;

/// The parts of a path in their order, links followed, without what all of them begin with; at the
/// end "!" where the last one is what it leads to.
std::string walked(const std::string& path, const std::string& begin) {
    os::PathWalk walk(path);
    std::string parts;
    bool has_arrived = false;
    while (walk.next()) {
        const std::string place = walk.place();
        if (place.size() > begin.size()) {
            parts += place.substr(begin.size()) + " ";
        }
        (void)walk.pass();
        has_arrived = walk.has_arrived();
    }
    return parts + (has_arrived ? "!" : "");
}

}  // namespace

TEST_CASE("a path is walked part by part, along its links", "[os]") {
    const TemporaryFolder folder;
    const std::string& top = folder.path();
    fs::create_directories(top + "/a/b");
    std::ofstream(top + "/a/b/file") << "x";
    fs::create_symlink("a/b", top + "/short");
    fs::create_symlink(top + "/short/file", top + "/a/whole");
    fs::create_symlink("loop", top + "/loop");

    CHECK(walked(top + "/a//./b/file", top) == "/a /a/b /a/b/file !");
    CHECK(walked(top + "/a/b/../b", top) == "/a /a/b /a/b !");
    CHECK(walked(top + "/short/file", top) == "/short /a /a/b /a/b/file !");
    CHECK(walked(top + "/a/whole", top) == "/a /a/whole /short /a /a/b /a/b/file !");
    CHECK(walked(top + "/a/missing/x", top) == "/a /a/missing ");
    CHECK(walked(top + "/a/b/file/x", top) == "/a /a/b /a/b/file ");
    CHECK_FALSE(walked(top + "/loop", top).ends_with("!"));
    CHECK(walked("/..", "") == "");
}
