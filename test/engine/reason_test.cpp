#include "engine/reason.hpp"

#include "catch2.hpp"

#include <chrono>

using vrrp::Cause;
using vrrp::IpAddress;
using vrrp::State;
using vrrp::StateChanged;
using vrrp::VirtualRouter;

namespace {

VirtualRouter router_with_priority(std::uint8_t priority) {
    return VirtualRouter(
        {.virtual_router_id = 51, .priority = priority, .addresses = {IpAddress(192, 0, 2, 9)}});
}

const IpAddress peer(192, 0, 2, 1);

}  // namespace

TEST_CASE("a dead service is the reason in the check's own words", "[engine]") {
    const StateChanged change{State::master, State::initialize, Cause::priority_zero, {}, 0};

    const auto reason = engine::explain(change, router_with_priority(100),
                                        "check nginx: process 4711 exited, signal 9");

    CHECK(reason == "check nginx: process 4711 exited, signal 9");
}

TEST_CASE("a silent master is named with the time that was waited", "[engine]") {
    const StateChanged change{State::backup, State::master, Cause::master_silent, peer, 100};

    CHECK(engine::explain(change, router_with_priority(90), "") ==
          "no advertisement from 192.0.2.1 for 3.648 s");
}

TEST_CASE("a better master is named with both priorities", "[engine]") {
    const StateChanged change{State::master, State::backup, Cause::better_master, peer, 110};

    CHECK(engine::explain(change, router_with_priority(90), "") ==
          "192.0.2.1 outranks us: its priority 110, ours 90");
}

TEST_CASE("every cause has words", "[engine]") {
    const VirtualRouter router = router_with_priority(100);

    for (int cause = 0; cause <= static_cast<int>(Cause::stalled); ++cause) {
        const StateChanged change{State::backup, State::master, static_cast<Cause>(cause), peer, 1};
        CHECK_FALSE(engine::explain(change, router, "check nginx: good").empty());
    }
}

TEST_CASE("another checksum is told with what becomes of ours", "[engine]") {
    for (const bool follows : {false, true}) {
        VirtualRouter router({.virtual_router_id = 51,
                              .version = vrrp::Version::v3,
                              .follows_checksum_form = follows,
                              .addresses = {IpAddress(192, 0, 2, 9)}});
        static_cast<void>(router.handle(vrrp::Startup{}, vrrp::Instant{}));
        static_cast<void>(
            router.handle(vrrp::SourceChanged{IpAddress(192, 0, 2, 7)}, vrrp::Instant{}));
        const vrrp::AdvertisementReceived event{{.version = vrrp::Version::v3,
                                                 .virtual_router_id = 51,
                                                 .priority = 200,
                                                 .checksum_form = vrrp::ChecksumForm::message,
                                                 .addresses = router.address_list()},
                                                {peer, IpAddress(224, 0, 0, 18), 255}};

        static_cast<void>(router.handle(event, vrrp::Instant{}));

        CHECK(engine::explain(vrrp::Difference::checksum_form, event, router) ==
              (follows ? "checksum: theirs of the message alone, ours follows it"
                       : "checksum: theirs of the message alone, ours with pseudo-header; both "
                         "are understood here, but it may refuse ours"));
    }
}
