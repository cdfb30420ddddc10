#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "net/address_table.hpp"
#include "net/link.hpp"
#include "os/fd.hpp"
#include "os/loop.hpp"
#include "vrrp/address.hpp"

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

}  // namespace net::test
