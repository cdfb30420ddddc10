#include "os/lock_file.hpp"

#include <algorithm>
#include <cerrno>
#include <string>

#include "catch2.hpp"
#include "temporary_folder.hpp"

namespace {

os::LockFile open(const TemporaryFolder& folder, const std::string& name = "eth0") {
    auto file = os::LockFile::open(folder.path() + "/run", name, 4096);
    REQUIRE(file);
    return std::move(*file);
}

}  // namespace

TEST_CASE("a place is one opener's at a time", "[os]") {
    const TemporaryFolder folder;
    auto first = open(folder);
    auto second = open(folder);

    CHECK(first.lock(51, "hold 51"));
    CHECK(first.lock(51, "hold 51 again"));
    const auto refused = second.lock(51, "hold 51 too");
    CHECK(second.lock(52, "hold 52"));

    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == EAGAIN);
    CHECK(refused.error().message().starts_with("hold 51 too"));
}

TEST_CASE("what ends gives its places up", "[os]") {
    const TemporaryFolder folder;
    auto second = open(folder);
    {
        auto first = open(folder);
        REQUIRE(first.lock(1ULL << 62, "hold a far place"));
        CHECK_FALSE(second.lock(1ULL << 62, "hold it too"));
    }

    CHECK(second.lock(1ULL << 62, "hold it now"));
}

TEST_CASE("what is written outlives the writer", "[os]") {
    const TemporaryFolder folder;
    {
        auto first = open(folder);
        CHECK(std::ranges::all_of(first.memory(),
                                  [](std::byte each) { return each == std::byte{}; }));
        first.memory()[4095] = std::byte{7};
    }

    CHECK(open(folder).memory()[4095] == std::byte{7});
    CHECK(open(folder, "eth1").memory()[4095] == std::byte{});
}

TEST_CASE("a folder that can't be made is told", "[os]") {
    const auto file = os::LockFile::open("/proc/no-such-folder", "eth0", 4096);

    REQUIRE_FALSE(file);
    CHECK(file.error().message().starts_with("open /proc/no-such-folder/"));
}

TEST_CASE("all who ask in one boot get the same number", "[os]") {
    CHECK(os::boot_number() == os::boot_number());
    CHECK(os::boot_number() != 0);
}
