#include "health/schedule.hpp"

#include <chrono>
#include <set>
#include <vector>

#include "catch2.hpp"

using health::Schedule;
using health::Slot;
using namespace std::chrono_literals;

namespace {

constexpr auto start = vrrp::Instant{} + 1h;

/// The first starts of a check, each taken in time.
std::vector<vrrp::Instant> starts(Schedule schedule, int count) {
    std::vector<vrrp::Instant> instants;
    for (int i = 0; i < count; ++i) {
        instants.push_back(schedule.next());
        schedule.advance(schedule.next());
    }
    return instants;
}

}  // namespace

TEST_CASE("a check alone runs at once, and then from start to start", "[health]") {
    CHECK(starts(Schedule(1s, {}, start), 3) ==
          std::vector<vrrp::Instant>{start, start + 1s, start + 2s});
}

TEST_CASE("no two checks of one interval begin together", "[health]") {
    std::set<vrrp::Instant> seen;
    for (std::size_t index = 0; index < 50; ++index) {
        for (const vrrp::Instant instant : starts(Schedule(1s, {index, 20ms}, start), 5)) {
            CHECK(seen.insert(instant).second);
        }
    }
}

TEST_CASE("nor do the first runs of many checks with a short interval", "[health]") {
    std::set<vrrp::Instant> seen;
    for (std::size_t index = 0; index < 200; ++index) {
        const auto instants = starts(Schedule(100ms, {index, 500us}, start), 1);
        CHECK(seen.insert(instants[0]).second);
        CHECK(instants[0] < start + 100ms);
    }
}

TEST_CASE("nor do those of a multiple of the shortest interval", "[health]") {
    const auto often = starts(Schedule(100ms, {0, 50ms}, start), 40);
    const std::set<vrrp::Instant> seen(often.begin(), often.end());

    for (const vrrp::Instant instant : starts(Schedule(1s, {1, 50ms}, start), 4)) {
        CHECK_FALSE(seen.contains(instant));
    }
}

TEST_CASE("the second run comes at least half an interval after the first", "[health]") {
    for (std::size_t index = 0; index < 10; ++index) {
        const auto instants = starts(Schedule(1s, {index, 100ms}, start), 3);
        CHECK(instants[1] - instants[0] >= 500ms);
        CHECK(instants[1] - instants[0] <= 1500ms);
        CHECK(instants[2] - instants[1] == 1s);
    }
}

TEST_CASE("runs that were missed are left out", "[health]") {
    Schedule schedule(1s, {}, start);
    schedule.advance(start);

    schedule.advance(start + 5300ms);

    CHECK(schedule.next() == start + 6s);
}

TEST_CASE("a run that is a little late does not shift the next one", "[health]") {
    Schedule schedule(1s, {}, start);
    schedule.advance(start);

    schedule.advance(start + 1900ms);

    CHECK(schedule.next() == start + 2s);
}
