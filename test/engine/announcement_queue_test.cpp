#include "engine/announcement_queue.hpp"

#include <chrono>
#include <string>
#include <vector>

#include "catch2.hpp"
#include "vrrp/virtual_router.hpp"

namespace engine::test {

namespace {

using namespace std::chrono_literals;

constexpr vrrp::Duration gap = 10ms;
constexpr vrrp::Instant start{1h};

vrrp::VirtualAddress ipv4(std::uint8_t last) {
    return {vrrp::IpAddress(192, 0, 2, last), 24};
}

vrrp::VirtualAddress ipv6(std::uint16_t last) {
    return {vrrp::IpAddress({0x2001, 0xdb8, 0, 0, 0, 0, 0, last}), 64};
}

vrrp::VirtualRouter make_router() {
    vrrp::RouterConfig config;
    config.virtual_router_id = 1;
    config.addresses = {vrrp::IpAddress(192, 0, 2, 1)};
    return vrrp::VirtualRouter(config);
}

std::string to_text(const Announcement& announcement) {
    const bool is_request = announcement.form == net::ArpForm::request;
    return announcement.address.to_text() + (is_request ? "" : " again");
}

/// All that is said from now on, and asserts that it keeps the time.
std::vector<std::string> say_all(AnnouncementQueue& queue, vrrp::Instant& now) {
    std::vector<std::string> said;
    while (const auto deadline = queue.deadline()) {
        now = std::max(now, *deadline);
        const auto announcement = queue.next(now);
        REQUIRE(announcement);
        CHECK_FALSE(queue.next(now + gap - 1ns));
        said.push_back(to_text(*announcement));
    }
    return said;
}

}  // namespace

TEST_CASE("each address is announced once before any is repeated", "[engine]") {
    const auto one = make_router();
    const auto two = make_router();
    AnnouncementQueue queue(gap);
    auto now = start;

    queue.add(one, std::vector{ipv4(1), ipv4(2), ipv6(1)});
    queue.add(two, std::vector{ipv4(3)});

    CHECK(say_all(queue, now) == std::vector<std::string>{"192.0.2.1", "192.0.2.2", "2001:db8::1",
                                                          "192.0.2.3", "192.0.2.1 again",
                                                          "192.0.2.2 again", "192.0.2.3 again"});
    CHECK(now == start + 6 * gap);
}

TEST_CASE("an address that waits keeps its place when it is asked for again", "[engine]") {
    const auto router = make_router();
    AnnouncementQueue queue(gap);
    auto now = start;
    const std::vector addresses{ipv6(1), ipv6(2), ipv6(3)};
    queue.add(router, addresses);
    CHECK(to_text(*queue.next(now)) == "2001:db8::1");

    queue.add(router, addresses);
    queue.add(router, addresses);

    CHECK(say_all(queue, now) ==
          std::vector<std::string>{"2001:db8::2", "2001:db8::3", "2001:db8::1"});
}

TEST_CASE("what waits of a router that lost its office is not said", "[engine]") {
    const auto one = make_router();
    const auto two = make_router();
    AnnouncementQueue queue(gap);
    auto now = start;
    queue.add(one, std::vector{ipv4(1), ipv4(2)});
    queue.add(two, std::vector{ipv4(3)});
    CHECK(queue.next(now));

    queue.drop(one);

    CHECK(say_all(queue, now) == std::vector<std::string>{"192.0.2.3", "192.0.2.3 again"});
    CHECK_FALSE(queue.deadline());
    CHECK_FALSE(queue.next(now + 1h));
}

}  // namespace engine::test
