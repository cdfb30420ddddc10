#include "os/background.hpp"

#include "catch2.hpp"

#include <memory>
#include <thread>
#include <vector>

TEST_CASE("work is done beside the loop, one thing after the other", "[os]") {
    auto loop = os::Loop::create();
    REQUIRE(loop);
    os::Background background(*loop);
    auto threads = std::make_shared<std::vector<std::thread::id>>();
    const auto work = [threads] { threads->push_back(std::this_thread::get_id()); };

    REQUIRE(background.start(work, [&](vrrp::Instant /*now*/) {
        const auto again = background.start(work, [&](vrrp::Instant /*at*/) { loop->stop(7); });
        if (!again) {
            loop->stop(1);
        }
    }));
    CHECK(loop->run() == 7);

    REQUIRE(threads->size() == 2);
    CHECK(threads->front() != std::this_thread::get_id());
}

TEST_CASE("work that nobody waits for any more ends by itself", "[os]") {
    auto loop = os::Loop::create();
    REQUIRE(loop);
    const auto owned = std::make_shared<int>(1);
    {
        os::Background background(*loop);
        REQUIRE(background.start([owned] {}, [](vrrp::Instant /*now*/) { FAIL(); }));
    }

    // The thread owns its work, and lets it go when it ends.
    while (owned.use_count() > 1) {
        std::this_thread::yield();
    }
    CHECK(owned.use_count() == 1);
}
