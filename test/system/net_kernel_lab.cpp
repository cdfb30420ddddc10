#include "net_kernel_lab.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <span>
#include <utility>

#include "catch2.hpp"
#include "net/link_dump.hpp"
#include "net/link_mirror.hpp"

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

std::optional<TwoHosts> TwoHosts::create() {
    auto there = Network::create();
    auto here = there ? Network::create() : std::nullopt;
    if (!here) {
        return std::nullopt;
    }
    // Ends with the same index are taken for one link that isn't urgent, and come up a second
    // later.
    REQUIRE(run("ip link add lan index 7 type veth peer name lan index 8 netns " + there->path() +
                " && ip address add 192.0.2.1/32 dev lan"
                " && ip address add 10.9.9.9/24 dev lan"
                " && ip address add fe80::9/64 dev lan nodad && ip link set lan up"));
    there->enter();
    REQUIRE(run("ip address add 10.9.9.1/24 dev lan && ip address add fe80::1/64 dev lan nodad"));
    here->enter();
    TwoHosts hosts{std::move(*there), std::move(*here)};
    hosts.bring_wire_up();
    return hosts;
}

void TwoHosts::bring_wire_up() const {
    auto loop = create_loop();
    Script script(loop);
    const auto go_on = [&](vrrp::Instant) { script.go_on(); };
    const auto is_up = [](const LinkMirror& mirror) {
        return mirror.find("lan") && mirror.find("lan")->is_up;
    };
    there.enter();
    auto mirror_there = LinkMirror::open(loop, {"lan"}, go_on);
    here.enter();
    auto mirror_here = LinkMirror::open(loop, {"lan"}, go_on);
    REQUIRE(mirror_there);
    REQUIRE(mirror_here);
    // IPv6 hears a group only once its own end has noticed the carrier.
    script.step(
        [this] {
            there.enter();
            run("ip link set lan up");
            here.enter();
        },
        [&] { return is_up(*mirror_there) && is_up(*mirror_here); });
    REQUIRE(script.play());
}

std::vector<Received> receive(VrrpSocket& socket, std::size_t count) {
    auto loop = create_loop();
    Script script(loop);
    std::vector<Received> received;
    const auto take = [&](const IpPacket& packet) {
        received.push_back({{packet.message.begin(), packet.message.end()},
                            {packet.whole.begin(), packet.whole.end()},
                            packet.context});
    };
    auto source =
        loop.watch(socket.fd(), EPOLLIN, os::Urgency::adverts, [&](std::uint32_t, vrrp::Instant) {
            static_cast<void>(socket.receive(take));
            script.go_on();
        });
    REQUIRE(source);
    script.step([] {}, [&] { return received.size() >= count; });
    CHECK(script.play());
    return received;
}

VrrpSocket open_socket(const std::string& link, vrrp::Family family) {
    auto socket = VrrpSocket::open(link_named(link), family);
    REQUIRE(socket);
    return std::move(*socket);
}

std::vector<std::byte> text(std::string_view characters) {
    const auto bytes = std::as_bytes(std::span(characters));
    return {bytes.begin(), bytes.end()};
}

vrrp::PacketContext to_group(const vrrp::IpAddress& source) {
    return {.source = source, .destination = vrrp_group(source.family()), .ttl = 255};
}

}  // namespace net::test
