#include <algorithm>
#include <cstdint>
#include <vector>

#include "catch2.hpp"
#include "vrrp/chaos.hpp"
#include "vrrp/group_bench.hpp"

// S-14: what holds in a sync group whatever happens to its members.
namespace vrrp::test {

namespace {

std::vector<RouterConfig> random_configs(Chaos& chaos) {
    std::vector<RouterConfig> configs;
    for (std::uint32_t size = 1 + chaos.below(4); size > 0; --size) {
        configs.push_back(chaos.config());
    }
    return configs;
}

/// A master stands with masters and with such as leave on the way to another state.
bool agrees(const GroupBench& group) {
    const auto any = [&group](State state) {
        return std::ranges::any_of(
            group.members, [state](const Bench& member) { return member.router.state() == state; });
    };
    return !any(State::master) || (!any(State::backup) && !any(State::initialize));
}

bool is_held_together(const GroupBench& group) {
    const bool all_able = std::ranges::all_of(
        group.members, [](const Bench& member) { return member.router.is_able(); });
    return std::ranges::all_of(group.members, [all_able](const Bench& member) {
        return member.router.is_held() != all_able;
    });
}

void start_all(GroupBench& group) {
    for (std::size_t i = 0; i < group.members.size(); ++i) {
        const bool is_ipv4 = group.members[i].router.config().family() == Family::ipv4;
        group.tell(i, SourceChanged{is_ipv4 ? us : us_6});
        group.tell(i, PriorityChanged{100});
        group.tell(i, Startup{});
    }
}

void step(Chaos& chaos, GroupBench& group) {
    const Instant now = group.members.front().now;
    group.set_time(now + chaos.step(group.deadline(), now));
    if (chaos.below(2) == 0) {
        group.expire();
    }
    const std::size_t member = chaos.below(static_cast<std::uint32_t>(group.members.size()));
    group.tell(member, chaos.event(group.members[member]));
}

}  // namespace

TEST_CASE("whatever happens to its members, a group agrees", "[vrrp]") {
    for (std::uint32_t seed = 0; seed < 300; ++seed) {
        Chaos chaos(seed);
        GroupBench group(random_configs(chaos));
        start_all(group);
        for (int i = 0; i < 100; ++i) {
            CAPTURE(seed, i);
            step(chaos, group);
            CHECK(agrees(group));
            CHECK(is_held_together(group));
        }
    }
}

TEST_CASE("whatever happened, in silence a group that is fit becomes master", "[vrrp]") {
    for (std::uint32_t seed = 1000; seed < 1200; ++seed) {
        Chaos chaos(seed);
        GroupBench group(random_configs(chaos));
        for (int i = 0; i < 60; ++i) {
            step(chaos, group);
        }
        start_all(group);

        for (int wakes = 0; !group.all_in(State::master) && wakes < 30; ++wakes) {
            CAPTURE(seed, wakes);
            REQUIRE(group.deadline());
            group.set_time(std::max(group.members.front().now, *group.deadline()));
            group.expire();
        }

        CAPTURE(seed);
        CHECK(group.all_in(State::master));
    }
}

}  // namespace vrrp::test
