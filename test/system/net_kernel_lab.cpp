#include "net_kernel_lab.hpp"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <utility>

#include "catch2.hpp"
#include "net/link_dump.hpp"

namespace net::test {

namespace {

/// As an ordinary user: root in a user namespace of our own.
bool unshare_as_user() {
    const std::string user = "0 " + std::to_string(geteuid()) + " 1";
    const std::string group = "0 " + std::to_string(getegid()) + " 1";
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) {
        return false;
    }
    std::ofstream("/proc/self/setgroups") << "deny";
    std::ofstream("/proc/self/uid_map") << user;
    std::ofstream("/proc/self/gid_map") << group;
    return geteuid() == 0;
}

}  // namespace

std::optional<Network> Network::create() {
    if (unshare(CLONE_NEWNET) != 0 && !unshare_as_user()) {
        WARN("SKIPPED: a network namespace is not permitted here");
        return std::nullopt;
    }
    Network network;
    network.fd_ = os::Fd(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
    REQUIRE(network.fd_.is_open());
    return network;
}

void Network::enter() const {
    REQUIRE(setns(fd_.get(), CLONE_NEWNET) == 0);
}

std::string Network::path() const {
    return "/proc/" + std::to_string(getpid()) + "/fd/" + std::to_string(fd_.get());
}

bool run(const std::string& command) {
    return std::system(command.c_str()) == 0;
}

Link link_named(const std::string& name) {
    const auto dump = dump_links();
    REQUIRE(dump);
    const Link* const link = dump->table.find(name);
    REQUIRE(link);
    return *link;
}

void make_pair(const std::string& name) {
    REQUIRE(run("ip link add " + name + " type veth peer name far"));
    // No IPv6 address of the kernel's own making, where there is IPv6.
    for (const auto& link : {name, std::string("far")}) {
        std::ofstream("/proc/sys/net/ipv6/conf/" + link + "/addr_gen_mode") << 1;
    }
    REQUIRE(run("ip link set " + name + " up && ip link set far up"));
}

std::vector<vrrp::VirtualAddress> many_addresses(int count, std::uint8_t prefix_length) {
    std::vector<vrrp::VirtualAddress> result;
    for (int i = 0; i < count; ++i) {
        const auto third = static_cast<std::uint8_t>(i / 250);
        const auto fourth = static_cast<std::uint8_t>(i % 250 + 1);
        result.push_back({vrrp::IpAddress(10, 1, third, fourth), prefix_length});
    }
    return result;
}

AddressTable open_table() {
    auto table = AddressTable::open();
    REQUIRE(table);
    return std::move(*table);
}

os::Loop create_loop() {
    auto loop = os::Loop::create();
    REQUIRE(loop);
    return std::move(*loop);
}

void Script::step(std::function<void()> act, std::function<bool()> holds) {
    steps_.push_back({std::move(act), std::move(holds)});
}

void Script::go_on() {
    while (position_ < steps_.size() && steps_[position_].holds()) {
        ++position_;
        if (position_ == steps_.size()) {
            loop_.stop(0);
            return;
        }
        steps_[position_].act();
    }
}

bool Script::play() {
    auto guard = loop_.timer(os::Urgency::clients, [this](vrrp::Instant) { loop_.stop(1); });
    REQUIRE(guard);
    guard->arm(loop_.now() + std::chrono::seconds(10));
    steps_.front().act();
    go_on();
    return loop_.run() == 0;
}

}  // namespace net::test
