#include "net/neighbour_watch.hpp"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/icmp6.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace net {

namespace {

constexpr unsigned frames_per_call = 16;
constexpr std::size_t frame_size = 2048;

/// What the kernel compares at most: its room for a socket's filter is 20 KiB in older versions,
/// and a jump within the filter reaches 255 instructions.
constexpr std::size_t compared_addresses = 128;

// Where things stand in an Ethernet frame.
constexpr std::uint32_t sender_offset = 28;       // of ARP, the address
constexpr std::uint32_t next_header_offset = 20;  // of IPv6
constexpr std::uint32_t type_offset = 54;         // of ICMPv6
constexpr std::uint32_t target_end_offset = 74;   // of a neighbour advertisement, the last 32 bits

/// A filter of the kernel's: instructions one after the other.
using Filter = std::vector<sock_filter>;

constexpr std::uint32_t take_whole_frame = 0xffff'ffff;

void load(Filter& filter, std::uint16_t size, std::uint32_t offset) {
    const auto code = static_cast<std::uint16_t>(BPF_LD | BPF_ABS | size);
    filter.push_back({.code = code, .jt = 0, .jf = 0, .k = offset});
}

void finish(Filter& filter, std::uint32_t bytes) {
    filter.push_back({.code = BPF_RET | BPF_K, .jt = 0, .jf = 0, .k = bytes});
}

/// Drops the frame unless what was loaded is `value`.
void require(Filter& filter, std::uint32_t value) {
    filter.push_back({.code = BPF_JMP | BPF_JEQ | BPF_K, .jt = 1, .jf = 0, .k = value});
    finish(filter, 0);
}

/// The last 32 bits of the addresses of a family, each once.
std::vector<std::uint32_t> last_words(std::span<const vrrp::IpAddress> addresses,
                                      vrrp::Family family) {
    std::vector<std::uint32_t> words;
    for (const vrrp::IpAddress& address : addresses) {
        if (address.family() == family) {
            std::uint32_t word = 0;
            for (const std::byte byte : address.bytes().last(4)) {
                word = word << 8 | std::to_integer<std::uint32_t>(byte);
            }
            words.push_back(word);
        }
    }
    std::ranges::sort(words);
    const auto repeated = std::ranges::unique(words);
    words.erase(repeated.begin(), repeated.end());
    return words;
}

/// Passes what may be a claim of an address that ends with one of `words`: two addresses that end
/// alike are rare, and told apart later.
Filter make_filter(vrrp::Family family, const std::vector<std::uint32_t>& words) {
    Filter filter;
    // To us or to many, which the kernel takes for itself too: nothing of other VLANs, nothing that
    // we sent.
    load(filter, BPF_B, static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_PKTTYPE));
    filter.push_back({.code = BPF_JMP | BPF_JGE | BPF_K, .jt = 0, .jf = 1, .k = PACKET_OTHERHOST});
    finish(filter, 0);
    if (family == vrrp::Family::ipv6) {
        load(filter, BPF_B, next_header_offset);
        require(filter, IPPROTO_ICMPV6);
        load(filter, BPF_B, type_offset);
        require(filter, ND_NEIGHBOR_ADVERT);
    }
    if (words.size() <= compared_addresses) {
        load(filter, BPF_W, family == vrrp::Family::ipv4 ? sender_offset : target_end_offset);
        for (std::size_t i = 0; i < words.size(); ++i) {
            const auto to_end = static_cast<std::uint8_t>(words.size() - i);
            filter.push_back(
                {.code = BPF_JMP | BPF_JEQ | BPF_K, .jt = to_end, .jf = 0, .k = words[i]});
        }
        finish(filter, 0);
    }
    finish(filter, take_whole_frame);
    return filter;
}

bool attach(int fd, Filter filter) {
    const sock_fprog program{.len = static_cast<unsigned short>(filter.size()),
                             .filter = filter.data()};
    return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0;
}

/// From now on the kernel shows the link's packets of this family to the socket.
bool bind_to_link(int fd, int link_index, vrrp::Family family) {
    sockaddr_ll place{};
    place.sll_family = AF_PACKET;
    place.sll_protocol = htons(family == vrrp::Family::ipv4 ? ETH_P_ARP : ETH_P_IPV6);
    place.sll_ifindex = link_index;
    return bind(fd, reinterpret_cast<const sockaddr*>(&place), sizeof place) == 0;
}

}  // namespace

/// Where recvmmsg writes: prepared once, so that receiving allocates nothing.
struct NeighbourWatch::Buffers {
    Buffers() {
        for (std::size_t i = 0; i < frames_per_call; ++i) {
            parts[i] = {.iov_base = frames[i].data(), .iov_len = frames[i].size()};
            headers[i].msg_hdr.msg_iov = &parts[i];
            headers[i].msg_hdr.msg_iovlen = 1;
        }
    }

    std::array<std::array<std::byte, frame_size>, frames_per_call> frames;
    std::array<iovec, frames_per_call> parts{};
    std::array<mmsghdr, frames_per_call> headers{};
};

NeighbourWatch::NeighbourWatch(const Link& link, os::Fd poll)
    : link_(link), poll_(std::move(poll)), buffers_(std::make_unique<Buffers>()) {}
NeighbourWatch::NeighbourWatch(NeighbourWatch&&) noexcept = default;
NeighbourWatch& NeighbourWatch::operator=(NeighbourWatch&&) noexcept = default;
NeighbourWatch::~NeighbourWatch() = default;

std::expected<NeighbourWatch, os::Error> NeighbourWatch::open(const Link& link) {
    NeighbourWatch watch(link, os::Fd(epoll_create1(EPOLL_CLOEXEC)));
    if (!watch.poll_.is_open()) {
        return std::unexpected(watch.error());
    }
    return watch;
}

int NeighbourWatch::fd() const {
    return poll_.get();
}

std::expected<void, os::Error> NeighbourWatch::watch(
    std::span<const vrrp::VirtualAddress> addresses) {
    addresses_.clear();
    std::ranges::transform(addresses, std::back_inserter(addresses_),
                           &vrrp::VirtualAddress::address);
    std::ranges::sort(addresses_);
    auto ipv4 = listen(arp_, vrrp::Family::ipv4);
    auto ipv6 = listen(ipv6_, vrrp::Family::ipv6);
    return ipv4 ? std::move(ipv6) : std::move(ipv4);
}

std::expected<void, os::Error> NeighbourWatch::listen(os::Fd& socket, vrrp::Family family) {
    const auto words = last_words(addresses_, family);
    if (words.empty() || link_.mac == MacAddress{}) {
        socket.close();
        return {};
    }
    if (socket.is_open()) {
        return attach(socket.get(), make_filter(family, words)) ? std::expected<void, os::Error>{}
                                                                : std::unexpected(error());
    }
    auto opened = open_socket(family);
    if (!opened) {
        return std::unexpected(opened.error());
    }
    socket = std::move(*opened);
    return {};
}

std::expected<os::Fd, os::Error> NeighbourWatch::open_socket(vrrp::Family family) {
    // Protocol 0: nothing arrives until the filter is there and the socket is bound.
    os::Fd socket(::socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    epoll_event readable{.events = EPOLLIN, .data = {}};
    if (!socket.is_open() ||
        !attach(socket.get(), make_filter(family, last_words(addresses_, family))) ||
        !bind_to_link(socket.get(), link_.index, family) ||
        epoll_ctl(poll_.get(), EPOLL_CTL_ADD, socket.get(), &readable) < 0) {
        return std::unexpected(error());
    }
    return socket;
}

void NeighbourWatch::receive(const OnClaim& on_claim) {
    auto& [frames, parts, headers] = *buffers_;
    for (const os::Fd* const socket : {&arp_, &ipv6_}) {
        if (!socket->is_open()) {
            continue;
        }
        const int count = recvmmsg(socket->get(), headers.data(), frames_per_call, 0, nullptr);
        for (std::size_t i = 0; i < static_cast<std::size_t>(std::max(count, 0)); ++i) {
            const auto claim = decode_claim(std::span(frames[i]).first(headers[i].msg_len));
            if (claim && claim->mac != link_.mac && is_watched(claim->address)) {
                on_claim(*claim);
            }
        }
    }
}

bool NeighbourWatch::is_watched(const vrrp::IpAddress& address) const {
    return std::ranges::binary_search(addresses_, address);
}

os::Error NeighbourWatch::error() const {
    return os::last_error("watch for other owners of our addresses on " + link_.name);
}

}  // namespace net
