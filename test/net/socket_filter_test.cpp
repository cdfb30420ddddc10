#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "catch2.hpp"
#include "net/socket_filter.hpp"
#include "os/fd.hpp"

namespace net::test {

namespace {

using Bytes = std::vector<std::byte>;

/// The kernel itself as the machine that runs a filter: what is put in at one end of a pair of
/// sockets comes out at the other unless the filter drops it.
class FilterMachine {
public:
    FilterMachine() {
        std::array<int, 2> ends{};
        REQUIRE(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends.data()) == 0);
        near_ = os::Fd(ends[0]);
        far_ = os::Fd(ends[1]);
    }

    void load(const SocketFilter& filter) { REQUIRE(attach_filter(far_.get(), filter)); }

    /// How many bytes of a packet pass.
    [[nodiscard]] std::size_t run(std::span<const std::byte> packet) {
        REQUIRE(::send(near_.get(), packet.data(), packet.size(), 0) >= 0);
        std::array<std::byte, 256> passed{};
        const auto size = recv(far_.get(), passed.data(), passed.size(), 0);
        return size < 0 ? 0 : static_cast<std::size_t>(size);
    }

private:
    os::Fd near_;
    os::Fd far_;
};

/// A message of eight bytes, and before it what a raw socket of that form hands out.
Bytes packet(PacketForm form, std::size_t router_id, std::size_t ip_header_size = 20) {
    const std::size_t start = form == PacketForm::ipv6            ? 0
                              : form == PacketForm::authenticated ? ip_header_size + 24
                                                                  : ip_header_size;
    Bytes result(start + 8, std::byte{0xaa});
    result[0] = static_cast<std::byte>(0x40 | ip_header_size / 4);
    result[start + 1] = static_cast<std::byte>(router_id);
    return result;
}

std::size_t count_mistakes(FilterMachine& machine, const RouterIds& ids, PacketForm form) {
    machine.load(router_id_filter(ids, form));
    std::size_t mistakes = 0;
    for (std::size_t id = 0; id < ids.size(); ++id) {
        const Bytes sent = packet(form, id);
        mistakes += machine.run(sent) != (ids[id] ? sent.size() : 0) ? 1 : 0;
    }
    return mistakes;
}

const auto all_forms = {PacketForm::ipv4, PacketForm::authenticated, PacketForm::ipv6};

}  // namespace

TEST_CASE("a filter lets the packets of its one router id pass whole, and no other", "[net]") {
    const auto form = GENERATE(values(all_forms));
    FilterMachine machine;

    std::size_t mistakes = 0;
    for (std::size_t id = 0; id < 256; ++id) {
        mistakes += count_mistakes(machine, RouterIds().set(id), form);
    }

    CHECK(mistakes == 0);
}

TEST_CASE("a filter knows any set of router ids", "[net]") {
    const auto form = GENERATE(values(all_forms));
    FilterMachine machine;
    RouterIds scattered;
    for (std::size_t id = 1; id < 256; id = id * 3 / 2 + 1) {
        scattered.set(id);
    }

    CHECK(count_mistakes(machine, RouterIds(), form) == 0);
    CHECK(count_mistakes(machine, RouterIds().set(), form) == 0);
    CHECK(count_mistakes(machine, scattered, form) == 0);
    CHECK(count_mistakes(machine, ~scattered, form) == 0);
}

TEST_CASE("a filter finds the router id behind an IP header with options", "[net]") {
    const auto form = GENERATE(PacketForm::ipv4, PacketForm::authenticated);
    const auto header_size = GENERATE(range<std::size_t>(20, 61, 4));
    FilterMachine machine;
    machine.load(router_id_filter(RouterIds().set(51), form));

    const Bytes ours = packet(form, 51, header_size);
    const Bytes foreign = packet(form, 52, header_size);

    CHECK(machine.run(ours) == ours.size());
    CHECK(machine.run(foreign) == 0);
}

TEST_CASE("a filter drops what is too short to have a router id, and nothing longer", "[net]") {
    const auto form = GENERATE(values(all_forms));
    FilterMachine machine;
    machine.load(router_id_filter(RouterIds().set(51), form));
    const Bytes whole = packet(form, 51);

    for (std::size_t size = 0; size <= whole.size(); ++size) {
        const bool has_router_id = size + 8 >= whole.size() + 2;
        CHECK(machine.run(std::span(whole).first(size)) == (has_router_id ? size : 0));
    }
}

}  // namespace net::test
