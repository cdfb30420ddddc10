#include <cstdint>
#include <vector>

#include "catch2.hpp"
#include "vrrp/group_bench.hpp"
#include "vrrp/version3.hpp"

// Routers that share their fate (S-14): all are masters or none is.
namespace vrrp::test {

namespace {

std::vector<RouterConfig> two(std::uint8_t first = 100, std::uint8_t second = 100) {
    return {usual_config(first), usual_config(second)};
}

std::pair<std::size_t, Effect> change(std::size_t member, State from, State to, Cause cause) {
    return {member, StateChanged{from, to, cause}};
}

bool has(const GroupBench& group, const std::pair<std::size_t, Effect>& effect) {
    return std::ranges::find(group.effects, effect) != group.effects.end();
}

/// Both members hear a master of this priority.
void hear_in_all(GroupBench& group, std::uint8_t priority) {
    group.tell_all(advert_from(higher_address, priority));
}

}  // namespace

TEST_CASE("a group takes part once all of its members can", "[vrrp]") {
    GroupBench group(two());
    group.tell_all(SourceChanged{us});

    group.tell(0, Startup{});
    CHECK(group.all_in(State::initialize));

    group.tell(1, Startup{});
    CHECK(group.all_in(State::backup));
    CHECK(group.members[0].patience() == 3609375us);
}

TEST_CASE("a group takes over when the last of its members would", "[vrrp]") {
    GroupBench group = started_group(two(200, 100));

    group.run_for(3609375us - 1ns);
    CHECK(group.all_in(State::backup));
    CHECK(group.members[0].router.is_ready());
    CHECK_FALSE(group.members[0].router.deadline());

    group.run_for(1ns);
    CHECK(group.all_in(State::master));
    CHECK(group.orders == 2);
}

TEST_CASE("a group does not move while one of its members hears a living master", "[vrrp]") {
    GroupBench group = started_group(two());
    for (int i = 0; i < 20; ++i) {
        group.tell(1, advert_from(higher_address, 150));
        group.run_for(1s);
    }

    CHECK(group.all_in(State::backup));
    CHECK(group.members[0].router.is_ready());
}

TEST_CASE("a member that waits for its group follows a master that speaks again", "[vrrp]") {
    GroupBench group = started_group(two());
    group.run_for(1s);
    group.tell(1, advert_from(higher_address, 150));
    group.run_for(2609375us);
    REQUIRE(group.members[0].router.is_ready());

    group.tell(0, advert_from(higher_address, 150));

    CHECK_FALSE(group.members[0].router.is_ready());
    CHECK(group.members[0].patience() == 3609375us);
}

TEST_CASE("a group succeeds a group that leaves", "[vrrp]") {
    GroupBench group = started_group(two());
    hear_in_all(group, 200);
    hear_in_all(group, 0);

    group.run_for(15600us - 1ns);
    CHECK(group.all_in(State::backup));
    group.run_for(1ns);
    CHECK(group.all_in(State::master));
    CHECK(has(group, {0, StateChanged{State::backup, State::master, Cause::master_left,
                                      higher_address, 0}}));
}

TEST_CASE("a member's fault moves all of its group", "[vrrp]") {
    for (const auto& [event, cause] :
         {std::pair(Event(PriorityChanged{0}), Cause::priority_zero),
          std::pair(Event(SourceChanged{std::nullopt}), Cause::no_source),
          std::pair(Event(InstallFailed{}), Cause::install_failed)}) {
        GroupBench group = master_group(two());
        REQUIRE(group.all_in(State::master));

        group.tell(1, event);

        CHECK(group.all_in(State::initialize));
        CHECK(has(group, change(1, State::master, State::initialize, cause)));
        CHECK(has(group, change(0, State::master, State::initialize, Cause::group)));
        CHECK(has(group, {0, SendAdvertisement{0}}));
    }
}

TEST_CASE("a group comes back with its last member", "[vrrp]") {
    GroupBench group = master_group(two());
    group.tell(1, PriorityChanged{0});
    group.run_for(10s);
    REQUIRE(group.all_in(State::initialize));

    group.tell(1, PriorityChanged{100});

    CHECK(group.all_in(State::backup));
    group.run_for(4s);
    CHECK(group.all_in(State::master));
}

TEST_CASE("a group rests with the member that could not install its addresses", "[vrrp]") {
    GroupBench group = master_group(two());
    group.tell(0, InstallFailed{});

    group.run_for(recovery_delay - 1ns);
    CHECK(group.all_in(State::initialize));
    group.run_for(1ns);
    CHECK(group.all_in(State::backup));
}

TEST_CASE("when one member yields to a better master, all do", "[vrrp]") {
    GroupBench group = master_group(two());

    group.tell(0, advert_from(lower_address, 200));

    CHECK(group.all_in(State::backup));
    CHECK(has(group, change(1, State::master, State::backup, Cause::group)));
    CHECK(has(group, {1, RemoveAddresses{}}));
}

TEST_CASE("a group that is stopped makes before it breaks", "[vrrp]") {
    GroupBench group = master_group(two());

    for (Bench& member : group.members) {
        member.handle(Shutdown{});
    }
    group.run_for(1ms);

    CHECK(group.all_in(State::leaving));
    group.run_for(leaving_limit);
    CHECK(group.all_in(State::initialize));
}

TEST_CASE("a group whose members all fall yields and comes back as one", "[vrrp]") {
    std::vector<RouterConfig> configs = two();
    for (RouterConfig& config : configs) {
        config.rival_priority = 90;
    }
    GroupBench group = master_group(configs);
    group.tell_all(PriorityChanged{80});
    CHECK(group.all_in(State::leaving));

    group.run_for(leaving_limit);

    CHECK(group.all_in(State::master));
}

TEST_CASE("a leaving member that its group holds goes in the end", "[vrrp]") {
    RouterConfig config = usual_config();
    config.is_grouped = true;
    config.rival_priority = 90;
    Bench bench = started(config);
    bench.expire();
    bench.handle(TakeOver{});
    bench.handle(PriorityChanged{80});
    REQUIRE(bench.router.state() == State::leaving);

    CHECK(bench.handle(Hold{true}).empty());
    CHECK(bench.handle(GiveWay{}).empty());
    bench.run_for(leaving_limit);

    CHECK(bench.router.state() == State::initialize);
}

TEST_CASE("a held member that starts while it leaves does not serve alone", "[vrrp]") {
    GroupBench group = master_group(two());
    group.members[0].handle(Shutdown{});
    group.tell(1, Shutdown{});
    REQUIRE(group.members[0].router.is_held());

    group.tell(0, Startup{});

    CHECK(group.members[0].router.state() == State::leaving);
    group.run_for(leaving_limit);
    CHECK(group.all_in(State::initialize));
}

// I-01 in a group: it needs no election, the others do.
TEST_CASE("an owner in a group waits for the other members", "[vrrp]") {
    GroupBench group = started_group(two(255, 100));
    CHECK(group.all_in(State::backup));
    CHECK(group.effects.size() == 2);  // nothing was installed to be taken away again

    group.run_for(0s);
    CHECK(group.members[0].router.is_ready());
    group.run_for(3609375us);

    CHECK(group.all_in(State::master));
}

TEST_CASE("a group of owners takes over at once", "[vrrp]") {
    GroupBench group = started_group(two(255, 255));

    group.run_for(0s);

    CHECK(group.all_in(State::master));
    CHECK(has(group, change(0, State::backup, State::master, Cause::owner)));
}

// The order of one family's addresses may be the reverse of another's.
TEST_CASE("only the first member compares addresses between equal priorities", "[vrrp]") {
    GroupBench above = master_group(two());
    above.tell_all(advert_from(lower_address, 100));
    CHECK(above.all_in(State::master));

    GroupBench below = master_group(two());
    below.tell(1, advert_from(higher_address, 100));
    CHECK(below.all_in(State::master));
    below.tell(0, advert_from(higher_address, 100));
    CHECK(below.all_in(State::backup));
}

// M-05: a router whose families share their fate would have given way by its first member.
TEST_CASE("a foreign router of equal priority in one family ends the tie by going on", "[vrrp]") {
    GroupBench group = master_group(two());
    for (int i = 0; i < 3; ++i) {
        group.tell(1, advert_from(higher_address, 100));
        CHECK(group.all_in(State::master));
    }

    group.tell(1, advert_from(higher_address, 100));

    CHECK(group.all_in(State::backup));
}

TEST_CASE("a member that falls below the master that it waited to preempt waits no more",
          "[vrrp]") {
    std::vector<RouterConfig> configs = two();
    configs[0].preempt_delay = 3700ms;
    GroupBench group = started_group(configs);
    for (int i = 0; i < 4; ++i) {
        hear_in_all(group, 80);
        group.tell(1, advert_from(higher_address, 200));
        group.run_for(1s);
    }
    REQUIRE(group.members[0].router.is_ready());

    group.tell(0, PriorityChanged{70});

    CHECK_FALSE(group.members[0].router.is_ready());
    CHECK(group.members[0].router.deadline());
}

TEST_CASE("a priority that moves does not cost a member its place where nobody speaks", "[vrrp]") {
    GroupBench group = started_group(two(200, 100));
    group.run_for(3500ms);
    REQUIRE(group.members[0].router.is_ready());

    group.tell(0, PriorityChanged{180});

    CHECK(group.members[0].router.is_ready());
    group.run_for(109375us);
    CHECK(group.all_in(State::master));
}

TEST_CASE("a ready member of lower priority waits for its skew after the master has left",
          "[vrrp]") {
    std::vector<RouterConfig> configs = two(250, 100);
    configs[0].strict = true;
    GroupBench group = started_group(configs);
    group.run_for(3100ms);
    REQUIRE(group.members[0].router.is_ready());
    group.tell(0, advert_from(higher_address, 0));
    group.run_for(50ms);
    REQUIRE(group.members[0].router.is_ready());

    group.tell(0, PriorityChanged{1});

    CHECK_FALSE(group.members[0].router.is_ready());
    CHECK(group.members[0].router.deadline() ==
          group.members[0].now - 50ms + skew_time(Version::v2, Centiseconds(100), 1));
}

TEST_CASE("orders that a router did not wait for change nothing", "[vrrp]") {
    for (Bench bench : {Bench(), started(), leaving()}) {
        const Observed before = observe(bench.router);

        CHECK(bench.handle(TakeOver{}).empty());
        CHECK(bench.handle(GiveWay{}).empty());
        CHECK(bench.handle(Hold{false}).empty());
        CHECK(observe(bench.router) == before);
    }
    Bench bench = master();
    CHECK(bench.handle(TakeOver{}).empty());
    CHECK(bench.router.state() == State::master);
}

TEST_CASE("in version 3 members of both families share their fate", "[vrrp]") {
    GroupBench group({v3_config(Family::ipv4), v3_config(Family::ipv6)});
    group.tell(0, SourceChanged{us});
    group.tell(1, SourceChanged{us_6});
    group.tell_all(Startup{});
    group.run_for(4s);
    REQUIRE(group.all_in(State::master));

    group.tell(1, PriorityChanged{0});

    CHECK(group.all_in(State::initialize));
    CHECK(has(group, {0, SendAdvertisement{100, true}}));
    CHECK(has(group, {0, SendAdvertisement{0, true}}));
}

// S-14: no cycle of mutual demotion.
TEST_CASE("of two groups that outrank each other one comes back before the other", "[vrrp]") {
    for (const std::uint8_t priority : Priorities{1, 254}) {
        const Duration slowest = master_down_interval(Version::v2, Centiseconds(100), 1);
        GroupBench outranked_first = master_group({usual_config(priority), usual_config(priority)});
        GroupBench outranked_last = master_group({usual_config(priority), usual_config(priority)});

        outranked_first.tell(0, advert_from(higher_address, 255));
        outranked_last.tell(1, advert_from(higher_address, 255));

        REQUIRE(outranked_first.all_in(State::backup));
        REQUIRE(outranked_last.all_in(State::backup));
        outranked_first.run_for(slowest);
        outranked_last.run_for(slowest + 1s);
        CHECK(outranked_first.all_in(State::master));
        CHECK(outranked_last.all_in(State::backup));
        outranked_last.run_for(1s);
        CHECK(outranked_last.all_in(State::master));
    }
}

}  // namespace vrrp::test
