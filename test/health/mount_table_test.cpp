#include "health/mount_table.hpp"

#include "catch2.hpp"

using health::file_system_of;

namespace {

constexpr const char* mounts =
    "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
    "23 22 0:5 / /proc rw shared:2 master:1 - proc proc rw\n"
    "30 22 0:40 / /srv rw - nfs4 server:/srv rw\n"
    "31 30 0:41 / /srv/with\\040blank rw - tmpfs tmpfs rw\n"
    "32 22 0:42 / /run rw - tmpfs tmpfs rw\n"
    "33 32 0:43 / /run rw - fuse.sshfs host: rw\n"
    "a line that is cut\n";

}  // namespace

TEST_CASE("the innermost mount has a path, and the last of those on one place", "[health]") {
    CHECK(file_system_of("/etc/x", mounts) == "ext4");
    CHECK(file_system_of("/srv", mounts) == "nfs4");
    CHECK(file_system_of("/srv/a/b", mounts) == "nfs4");
    CHECK(file_system_of("/srv2/a", mounts) == "ext4");
    CHECK(file_system_of("/srv/with blank/a", mounts) == "tmpfs");
    CHECK(file_system_of("/run/a", mounts) == "fuse.sshfs");
    CHECK(file_system_of("/run/a", "").empty());
}

TEST_CASE("the places of remote file systems that can be seen are known", "[health]") {
    CHECK(health::remote_mounts(mounts) == std::vector<std::string>{"/srv", "/run"});
    const std::string covered = std::string(mounts) + "40 33 0:50 / /run rw - tmpfs tmpfs rw\n";
    CHECK(health::remote_mounts(covered) == std::vector<std::string>{"/srv"});
}

TEST_CASE("file systems of other hosts and processes are known", "[health]") {
    CHECK(health::is_remote("nfs4"));
    CHECK(health::is_remote("fuse.sshfs"));
    CHECK_FALSE(health::is_remote("fuseblk"));
    CHECK_FALSE(health::is_remote("tmpfs"));
    CHECK_FALSE(health::is_remote(""));
}
