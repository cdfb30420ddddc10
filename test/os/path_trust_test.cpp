#include "os/path_trust.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "catch2.hpp"
#include "temporary_folder.hpp"

using os::find_weak_part;
using os::Identity;
using os::WeakPart;

namespace {

constexpr Identity root{0, 0};

/// A folder that is root's, and a script in it.
class Checks {
public:
    Checks() {
        std::filesystem::create_directories(folder_.path() + "/checks");
        chmod(path("").c_str(), 0755);
        chmod(path("/checks").c_str(), 0755);
        add("/checks/check.sh");
    }

    void add(const std::string& name) const {
        std::ofstream(path(name)) << "#!/bin/sh\n";
        chmod(path(name).c_str(), 0755);
    }

    [[nodiscard]] std::string path(const std::string& name) const { return folder_.path() + name; }
    [[nodiscard]] std::optional<WeakPart> look() const {
        return find_weak_part(path("/checks/check.sh"), root);
    }

private:
    TemporaryFolder folder_;
};

}  // namespace

TEST_CASE("a path that root alone may change is trusted", "[os]") {
    if (geteuid() != 0) {
        return;
    }
    CHECK_FALSE(find_weak_part("/bin/sh", root));
    CHECK_FALSE(find_weak_part("/usr/bin/../bin//./env", root));
    // /tmp is writable by everyone, but what is root's there stays.
    CHECK_FALSE(Checks().look());
}

TEST_CASE("a path that leads nowhere is not what others may change", "[os]") {
    CHECK_FALSE(find_weak_part("/missing/check.sh", root));
}

TEST_CASE("what is missing in a sticky folder may be made by others", "[os]") {
    if (geteuid() != 0) {
        return;
    }
    const Checks checks;
    const std::string folder = checks.path("/checks");
    chmod(folder.c_str(), 01777);

    CHECK(find_weak_part(folder + "/missing", root) ==
          WeakPart{folder + "/missing", "is not there, and others may make it", false});
    CHECK(find_weak_part(folder + "/missing/check.sh", root) ==
          WeakPart{folder + "/missing", "is not there, and others may make it", false});
    chmod(folder.c_str(), 0755);
    CHECK_FALSE(find_weak_part(folder + "/missing", root));
}

TEST_CASE("a folder or file that others may write to is named with its mode", "[os]") {
    if (geteuid() != 0) {
        return;
    }
    const Checks checks;
    const std::string folder = checks.path("/checks");
    const std::string file = checks.path("/checks/check.sh");

    chmod(folder.c_str(), 0777);
    CHECK(checks.look() == WeakPart{folder, "is writable by everyone (mode 0777)", true});
    chmod(folder.c_str(), 01777);
    CHECK_FALSE(checks.look());
    chmod(folder.c_str(), 0775);
    CHECK_FALSE(checks.look());
    REQUIRE(chown(folder.c_str(), 0, 50) == 0);
    CHECK(checks.look() == WeakPart{folder, "is writable by group staff (mode 0775)", true});
    chmod(folder.c_str(), 0755);
    CHECK_FALSE(checks.look());
    chmod(file.c_str(), 0757);
    CHECK(checks.look() == WeakPart{file, "is writable by everyone (mode 0757)", false});
    chmod(file.c_str(), 0755);
    REQUIRE(chown(file.c_str(), 1, 0) == 0);
    CHECK(checks.look() == WeakPart{file, "belongs to user daemon (mode 0755)", false});
}

TEST_CASE("the user whose script it is may write to it, and its group", "[os]") {
    if (geteuid() != 0) {
        return;
    }
    const Checks checks;
    const std::string folder = checks.path("/checks");
    REQUIRE(chown(folder.c_str(), 1, 50) == 0);
    chmod(folder.c_str(), 0775);
    const std::string file = checks.path("/checks/check.sh");

    CHECK(find_weak_part(file, {2, 50}) ==
          WeakPart{folder, "belongs to user daemon (mode 0775)", true});
    CHECK(find_weak_part(file, {1, 2}) ==
          WeakPart{folder, "is writable by group staff (mode 0775)", true});
    CHECK_FALSE(find_weak_part(file, {1, 50}));
}

TEST_CASE("symbolic links are followed part by part", "[os]") {
    if (geteuid() != 0) {
        return;
    }
    const Checks checks;
    std::filesystem::create_directory(checks.path("/weak"));
    chmod(checks.path("/weak").c_str(), 0777);
    std::filesystem::create_symlink("../checks/check.sh", checks.path("/weak/link"));
    std::filesystem::create_symlink(checks.path("/weak"), checks.path("/checks/away"));
    std::filesystem::create_symlink("away/link", checks.path("/checks/first"));
    std::filesystem::create_symlink("loop", checks.path("/checks/loop"));

    // It ends where all is well, but leads through a folder where everyone can turn it.
    CHECK(find_weak_part(checks.path("/checks/first"), root) ==
          WeakPart{checks.path("/weak"), "is writable by everyone (mode 0777)", true});
    chmod(checks.path("/weak").c_str(), 0755);
    CHECK_FALSE(find_weak_part(checks.path("/checks/first"), root));
    REQUIRE(lchown(checks.path("/weak/link").c_str(), 1, 0) == 0);
    CHECK(find_weak_part(checks.path("/checks/first"), root) ==
          WeakPart{checks.path("/weak/link"), "belongs to user daemon (mode 0777)", false});
    CHECK_FALSE(find_weak_part(checks.path("/checks/loop"), root));
}
