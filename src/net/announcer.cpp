#include "net/announcer.hpp"

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if_arp.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <optional>

namespace net {

namespace {

constexpr MacAddress broadcast{0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

constexpr std::size_t frames_per_call = 128;

/// Room for the frames of a thousand addresses, however slow the link takes them.
constexpr int send_buffer_size = 4 * 1024 * 1024;

/// Writes the parts of a frame one behind the other.
class FrameWriter {
public:
    explicit FrameWriter(std::span<std::byte> frame) : rest_(frame) {}

    void put(std::span<const std::byte> bytes) {
        assert(bytes.size() <= rest_.size());
        std::ranges::copy(bytes, rest_.begin());
        rest_ = rest_.subspan(bytes.size());
    }
    void put(const MacAddress& mac) { put(std::as_bytes(std::span(mac))); }
    void put_16(unsigned value) {
        put(std::array{std::byte(value >> 8 & 0xff), std::byte(value & 0xff)});
    }

    [[nodiscard]] bool is_full() const { return rest_.empty(); }

private:
    std::span<std::byte> rest_;
};

}  // namespace

std::array<std::byte, arp_frame_size> gratuitous_arp(ArpForm form, const MacAddress& mac,
                                                     const vrrp::IpAddress& address) {
    assert(address.family() == vrrp::Family::ipv4);
    std::array<std::byte, arp_frame_size> frame{};
    FrameWriter writer(frame);
    writer.put(broadcast);
    writer.put(mac);
    writer.put_16(ETHERTYPE_ARP);
    writer.put_16(ARPHRD_ETHER);
    writer.put_16(ETHERTYPE_IP);
    writer.put(std::array{std::byte{sizeof(MacAddress)}, std::byte{4}});
    writer.put_16(static_cast<unsigned>(form));
    writer.put(mac);
    writer.put(address.bytes());
    writer.put(MacAddress{});  // the target's, of which a gratuitous ARP knows nothing
    writer.put(address.bytes());
    assert(writer.is_full());
    return frame;
}

namespace {

/// The frames that go out in one system call.
class FrameBatch {
public:
    explicit FrameBatch(const Link& link) {
        destination_.sll_family = AF_PACKET;
        destination_.sll_protocol = htons(ETHERTYPE_ARP);
        destination_.sll_ifindex = link.index;
        destination_.sll_halen = sizeof(MacAddress);
        std::ranges::copy(broadcast, destination_.sll_addr);
    }
    FrameBatch(const FrameBatch&) = delete;
    FrameBatch& operator=(const FrameBatch&) = delete;

    [[nodiscard]] bool is_full() const { return size_ == frames_per_call; }

    void add(const std::array<std::byte, arp_frame_size>& frame) {
        assert(!is_full());
        frames_[size_] = frame;
        parts_[size_] = {.iov_base = frames_[size_].data(), .iov_len = frame.size()};
        msghdr& header = headers_[size_].msg_hdr;
        header.msg_name = &destination_;
        header.msg_namelen = sizeof destination_;
        header.msg_iov = &parts_[size_];
        header.msg_iovlen = 1;
        ++size_;
    }

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
    std::size_t size_ = 0;
    sockaddr_ll destination_{};
    std::array<std::array<std::byte, arp_frame_size>, frames_per_call> frames_;
    std::array<iovec, frames_per_call> parts_;
    std::array<mmsghdr, frames_per_call> headers_{};
};

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
            batch.add(gratuitous_arp(form, link.mac, address.address));
            if (batch.is_full()) {
                send();
            }
        }
    }
    send();
    if (error != 0) {
        return std::unexpected(os::Error{error, "announce addresses on " + link.name});
    }
    return {};
}

}  // namespace net
