#include "net/link_mirror.hpp"

#include <linux/rtnetlink.h>
#include <netlink/errno.h>
#include <netlink/handlers.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <optional>
#include <utility>
#include <variant>

#include "net/link_dump.hpp"
#include "net/link_socket.hpp"
#include "net/link_table.hpp"
#include "os/log.hpp"

namespace net {

namespace {

/// Room for some thousand notifications: a burst needs no fresh dump.
constexpr int receive_buffer_size = 4 * 1024 * 1024;

/// More notifications wait for the next wake-up, so that adverts don't wait for them.
constexpr int notifications_per_wake_up = 1024;

/// How long to wait before reading again what could not be read well.
constexpr vrrp::Duration retry_delay = std::chrono::seconds(1);

/// Lost notifications are told this often: on a busy host they may be lost again and again.
constexpr vrrp::Duration tell_gap = std::chrono::minutes(1);

/// Forgets all notifications that wait: a dump will tell more than they could.
void discard_notifications(int fd) {
    constexpr int limit = 100'000;
    for (int count = 0; count < limit; ++count) {
        std::byte first{};
        if (recv(fd, &first, sizeof first, MSG_DONTWAIT) < 0 && errno != ENOBUFS) {
            return;
        }
    }
}

}  // namespace

/// Pinned, since the loop's and libnl's callbacks keep its address.
struct LinkMirror::State {
    std::expected<void, os::Error> open(os::Loop& loop);
    std::expected<void, os::Error> subscribe();
    std::expected<void, os::Error> read_all(vrrp::Instant now);
    void follow(vrrp::Instant now);
    void take(const LinkMessage& message);
    void read_again(vrrp::Instant now);
    void read_notifications(vrrp::Instant now);
    void tell_lost(int result, vrrp::Instant now);

    std::vector<std::string> names;
    OnChange on_change;
    LinkTable table;
    bool has_changed = false;
    bool is_stale = false;  // only a fresh dump tells how things are
    LinkSocket socket;
    os::Source notifications;
    os::Timer retry;
    int times_lost = 0;  // since it was told last
    std::optional<vrrp::Instant> lost_told_at;
};

std::expected<void, os::Error> LinkMirror::State::open(os::Loop& loop) {
    if (auto result = subscribe(); !result) {
        return result;
    }
    auto timer = loop.timer(os::Urgency::links, [this](vrrp::Instant now) { read_again(now); });
    if (!timer) {
        return std::unexpected(timer.error());
    }
    retry = std::move(*timer);
    auto source = loop.watch(nl_socket_get_fd(socket.get()), EPOLLIN, os::Urgency::links,
                             [this](std::uint32_t, vrrp::Instant now) { follow(now); });
    if (!source) {
        return std::unexpected(source.error());
    }
    notifications = std::move(*source);
    // Subscribed first, so that nothing is missed in between.
    return read_all(loop.now());
}

std::expected<void, os::Error> LinkMirror::State::subscribe() {
    auto opened = open_link_socket();
    if (!opened) {
        return std::unexpected(opened.error());
    }
    socket = std::move(*opened);
    // Only CAP_NET_ADMIN may exceed the host's limit; without it, what the limit allows.
    const int fd = nl_socket_get_fd(socket.get());
    const int size = receive_buffer_size;
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) < 0) {
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    }
    nl_socket_disable_seq_check(socket.get());
    nl_socket_set_nonblocking(socket.get());
    // libnl would ask first how long each is; what does not fit into its 16 KiB counts as lost.
    nl_socket_disable_msg_peek(socket.get());
    const auto on_message = [](nl_msg* message, void* self) -> int {
        auto& state = *static_cast<State*>(self);
        if (const auto decoded = decode_link_message(*nlmsg_hdr(message))) {
            state.take(*decoded);
        }
        return NL_OK;
    };
    nl_socket_modify_cb(socket.get(), NL_CB_VALID, NL_CB_CUSTOM, on_message, this);
    const int result = nl_socket_add_memberships(socket.get(), RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR,
                                                 RTNLGRP_IPV6_IFADDR, RTNLGRP_NONE);
    if (result < 0) {
        return std::unexpected(link_error(result, "subscribe to changes of links"));
    }
    return {};
}

std::expected<void, os::Error> LinkMirror::State::read_all(vrrp::Instant now) {
    discard_notifications(nl_socket_get_fd(socket.get()));
    // Also those that had one of the names: how they are called now is of interest.
    std::vector<int> known;
    std::ranges::transform(table.links(), std::back_inserter(known), &Link::index);
    auto dump = read_links(names, known);
    if (!dump) {
        return std::unexpected(dump.error());
    }
    has_changed |= !table.is_same(dump->table);
    table = std::move(dump->table);
    is_stale = false;
    if (!dump->is_consistent) {
        retry.arm(now + retry_delay);
    }
    return {};
}

/// What is told of others is passed over. A link that is new here may have been there under another
/// name, with addresses of which nobody told us.
void LinkMirror::State::take(const LinkMessage& message) {
    const auto* const seen = std::get_if<LinkSeen>(&message);
    if (seen != nullptr && std::as_const(table).find(seen->index) == nullptr) {
        is_stale |= seen->name && std::ranges::find(names, *seen->name) != names.end();
        return;
    }
    const TableChange change = table.apply(message);
    has_changed |= change == TableChange::changed;
    is_stale |= change == TableChange::order_lost;
}

/// Takes the notifications that wait.
void LinkMirror::State::follow(vrrp::Instant now) {
    read_notifications(now);
    if (is_stale) {
        read_again(now);
    } else if (std::exchange(has_changed, false)) {
        on_change(now);
    }
}

void LinkMirror::State::read_again(vrrp::Instant now) {
    if (const auto result = read_all(now); !result) {
        os::log::error("links not read", {{"error", result.error().message()}});
        retry.arm(now + retry_delay);
    }
    if (std::exchange(has_changed, false)) {
        on_change(now);
    }
}

void LinkMirror::State::read_notifications(vrrp::Instant now) {
    for (int count = 0; count < notifications_per_wake_up && !is_stale; ++count) {
        const int result = nl_recvmsgs_default(socket.get());
        if (result == -NLE_AGAIN) {
            return;
        }
        // Most of all ENOBUFS: there were more than the buffer holds, and some are lost.
        if (result < 0) {
            is_stale = true;
            tell_lost(result, now);
        }
    }
}

void LinkMirror::State::tell_lost(int result, vrrp::Instant now) {
    ++times_lost;
    if (!lost_told_at || now - *lost_told_at >= tell_gap) {
        lost_told_at = now;
        os::log::info("notifications lost; links read anew",
                      {{"times", std::to_string(std::exchange(times_lost, 0))},
                       {"error", link_error(result, "follow the links").message()}});
    }
}

LinkMirror::LinkMirror(std::unique_ptr<State> state) : state_(std::move(state)) {}
LinkMirror::LinkMirror(LinkMirror&&) noexcept = default;
LinkMirror::~LinkMirror() = default;

std::expected<LinkMirror, os::Error> LinkMirror::open(os::Loop& loop,
                                                      std::vector<std::string> names,
                                                      OnChange on_change) {
    auto state = std::make_unique<State>();
    state->names = std::move(names);
    state->on_change = std::move(on_change);
    if (const auto result = state->open(loop); !result) {
        return std::unexpected(result.error());
    }
    state->has_changed = false;
    return LinkMirror(std::move(state));
}

std::expected<void, os::Error> LinkMirror::follow(std::vector<std::string> names,
                                                  vrrp::Instant now) {
    if (names == state_->names) {
        return {};
    }
    const std::vector<std::string> before = std::exchange(state_->names, std::move(names));
    if (auto result = state_->read_all(now); !result) {
        state_->names = before;
        return result;
    }
    state_->retry.arm(now);
    return {};
}

const Link* LinkMirror::find(std::string_view name) const {
    return state_->table.find(name);
}

const Link* LinkMirror::find(int index) const {
    return std::as_const(state_->table).find(index);
}

}  // namespace net
