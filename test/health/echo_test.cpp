#include <chrono>
#include <string>
#include <vector>

#include "catch2.hpp"
#include "health/echo_count.hpp"
#include "health/echo_message.hpp"
#include "vrrp/internet_checksum.hpp"

using health::EchoCount;
using health::EchoForm;
using health::EchoIdentity;
using health::ProbeResult;
using namespace std::chrono_literals;
using Bytes = std::vector<std::byte>;

namespace {

const EchoIdentity ours{.family = vrrp::Family::ipv4, .id = 0x1234, .token = 0x0102030405060708};

EchoIdentity ipv6(EchoIdentity identity) {
    identity.family = vrrp::Family::ipv6;
    return identity;
}

/// What a host makes of a request.
Bytes reply_to(const EchoIdentity& identity, std::uint16_t sequence) {
    const auto request = health::encode_echo_request(identity, sequence);
    Bytes reply(request.begin(), request.end());
    reply[0] = static_cast<std::byte>(identity.family == vrrp::Family::ipv4 ? 0 : 129);
    return reply;
}

Bytes with_ip_header(const Bytes& message, std::size_t size = 20) {
    Bytes packet(size);
    packet[0] = static_cast<std::byte>(0x40 | size / 4);
    packet.insert(packet.end(), message.begin(), message.end());
    return packet;
}

const health::PingProbeConfig config{.address = vrrp::IpAddress(192, 0, 2, 1), .count = 5};

/// What `count` requests mean, of which the first ones were answered, each after 2 ms.
ProbeResult judge(health::PingProbeConfig probe, int answered, const std::string& reason = "") {
    EchoCount count(probe.count);
    vrrp::Instant now;
    while (const auto sequence = count.next()) {
        count.send(now);
        if (*sequence <= answered) {
            CHECK(count.take_answer(*sequence, now + 2ms) == vrrp::Duration(2ms));
        }
        now += 100ms;
    }
    return count.judge(probe, reason);
}

}  // namespace

TEST_CASE("an echo request has a right checksum, its number and a token", "[health]") {
    const auto request = health::encode_echo_request(ours, 7);
    CHECK(vrrp::checksum_of(vrrp::sum_of_words(request)) == 0);
    CHECK(request[0] == std::byte{8});
    const auto request6 = health::encode_echo_request(ipv6(ours), 7);
    CHECK(request6[0] == std::byte{128});
    CHECK(request6[7] == std::byte{7});
    CHECK(request6[15] == std::byte{8});
}

TEST_CASE("an echo reply is known by type, id and token", "[health]") {
    const auto decode = [](const Bytes& packet) {
        return health::decode_echo_reply(ours, EchoForm::ip_packet, packet);
    };
    const Bytes good = reply_to(ours, 7);
    CHECK(decode(with_ip_header(good)) == 7);
    CHECK(decode(with_ip_header(good, 60)) == 7);
    CHECK(health::decode_echo_reply(ipv6(ours), EchoForm::message, reply_to(ipv6(ours), 9)) == 9);

    // The first 6 bytes are type, code, checksum, id; the checksum is the kernel's business.
    for (const std::size_t offset : {0, 1, 4, 5, 8, 15}) {
        Bytes other = good;
        other[offset] ^= std::byte{1};
        CHECK_FALSE(decode(with_ip_header(other)));
    }
    const auto request = health::encode_echo_request(ours, 7);
    CHECK_FALSE(decode(with_ip_header({request.begin(), request.end()})));
    for (std::size_t size = 0; size < 36; ++size) {
        Bytes cut = with_ip_header(good);
        cut.resize(size);
        CHECK_FALSE(decode(cut));
    }
}

TEST_CASE("a ping socket's id is the kernel's, and its token ours", "[health]") {
    Bytes reply = reply_to(ours, 3);
    reply[4] ^= std::byte{1};
    CHECK(health::decode_echo_reply(ours, EchoForm::kernel_id, reply) == 3);
    reply[8] ^= std::byte{1};
    CHECK_FALSE(health::decode_echo_reply(ours, EchoForm::kernel_id, reply));
}

TEST_CASE("an answer counts once, and only to what was sent", "[health]") {
    EchoCount count(2);
    const vrrp::Instant now;
    CHECK_FALSE(count.take_answer(1, now));
    count.send(now);
    CHECK_FALSE(count.take_answer(0, now));
    CHECK_FALSE(count.take_answer(2, now));
    CHECK(count.take_answer(1, now + 1ms));
    CHECK_FALSE(count.take_answer(1, now + 2ms));
    CHECK_FALSE(count.is_complete());
    CHECK(count.next() == 2);
    count.send(now);
    CHECK(count.take_answer(2, now + 1ms));
    CHECK(count.is_complete());
    CHECK_FALSE(count.next());
}

TEST_CASE("a request that can't be sent is lost and not waited for", "[health]") {
    EchoCount count(1);
    count.lose();
    CHECK(count.is_complete());
    CHECK_FALSE(count.take_answer(1, vrrp::Instant{}));
    CHECK_FALSE(count.judge({.count = 1}, "").is_good);
}

TEST_CASE("a ping is judged by its loss", "[health]") {
    auto probe = config;
    CHECK(judge(probe, 5) == ProbeResult{true, "5 of 5 answered by 192.0.2.1; mean 2.0 ms"});
    CHECK(judge(probe, 4) ==
          ProbeResult{false, "4 of 5 answered by 192.0.2.1, 20 % lost, at most 0 %; mean 2.0 ms"});
    probe.max_loss_percent = 20;
    CHECK(judge(probe, 4) ==
          ProbeResult{true, "4 of 5 answered by 192.0.2.1, 20 % lost; mean 2.0 ms"});
    CHECK(judge(probe, 3) ==
          ProbeResult{false, "3 of 5 answered by 192.0.2.1, 40 % lost, at most 20 %; mean 2.0 ms"});
    CHECK(judge(probe, 0, "can't reach: No route to host") ==
          ProbeResult{false,
                      "0 of 5 answered by 192.0.2.1, 100 % lost, at most 20 %; can't reach: No "
                      "route to host"});
    probe.max_loss_percent = 33;
    probe.count = 3;
    CHECK_FALSE(judge(probe, 2).is_good);  // a third is more than 33 percent
    probe.max_loss_percent = 34;
    CHECK(judge(probe, 2).is_good);
}

TEST_CASE("a ping is judged by its mean round trip", "[health]") {
    auto probe = config;
    probe.max_round_trip = 2ms;
    CHECK(judge(probe, 5).is_good);
    probe.max_round_trip = 1500us;
    CHECK(judge(probe, 5) ==
          ProbeResult{false, "5 of 5 answered by 192.0.2.1; mean 2.0 ms, at most 1.5 ms"});
    probe.max_loss_percent = 99;
    CHECK_FALSE(judge(probe, 0).is_good);
}
