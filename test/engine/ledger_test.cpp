#include "engine/ledger.hpp"

#include "catch2.hpp"
#include "temporary_folder.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;

config::Router router(std::uint8_t id, vrrp::IpAddress address, std::string interface = "eth0") {
    config::Router result;
    result.name = "k8s-api";
    result.interface = std::move(interface);
    result.protocol.virtual_router_id = id;
    result.protocol.addresses = {address};
    result.addresses = {{address, 24}};
    return result;
}

const vrrp::IpAddress first(192, 0, 2, 60);
const vrrp::IpAddress second(192, 0, 2, 61);
const vrrp::Instant soon{5s};

}  // namespace

TEST_CASE("a router id and an address of an interface are one daemon's", "[engine]") {
    const TemporaryFolder folder;
    engine::Ledger ours(folder.path());
    engine::Ledger theirs(folder.path());
    REQUIRE(ours.claim(router(51, first)));

    const auto same_id = theirs.claim(router(51, second));
    const auto same_address = theirs.claim(router(52, first));

    REQUIRE_FALSE(same_id);
    CHECK(same_id.error().message().find("another understudy runs its id 51") != std::string::npos);
    CHECK_FALSE(same_address);
    CHECK(theirs.claim(router(51, first, "eth1")));
    CHECK(theirs.claim(router(53, vrrp::IpAddress(192, 0, 2, 62))));
}

TEST_CASE("one id may be run in each family", "[engine]") {
    const TemporaryFolder folder;
    engine::Ledger ours(folder.path());
    engine::Ledger theirs(folder.path());
    REQUIRE(ours.claim(router(51, first)));

    CHECK(theirs.claim(router(51, vrrp::IpAddress({0xfe80, 0, 0, 0, 0, 0, 0, 1}))));
}

TEST_CASE("an address that a daemon runs is claimed for others, and free when it has ended",
          "[engine]") {
    const TemporaryFolder folder;
    engine::Ledger ours(folder.path());
    {
        engine::Ledger theirs(folder.path());
        REQUIRE(theirs.claim(router(51, first)));
        CHECK_FALSE(ours.claim_address("eth0", first));
        CHECK(ours.claim_address("eth1", first));
    }

    CHECK(ours.claim_address("eth0", first));
}

TEST_CASE("an address that was given up is free for others", "[engine]") {
    const TemporaryFolder folder;
    engine::Ledger ours(folder.path());
    engine::Ledger theirs(folder.path());
    REQUIRE(ours.claim_address("eth0", first));
    CHECK_FALSE(theirs.claim(router(51, first)));

    ours.release_address("eth0", first);

    CHECK(theirs.claim(router(51, first)));
}

TEST_CASE("what a master noted is there for the next daemon", "[engine]") {
    const TemporaryFolder folder;
    {
        engine::Ledger before(folder.path());
        auto entry = before.claim(router(51, first));
        REQUIRE(entry);
        CHECK(entry->resumable_until() == std::nullopt);
        entry->note(soon);
    }
    engine::Ledger after(folder.path());

    auto same = after.claim(router(51, first));
    const auto other = after.claim(router(52, second));

    REQUIRE(same);
    REQUIRE(other);
    CHECK(same->resumable_until() == soon);
    CHECK(other->resumable_until() == std::nullopt);
    same->clear();
    CHECK(same->resumable_until() == std::nullopt);
}

TEST_CASE("an entry that is written nowhere takes all and knows nothing", "[engine]") {
    engine::LedgerEntry entry;

    entry.note(soon);
    entry.clear();

    CHECK(entry.resumable_until() == std::nullopt);
}

TEST_CASE("what is not run any more may be run by another daemon", "[engine]") {
    const TemporaryFolder folder;
    engine::Ledger ours(folder.path());
    engine::Ledger theirs(folder.path());
    const config::Router kept = router(51, first);
    REQUIRE(ours.claim(kept));
    REQUIRE(ours.claim(router(52, second)));
    REQUIRE(ours.claim(router(53, second, "eth1")));

    ours.release_all_but(std::vector{&kept});

    CHECK(theirs.claim(router(52, second)));
    CHECK(theirs.claim(router(53, second, "eth1")));
    CHECK_FALSE(theirs.claim(router(51, vrrp::IpAddress(192, 0, 2, 99))));
    CHECK_FALSE(theirs.claim(router(54, first)));
}
