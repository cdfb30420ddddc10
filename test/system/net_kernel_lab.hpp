#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/address_table.hpp"
#include "net/link.hpp"
#include "net/vrrp_socket.hpp"
#include "os/fd.hpp"
#include "os/loop.hpp"
#include "vrrp/address.hpp"
#include "vrrp/advertisement.hpp"

namespace net::test {

/// A network of our own: a fresh namespace of the kernel's, with nothing in it but a loopback link.
class Network {
public:
    /// Makes one and enters it; nullopt where that isn't permitted.
    [[nodiscard]] static std::optional<Network> create();

    /// What is opened from now on belongs to this network.
    void enter() const;

    /// For `ip link set ... netns`.
    [[nodiscard]] std::string path() const;

private:
    os::Fd fd_;
};

/// Runs a command of the shell; whether it went well.
bool run(const std::string& command);

/// The link as the kernel has it now; fails the test where there is none.
[[nodiscard]] Link link_named(const std::string& name);

/// A veth pair in the present network, both up and without addresses: `name` and "far".
void make_pair(const std::string& name = "lan");

/// 10.1.0.1, 10.1.0.2, …; no more than 60,000.
[[nodiscard]] std::vector<vrrp::VirtualAddress> many_addresses(int count,
                                                               std::uint8_t prefix_length);

[[nodiscard]] AddressTable open_table();
[[nodiscard]] os::Loop create_loop();

/// Steps that wait for the kernel: each acts, then the loop turns until its condition holds.
class Script {
public:
    explicit Script(os::Loop& loop) : loop_(loop) {}

    void step(std::function<void()> act, std::function<bool()> holds);

    /// To be called whenever something has happened.
    void go_on();

    /// Plays all steps; false where one waits for more than ten seconds.
    [[nodiscard]] bool play();

    /// How many steps are done.
    [[nodiscard]] std::size_t position() const { return position_; }

private:
    struct Step {
        std::function<void()> act;
        std::function<bool()> holds;
    };

    os::Loop& loop_;
    std::vector<Step> steps_;
    std::size_t position_ = 0;
};

/// Two hosts on one wire: "lan" here, with the addresses 192.0.2.1/32, 10.9.9.9/24 and fe80::9/64
/// and no route but theirs, and "lan" there, with 10.9.9.1/24 and fe80::1/64.
struct TwoHosts {
    Network there;
    Network here;

    /// Makes both, enters `here`, and waits until the wire carries; nullopt where that isn't
    /// permitted.
    [[nodiscard]] static std::optional<TwoHosts> create();

    /// Puts up the link there, from here, and waits until the wire carries.
    void bring_wire_up() const;
};

/// A packet that a VrrpSocket has handed out.
struct Received {
    std::vector<std::byte> message;
    std::vector<std::byte> whole;
    vrrp::PacketContext packet;
};

/// What has arrived by the time that `count` packets have, or ten seconds have passed, which fails
/// the test.
[[nodiscard]] std::vector<Received> receive(VrrpSocket& socket, std::size_t count);

/// VRRP on the link of that name; fails the test where it can't be opened.
[[nodiscard]] VrrpSocket open_socket(const std::string& link,
                                     vrrp::Family family = vrrp::Family::ipv4);

/// The bytes of characters, as a message.
[[nodiscard]] std::vector<std::byte> text(std::string_view characters);

/// From there to the group of VRRP, TTL 255.
[[nodiscard]] vrrp::PacketContext to_group(const vrrp::IpAddress& source);

/// The addresses of the two hosts.
inline constexpr vrrp::IpAddress here_ipv4{10, 9, 9, 9};
inline constexpr vrrp::IpAddress there_ipv4{10, 9, 9, 1};
inline constexpr vrrp::IpAddress here_ipv6{{0xfe80, 0, 0, 0, 0, 0, 0, 9}};
inline constexpr vrrp::IpAddress there_ipv6{{0xfe80, 0, 0, 0, 0, 0, 0, 1}};

}  // namespace net::test
