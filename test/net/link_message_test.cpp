#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "catch2.hpp"
#include "net/link_message.hpp"

namespace net::test {

namespace {

/// A netlink message as the kernel writes it.
class Message {
public:
    template <typename Header>
    Message(std::uint16_t type, const Header& header) {
        append(nlmsghdr{.nlmsg_type = type});
        append(header);
    }

    Message& attribute(std::uint16_t type, const void* data, std::size_t size) {
        append(nlattr{static_cast<std::uint16_t>(sizeof(nlattr) + size), type});
        append(data, size);
        return *this;
    }
    Message& attribute(std::uint16_t type, std::vector<std::uint8_t> data) {
        return attribute(type, data.data(), data.size());
    }

    [[nodiscard]] std::optional<LinkMessage> decode() {
        auto& header = *reinterpret_cast<nlmsghdr*>(bytes_.data());
        header.nlmsg_len = static_cast<std::uint32_t>(bytes_.size());
        return decode_link_message(header);
    }

private:
    template <typename Part>
    void append(const Part& part) {
        append(&part, sizeof part);
    }
    void append(const void* data, std::size_t size) {
        const std::size_t offset = bytes_.size();
        bytes_.resize(offset + (size + 3) / 4 * 4);
        std::memcpy(bytes_.data() + offset, data, size);
    }

    std::vector<std::byte> bytes_;
};

constexpr unsigned running = IFF_UP | IFF_RUNNING | IFF_LOWER_UP;

Message link_message(std::uint16_t type, unsigned flags, std::uint8_t family = AF_UNSPEC) {
    return {type, ifinfomsg{.ifi_family = family, .ifi_index = 7, .ifi_flags = flags}};
}

Message address_message(std::uint16_t type, std::uint8_t flags = 0) {
    return {type, ifaddrmsg{.ifa_family = AF_INET,
                            .ifa_prefixlen = 24,
                            .ifa_flags = flags,
                            .ifa_scope = RT_SCOPE_LINK,
                            .ifa_index = 7}};
}

/// The upper bits of the flags fit into their attribute only.
Message ipv6_message(std::uint16_t type, std::uint32_t flags) {
    Message message(type, ifaddrmsg{.ifa_family = AF_INET6,
                                    .ifa_prefixlen = 64,
                                    .ifa_flags = static_cast<std::uint8_t>(flags),
                                    .ifa_scope = RT_SCOPE_LINK,
                                    .ifa_index = 7});
    message.attribute(IFA_FLAGS, &flags, sizeof flags);
    return message;
}

constexpr vrrp::IpAddress link_local({0xfe80, 0, 0, 0, 0, 0, 0, 1});
constexpr vrrp::IpAddress other_link_local({0xfe80, 0, 0, 0, 0, 0, 0, 2});

std::vector<std::uint8_t> wire(const vrrp::IpAddress& address) {
    std::vector<std::uint8_t> result;
    for (const std::byte byte : address.bytes()) {
        result.push_back(std::to_integer<std::uint8_t>(byte));
    }
    return result;
}

}  // namespace

TEST_CASE("a link message tells name, MAC address and MTU", "[net]") {
    auto message = link_message(RTM_NEWLINK, running);
    const std::uint32_t mtu = 9000;
    message.attribute(IFLA_IFNAME, "eth0", 5)
        .attribute(IFLA_ADDRESS, {2, 0, 0, 0, 0, 9})
        .attribute(IFLA_MTU, &mtu, sizeof mtu);

    const auto decoded = message.decode();

    REQUIRE(decoded);
    const auto& link = std::get<LinkSeen>(*decoded);
    CHECK(link.index == 7);
    CHECK(link.is_up);
    CHECK(link.is_enabled);
    CHECK(link.name == "eth0");
    CHECK(link.mac == MacAddress{2, 0, 0, 0, 0, 9});
    CHECK(link.mtu == 9000U);
}

TEST_CASE("what a link message leaves out stays unknown", "[net]") {
    const auto decoded = link_message(RTM_NEWLINK, running).decode();

    REQUIRE(decoded);
    const auto& link = std::get<LinkSeen>(*decoded);
    CHECK_FALSE(link.name);
    CHECK_FALSE(link.mac);
    CHECK_FALSE(link.mtu);
}

TEST_CASE("a link is up when it is set up, running and has a carrier", "[net]") {
    const unsigned missing = GENERATE(IFF_UP, IFF_RUNNING, IFF_LOWER_UP);

    const auto decoded = link_message(RTM_NEWLINK, running & ~missing).decode();

    REQUIRE(decoded);
    CHECK_FALSE(std::get<LinkSeen>(*decoded).is_up);
    CHECK(std::get<LinkSeen>(*decoded).is_enabled == (missing != IFF_UP));
}

TEST_CASE("a hardware address of other than six bytes is no MAC address", "[net]") {
    auto message = link_message(RTM_NEWLINK, running);
    message.attribute(IFLA_ADDRESS, {10, 0, 0, 1});

    const auto decoded = message.decode();

    REQUIRE(decoded);
    CHECK(std::get<LinkSeen>(*decoded).mac == MacAddress{});
}

TEST_CASE("a deleted link is gone, a port that left a bridge is not", "[net]") {
    const auto deleted = link_message(RTM_DELLINK, 0).decode();
    const auto left_bridge = link_message(RTM_DELLINK, running, AF_BRIDGE).decode();

    REQUIRE(deleted);
    CHECK(std::get<LinkGone>(*deleted).index == 7);
    CHECK_FALSE(left_bridge);
}

TEST_CASE("an address message tells the local address with its place", "[net]") {
    auto message = address_message(RTM_NEWADDR, IFA_F_SECONDARY | IFA_F_PERMANENT);
    message.attribute(IFA_ADDRESS, {192, 0, 2, 2}).attribute(IFA_LOCAL, {192, 0, 2, 1});

    const auto decoded = message.decode();

    REQUIRE(decoded);
    const auto& seen = std::get<AddressSeen>(*decoded);
    CHECK(seen.link_index == 7);
    CHECK(seen.address == LinkAddress{.address = {192, 0, 2, 1},
                                      .prefix_length = 24,
                                      .is_secondary = true,
                                      .scope = RT_SCOPE_LINK,
                                      .other_end = {192, 0, 2, 2}});
}

TEST_CASE("a removed address is gone", "[net]") {
    auto message = address_message(RTM_DELADDR);
    message.attribute(IFA_ADDRESS, {192, 0, 2, 1});

    const auto decoded = message.decode();

    REQUIRE(decoded);
    const auto& gone = std::get<AddressGone>(*decoded);
    CHECK(gone.address.address == vrrp::IpAddress(192, 0, 2, 1));
    CHECK(gone.address.other_end == vrrp::IpAddress(192, 0, 2, 1));
}

TEST_CASE("an IPv6 address stands alone, and is never a secondary one", "[net]") {
    auto message = ipv6_message(RTM_NEWADDR, IFA_F_TEMPORARY | IFA_F_STABLE_PRIVACY);
    message.attribute(IFA_ADDRESS, wire(link_local)).attribute(11, {112});

    const auto decoded = message.decode();

    REQUIRE(decoded);
    const auto& seen = std::get<AddressSeen>(*decoded);
    CHECK(seen.link_index == 7);
    CHECK(seen.address == LinkAddress{.address = link_local,
                                      .prefix_length = 64,
                                      .scope = RT_SCOPE_LINK,
                                      .other_end = link_local,
                                      .protocol = our_address_protocol,
                                      .is_permanent = false});
}

TEST_CASE("an IPv6 address with another end is the local one", "[net]") {
    auto message = ipv6_message(RTM_DELADDR, IFA_F_PERMANENT);
    message.attribute(IFA_LOCAL, wire(link_local)).attribute(IFA_ADDRESS, wire(other_link_local));

    const auto decoded = message.decode();

    REQUIRE(decoded);
    const auto& gone = std::get<AddressGone>(*decoded);
    CHECK(gone.address.address == link_local);
    CHECK(gone.address.other_end == other_link_local);
}

TEST_CASE("the flags of an IPv6 address tell whether it is usable", "[net]") {
    struct Row {
        std::uint32_t flags;
        bool is_tentative;
        bool is_duplicate;
        bool is_deprecated;
    };
    const auto row = GENERATE(Row{IFA_F_PERMANENT, false, false, false},
                              Row{IFA_F_TENTATIVE, true, false, false},
                              Row{IFA_F_TENTATIVE | IFA_F_OPTIMISTIC, false, false, false},
                              Row{IFA_F_TENTATIVE | IFA_F_DADFAILED, true, true, false},
                              Row{IFA_F_DEPRECATED | IFA_F_NODAD, false, false, true});
    auto message = ipv6_message(RTM_NEWADDR, row.flags);
    message.attribute(IFA_ADDRESS, wire(link_local));

    const auto decoded = message.decode();

    REQUIRE(decoded);
    const auto& address = std::get<AddressSeen>(*decoded).address;
    CHECK(address.is_tentative == row.is_tentative);
    CHECK(address.is_duplicate == row.is_duplicate);
    CHECK(address.is_deprecated == row.is_deprecated);
}

TEST_CASE("the flags' own attribute goes before the header's eight bits", "[net]") {
    Message message(
        RTM_NEWADDR,
        ifaddrmsg{.ifa_family = AF_INET6, .ifa_flags = IFA_F_TENTATIVE, .ifa_index = 7});
    const std::uint32_t flags = IFA_F_DEPRECATED;
    message.attribute(IFA_ADDRESS, wire(link_local)).attribute(IFA_FLAGS, &flags, sizeof flags);

    const auto decoded = message.decode();

    REQUIRE(decoded);
    CHECK_FALSE(std::get<AddressSeen>(*decoded).address.is_tentative);
    CHECK(std::get<AddressSeen>(*decoded).address.is_deprecated);
}

TEST_CASE("messages about other things are passed over", "[net]") {
    Message route(RTM_NEWROUTE, rtmsg{});
    Message other_family(RTM_NEWADDR, ifaddrmsg{.ifa_family = AF_MCTP, .ifa_index = 7});
    other_family.attribute(IFA_LOCAL, {8});
    auto cut_ipv6 = ipv6_message(RTM_NEWADDR, 0);
    cut_ipv6.attribute(IFA_ADDRESS, std::vector<std::uint8_t>(15, 1));
    auto without_address = address_message(RTM_NEWADDR);
    Message too_short(RTM_NEWLINK, std::uint32_t{0});

    CHECK_FALSE(route.decode());
    CHECK_FALSE(other_family.decode());
    CHECK_FALSE(cut_ipv6.decode());
    CHECK_FALSE(without_address.decode());
    CHECK_FALSE(too_short.decode());
}

}  // namespace net::test
