#pragma once

#include "net/outgoing.hpp"
#include "os/error.hpp"
#include "vrrp/advertisement.hpp"

#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>

namespace net {

/// Messages that wait to be sent through one socket in one system call. Pinned; its room is all
/// there from the start.
class Outbox {
public:
    using OnRefused =
        std::function<void(std::span<const std::byte> message, const os::Error& error)>;

    Outbox() = default;
    Outbox(const Outbox&) = delete;
    Outbox& operator=(const Outbox&) = delete;

    /// Copies the message; false where there is no room for it. An empty one has room for each.
    [[nodiscard]] bool add(std::span<const std::byte> message, const vrrp::PacketContext& packet,
                           int link_index);

    /// Sends and forgets all, in the order of being added. What is refused is handed out, and keeps
    /// nothing back.
    void send(int fd, const OnRefused& on_refused);

private:
    static constexpr std::size_t capacity = 64;
    static constexpr std::size_t bytes_capacity = 2 * vrrp::max_message_size;

    struct Letter {
        std::span<const std::byte> message;
        vrrp::PacketContext packet;
        std::optional<Outgoing> outgoing;
    };

    std::size_t size_ = 0;
    std::size_t bytes_used_ = 0;
    std::array<Letter, capacity> letters_;
    std::array<std::byte, bytes_capacity> bytes_;
};

/// What failed, where an advertisement was refused.
[[nodiscard]] std::string not_sent(const vrrp::PacketContext& packet);

}  // namespace net
