#include "net/outbox.hpp"

#include <algorithm>
#include <cerrno>

namespace net {

bool Outbox::add(std::span<const std::byte> message, const vrrp::PacketContext& packet,
                 int link_index) {
    if (size_ == capacity || message.size() > bytes_.size() - bytes_used_) {
        return false;
    }
    const auto copy = std::span(bytes_).subspan(bytes_used_, message.size());
    std::ranges::copy(message, copy.begin());
    Letter& letter = letters_[size_];
    letter.message = copy;
    letter.packet = packet;
    letter.outgoing.emplace(copy, packet.destination, link_index).put(packet, link_index);
    bytes_used_ += message.size();
    ++size_;
    return true;
}

void Outbox::send(int fd, const OnRefused& on_refused) {
    std::array<mmsghdr, capacity> headers;
    for (std::size_t i = 0; i < size_; ++i) {
        headers[i] = {.msg_hdr = letters_[i].outgoing->header(), .msg_len = 0};
    }
    for (std::size_t done = 0; done < size_;) {
        const int sent =
            sendmmsg(fd, &headers[done], static_cast<unsigned>(size_ - done), MSG_DONTWAIT);
        if (sent > 0) {
            done += static_cast<std::size_t>(sent);
            continue;
        }
        // A call that fails has refused its first message: the others are tried without it.
        on_refused(letters_[done].message, os::Error{errno, not_sent(letters_[done].packet)});
        ++done;
    }
    size_ = 0;
    bytes_used_ = 0;
}

std::string not_sent(const vrrp::PacketContext& packet) {
    return "send an advertisement from " + packet.source.to_text() + " to " +
           packet.destination.to_text();
}

}  // namespace net
