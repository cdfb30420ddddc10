#include "net/announcer.hpp"

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <cstddef>

namespace net {

namespace {

constexpr std::size_t frames_per_call = 128;
constexpr std::size_t max_frame_size = std::max(arp_frame_size, neighbour_frame_size);

/// Room for the frames of a thousand addresses, however slow the link takes them.
constexpr int send_buffer_size = 4 * 1024 * 1024;

/// The frames that go out in one system call.
class FrameBatch {
public:
    explicit FrameBatch(const Link& link)
        : arp_(destination(link, ETHERTYPE_ARP)), ipv6_(destination(link, ETHERTYPE_IPV6)) {}
    FrameBatch(const FrameBatch&) = delete;
    FrameBatch& operator=(const FrameBatch&) = delete;

    [[nodiscard]] bool is_full() const { return size_ == frames_per_call; }

    void add(const std::array<std::byte, arp_frame_size>& frame) { add(frame, arp_); }
    void add(const std::array<std::byte, neighbour_frame_size>& frame) { add(frame, ipv6_); }

    /// Sends and forgets all frames; the errno of the first that was refused, or 0.
    [[nodiscard]] int send(int fd) {
        int error = 0;
        for (std::size_t done = 0; done < size_;) {
            const int sent =
                sendmmsg(fd, &headers_[done], static_cast<unsigned>(size_ - done), MSG_DONTWAIT);
            if (sent < 0 && error == 0) {
                error = errno;
            }
            // A call that fails has refused its first frame: the others are tried without it.
            done += sent > 0 ? static_cast<std::size_t>(sent) : 1;
        }
        size_ = 0;
        return error;
    }

private:
    /// The link and the kind of frame; where it goes stands in the frame itself.
    static sockaddr_ll destination(const Link& link, std::uint16_t protocol) {
        sockaddr_ll result{};
        result.sll_family = AF_PACKET;
        result.sll_protocol = htons(protocol);
        result.sll_ifindex = link.index;
        return result;
    }

    void add(std::span<const std::byte> frame, sockaddr_ll& destination) {
        assert(!is_full());
        std::ranges::copy(frame, frames_[size_].begin());
        parts_[size_] = {.iov_base = frames_[size_].data(), .iov_len = frame.size()};
        msghdr& header = headers_[size_].msg_hdr;
        header.msg_name = &destination;
        header.msg_namelen = sizeof destination;
        header.msg_iov = &parts_[size_];
        header.msg_iovlen = 1;
        ++size_;
    }

    std::size_t size_ = 0;
    sockaddr_ll arp_;
    sockaddr_ll ipv6_;
    std::array<std::array<std::byte, max_frame_size>, frames_per_call> frames_;
    std::array<iovec, frames_per_call> parts_;
    std::array<mmsghdr, frames_per_call> headers_{};
};

void add_frame(FrameBatch& batch, const Link& link, const vrrp::IpAddress& address, ArpForm form) {
    if (address.family() == vrrp::Family::ipv4) {
        batch.add(gratuitous_arp(form, link.mac, address));
    } else {
        batch.add(neighbour_advertisement(link.mac, address));
    }
}

std::expected<void, os::Error> to_result(const Link& link, int error) {
    if (error != 0) {
        return std::unexpected(os::Error{error, "announce addresses on " + link.name});
    }
    return {};
}

}  // namespace

std::expected<Announcer, os::Error> Announcer::open() {
    Announcer announcer;
    // Protocol 0: it only sends, so the kernel hands it nothing.
    announcer.socket_ = os::Fd(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
    if (!announcer.socket_.is_open()) {
        return std::unexpected(os::last_error("open a packet socket"));
    }
    // Only CAP_NET_ADMIN may exceed the host's limit; without it, what the limit allows.
    const int fd = announcer.socket_.get();
    const int size = send_buffer_size;
    if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size) < 0) {
        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    }
    return announcer;
}

std::expected<void, os::Error> Announcer::announce(
    const Link& link, std::span<const vrrp::VirtualAddress> addresses) {
    if (link.mac == MacAddress{}) {
        return {};
    }
    FrameBatch batch(link);
    int error = 0;
    const auto send = [&] {
        const int refused = batch.send(socket_.get());
        error = error == 0 ? refused : error;
    };
    for (const ArpForm form : {ArpForm::request, ArpForm::reply}) {
        for (const vrrp::VirtualAddress& address : addresses) {
            if (form == ArpForm::request || address.address.family() == vrrp::Family::ipv4) {
                add_frame(batch, link, address.address, form);
            }
            if (batch.is_full()) {
                send();
            }
        }
    }
    send();
    return to_result(link, error);
}

std::expected<void, os::Error> Announcer::announce(const Link& link, const vrrp::IpAddress& address,
                                                   ArpForm form) {
    if (link.mac == MacAddress{}) {
        return {};
    }
    FrameBatch batch(link);
    add_frame(batch, link, address, form);
    return to_result(link, batch.send(socket_.get()));
}

}  // namespace net
