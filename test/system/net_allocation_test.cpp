#include <poll.h>

#include <array>
#include <cstddef>

#include "catch2.hpp"
#include "count_allocations.hpp"
#include "net_kernel_lab.hpp"

namespace net::test {

TEST_CASE("adverts are sent, received and filtered without an allocation", "[system]") {
    const auto hosts = TwoHosts::create();
    if (!hosts) {
        return;
    }
    const vrrp::IpAddress source = GENERATE(here_ipv4, here_ipv6);
    auto here = open_socket("lan", source.family());
    hosts->there.enter();
    auto there = open_socket("lan", source.family());
    const auto message = text("an advertisement");
    const vrrp::PacketContext packet = to_group(source);
    std::size_t bytes = 0;
    const VrrpSocket::OnPacket take = [&](const IpPacket& received) {
        bytes += received.message.size();
    };
    const VrrpSocket::OnRefused none = [](auto, const os::Error&) {};
    bool went_well = true;
    const std::size_t before = ::test::count_allocations();

    for (int i = 0; i < 10; ++i) {
        went_well &= there.admit(RouterIds().set('n')).has_value();
        if (i % 2 == 0) {
            went_well &= here.send(message, packet).has_value();
        } else {
            went_well &= here.queue(message, packet);
            here.flush(none);
        }
        pollfd readable{.fd = there.fd(), .events = POLLIN, .revents = 0};
        went_well &= poll(&readable, 1, 10'000) == 1;
        went_well &= !there.receive(take);
    }

    CHECK(::test::count_allocations() == before);
    CHECK(went_well);
    CHECK(bytes == 10 * message.size());
}

}  // namespace net::test
