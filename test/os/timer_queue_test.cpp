#include "os/timer_queue.hpp"

#include "catch2.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using os::TimerQueue;
using vrrp::Instant;

namespace {

constexpr Instant start{};

/// Callbacks that write down that they were called.
struct Diary {
    [[nodiscard]] TimerQueue::Callback entry(std::string name) {
        return [this, name](Instant) { entries.push_back(name); };
    }
    std::vector<std::string> entries;
};

}  // namespace

TEST_CASE("timers that are due together are called in the order of their instants", "[os]") {
    TimerQueue queue;
    Diary diary;
    const auto third = queue.add(diary.entry("third"));
    const auto first = queue.add(diary.entry("first"));
    const auto second = queue.add(diary.entry("second"));
    const auto later = queue.add(diary.entry("later"));
    queue.arm(*third, start + 3ms);
    queue.arm(*later, start + 3ms + 1ns);
    queue.arm(*first, start + 1ms);
    queue.arm(*second, start + 2ms);

    const vrrp::Duration late = queue.call_due(start + 3ms);

    CHECK(diary.entries == std::vector<std::string>{"first", "second", "third"});
    CHECK(late == 2ms);
    CHECK(queue.earliest() == start + 3ms + 1ns);
}

TEST_CASE("timers of one instant are called in the order of being armed", "[os]") {
    TimerQueue queue;
    Diary diary;
    const auto one = queue.add(diary.entry("one"));
    const auto two = queue.add(diary.entry("two"));
    queue.arm(*one, start + 1ms);
    queue.arm(*two, start + 1ms);
    queue.arm(*one, start + 1ms);

    queue.call_due(start + 1ms);

    CHECK(diary.entries == std::vector<std::string>{"two", "one"});
}

TEST_CASE("nobody is called before the instant, nor twice", "[os]") {
    TimerQueue queue;
    Diary diary;
    const auto timer = queue.add(diary.entry("called"));
    queue.arm(*timer, start + 1ms);

    CHECK(queue.call_due(start + 1ms - 1ns) == 0ns);
    CHECK(diary.entries.empty());
    queue.call_due(start + 1ms);
    queue.call_due(start + 2ms);

    CHECK(diary.entries.size() == 1);
    CHECK_FALSE(queue.earliest().has_value());
}

TEST_CASE("a callback may arm itself again, and has its turn next time", "[os]") {
    TimerQueue queue;
    int calls = 0;
    TimerQueue::Handle timer;
    timer = queue.add([&](Instant) {
        ++calls;
        queue.arm(*timer, start);
    });
    queue.arm(*timer, start);

    queue.call_due(start + 1s);
    CHECK(calls == 1);
    queue.call_due(start + 2s);
    CHECK(calls == 2);
}

TEST_CASE("a callback may disarm or release those that are due with it", "[os]") {
    TimerQueue queue;
    Diary diary;
    TimerQueue::Handle released = queue.add(diary.entry("released"));
    const auto disarmed = queue.add(diary.entry("disarmed"));
    const auto kept = queue.add(diary.entry("kept"));
    const auto first = queue.add([&](Instant) {
        released.reset();
        queue.disarm(*disarmed);
    });
    queue.arm(*first, start);
    queue.arm(*released, start);
    queue.arm(*disarmed, start);
    queue.arm(*kept, start);

    queue.call_due(start);

    CHECK(diary.entries == std::vector<std::string>{"kept"});
}

TEST_CASE("a callback may release its own timer, armed again or not", "[os]") {
    TimerQueue queue;
    const auto witness = std::make_shared<int>(0);
    TimerQueue::Handle timer;
    timer = queue.add([&, held = witness](Instant) {
        queue.arm(*timer, start + 1s);
        timer.reset();
        ++*held;
    });
    queue.arm(*timer, start);

    queue.call_due(start);

    CHECK(*witness == 1);
    CHECK(witness.use_count() == 1);
    CHECK_FALSE(queue.earliest().has_value());
}
