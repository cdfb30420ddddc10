#include "os/loop.hpp"

#include "catch2.hpp"
#include "os/fd.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using os::Loop;
using os::Source;
using os::Timer;
using os::Urgency;

namespace {

struct Pipe {
    Pipe() {
        std::array<int, 2> ends{};
        REQUIRE(pipe(ends.data()) == 0);
        reading = os::Fd(ends[0]);
        writing = os::Fd(ends[1]);
        REQUIRE(write(writing.get(), "x", 1) == 1);
    }
    os::Fd reading;
    os::Fd writing;
};

Loop make_loop() {
    auto loop = Loop::create();
    REQUIRE(loop.has_value());
    return std::move(*loop);
}

}  // namespace

TEST_CASE("a timer is called once, at its instant or later", "[os]") {
    Loop loop = make_loop();
    const vrrp::Instant at = loop.now() + 3ms;
    int calls = 0;
    auto timer = loop.timer(Urgency::deadlines, [&](vrrp::Instant now) {
        ++calls;
        CHECK(now >= at);
    });
    auto end = loop.timer(Urgency::clients, [&](vrrp::Instant) { loop.stop(7); });

    timer->arm(at);
    end->arm(at + 3ms);

    const auto ended = loop.run();

    CHECK(ended.value() == 7);
    CHECK(calls == 1);
}

TEST_CASE("a timer that is armed again forgets its earlier instant", "[os]") {
    Loop loop = make_loop();
    int calls = 0;
    auto timer = loop.timer(Urgency::deadlines, [&](vrrp::Instant) { ++calls; });
    auto end = loop.timer(Urgency::clients, [&](vrrp::Instant) { loop.stop(0); });

    timer->arm(loop.now());
    timer->arm(loop.now() + 1h);
    end->arm(loop.now() + 2ms);

    REQUIRE(loop.run().has_value());
    CHECK(calls == 0);
}

TEST_CASE("timers that are due in one wake-up are called with one now", "[os]") {
    Loop loop = make_loop();
    std::vector<vrrp::Instant> calls;
    std::vector<Timer> timers;
    for (int i = 0; i < 100; ++i) {
        auto timer = loop.timer(Urgency::deadlines, [&](vrrp::Instant now) {
            calls.push_back(now);
            if (calls.size() == 100) {
                loop.stop(0);
            }
        });
        timer->arm(loop.now() - 1s);
        timers.push_back(std::move(*timer));
    }

    REQUIRE(loop.run().has_value());

    CHECK(calls == std::vector<vrrp::Instant>(100, calls.front()));
}

TEST_CASE("a timer that is armed for earlier than the others is not kept waiting", "[os]") {
    Loop loop = make_loop();
    auto late = loop.timer(Urgency::deadlines, [&](vrrp::Instant) { loop.stop(1); });
    auto early = loop.timer(Urgency::deadlines, [&](vrrp::Instant) { loop.stop(0); });
    late->arm(loop.now() + 1h);
    early->arm(loop.now() + 1h);
    early->arm(loop.now() + 1ms);

    CHECK(loop.run().value() == 0);
}

TEST_CASE("a timer that was moved to later is called then, though the loop woke before", "[os]") {
    Loop loop = make_loop();
    const vrrp::Instant at = loop.now() + 3ms;
    vrrp::Instant called;
    auto timer = loop.timer(Urgency::deadlines, [&](vrrp::Instant now) {
        called = now;
        loop.stop(0);
    });
    timer->arm(at - 2ms);
    timer->arm(at);

    REQUIRE(loop.run().has_value());

    CHECK(called >= at);
}

TEST_CASE("what waits for the end of a callback is called once, after all timers due", "[os]") {
    Loop loop = make_loop();
    std::string order;
    auto first = loop.timer(Urgency::deadlines, [&](vrrp::Instant) {
        order += "1";
        loop.at_end([&](vrrp::Instant) {
            order += "e";
            loop.at_end([&](vrrp::Instant) { order += "f"; });
        });
    });
    auto second = loop.timer(Urgency::deadlines, [&](vrrp::Instant) { order += "2"; });
    auto end = loop.timer(Urgency::clients, [&](vrrp::Instant) { loop.stop(0); });
    for (Timer* timer : {&*first, &*second, &*end}) {
        timer->arm(loop.now());
    }

    REQUIRE(loop.run().has_value());

    CHECK(order == "12ef");
}

TEST_CASE("what waits for the end may release what called", "[os]") {
    Loop loop = make_loop();
    const Pipe pipe;
    Source source;
    auto watched =
        loop.watch(pipe.reading.get(), EPOLLIN, Urgency::checks, [&](std::uint32_t, auto) {
            loop.at_end([&](vrrp::Instant) {
                source = Source();
                loop.stop(0);
            });
        });
    source = std::move(*watched);

    REQUIRE(loop.run().has_value());

    CHECK_FALSE(source.is_active());
}

TEST_CASE("how late a timer was called is measured", "[os]") {
    Loop loop = make_loop();
    vrrp::Instant called;
    auto timer = loop.timer(Urgency::deadlines, [&](vrrp::Instant now) {
        called = now;
        loop.stop(0);
    });
    const vrrp::Instant at = loop.now() + 1ms;
    timer->arm(at);

    REQUIRE(loop.run().has_value());

    CHECK(loop.lag().greatest == called - at);
    CHECK(loop.lag().recent == called - at);
}

TEST_CASE("a timer that is armed for a past instant is not late", "[os]") {
    Loop loop = make_loop();
    auto timer = loop.timer(Urgency::deadlines, [&](vrrp::Instant) { loop.stop(0); });
    timer->arm(loop.now() - 1h);

    REQUIRE(loop.run().has_value());

    CHECK(loop.lag().greatest < 1h);
}

TEST_CASE("a timer may destroy itself in its callback, and arm others", "[os]") {
    Loop loop = make_loop();
    Timer timer;
    auto end = loop.timer(Urgency::deadlines, [&](vrrp::Instant) { loop.stop(0); });
    auto created = loop.timer(Urgency::deadlines, [&](vrrp::Instant now) {
        timer = Timer();
        end->arm(now + 1ms);
    });
    timer = std::move(*created);
    timer.arm(loop.now());

    CHECK(loop.run().value() == 0);
}

TEST_CASE("what is more urgent goes first in one wake-up", "[os]") {
    Loop loop = make_loop();
    const Pipe advert;
    const Pipe client;
    std::vector<std::string> order;
    auto late = loop.timer(Urgency::deadlines, [&](vrrp::Instant) { order.emplace_back("timer"); });
    late->arm(loop.now());
    Source hear;
    auto heard =
        loop.watch(advert.reading.get(), EPOLLIN, Urgency::adverts, [&](std::uint32_t, auto) {
            order.emplace_back("advert");
            hear = Source();
        });
    hear = std::move(*heard);
    auto served =
        loop.watch(client.reading.get(), EPOLLIN, Urgency::clients, [&](std::uint32_t, auto) {
            order.emplace_back("client");
            loop.stop(0);
        });

    REQUIRE(loop.run().has_value());

    CHECK(order == std::vector<std::string>{"advert", "timer", "client"});
}

TEST_CASE("a callback may release what called it", "[os]") {
    Loop loop = make_loop();
    const Pipe pipe;
    Source source;
    int calls = 0;
    auto watched =
        loop.watch(pipe.reading.get(), EPOLLIN, Urgency::checks, [&](std::uint32_t, auto) {
            ++calls;
            source = Source();
        });
    source = std::move(*watched);
    auto end = loop.timer(Urgency::clients, [&](vrrp::Instant) { loop.stop(0); });
    end->arm(loop.now() + 2ms);

    REQUIRE(loop.run().has_value());

    CHECK(calls == 1);
    CHECK_FALSE(source.is_active());
}

TEST_CASE("a signal is taken in the loop", "[os]") {
    Loop loop = make_loop();
    int number = 0;
    auto source = loop.on_signal(SIGUSR1, [&](int signal, vrrp::Instant) {
        number = signal;
        loop.stop(0);
    });
    REQUIRE(source.has_value());

    REQUIRE(kill(getpid(), SIGUSR1) == 0);
    REQUIRE(loop.run().has_value());

    CHECK(number == SIGUSR1);
}

TEST_CASE("the wall time of an instant is as long ago as the instant", "[os]") {
    Loop loop = make_loop();

    const auto now = loop.wall_time(loop.now());
    const auto earlier = loop.wall_time(loop.now() - 90s);

    CHECK(now - earlier > 89s);
    CHECK(now - earlier < 100s);
}
