#include "net/kernel_follower.hpp"

#include "os/log.hpp"

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

namespace net {

namespace {

/// Room for some thousand notices: a burst needs no fresh dump.
constexpr int receive_buffer_size = 4 * 1024 * 1024;

/// What the kernel fills at most for one piece of a dump.
constexpr std::size_t piece_size = 32 * 1024;
constexpr int pieces_per_wake_up = 4;
constexpr int notices_per_wake_up = 1024;

constexpr vrrp::Duration retry_delay = std::chrono::seconds(1);

/// How long after a change it is read anew: whatever belongs to it has happened by then.
constexpr vrrp::Duration confirm_delay = std::chrono::milliseconds(100);

/// The share of time that dumps take at most.
constexpr int least_rest = 20;

/// So often a dump is repeated at once that others changed while it was read.
constexpr int most_interruptions = 3;

/// More notices than this are not kept: the dump after it will tell.
constexpr std::size_t most_repeated = 4096;

/// Without a number of its own the kernel would take the socket for its own, and tell it nothing.
os::Fd open_netlink() {
    os::Fd fd(socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE));
    sockaddr_nl any{};
    any.nl_family = AF_NETLINK;
    if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&any), sizeof any) < 0) {
        fd.close();
    }
    return fd;
}

/// Calls `take` for each message of what was received.
template <typename Take>
void for_each_message(std::vector<std::byte>& buffer, std::size_t size, Take take) {
    auto* message = reinterpret_cast<nlmsghdr*>(buffer.data());
    for (int rest = static_cast<int>(size); mnl_nlmsg_ok(message, rest);
         message = mnl_nlmsg_next(message, &rest)) {
        take(*message);
    }
}

/// The errno that ends a dump, 0 for none; nullopt for a message that does not end it.
std::optional<int> end_of_dump(const nlmsghdr& message) {
    if (message.nlmsg_type != NLMSG_DONE && message.nlmsg_type != NLMSG_ERROR) {
        return std::nullopt;
    }
    int code = 0;
    if (mnl_nlmsg_get_payload_len(&message) >= sizeof code) {
        std::memcpy(&code, mnl_nlmsg_get_payload(&message), sizeof code);
    }
    return -code;
}

}  // namespace

KernelFollower::KernelFollower(KernelTopic topic, KernelListener listener, os::Loop& loop)
    : topic_(std::move(topic)), listener_(std::move(listener)), loop_(loop), buffer_(piece_size) {}

std::expected<void, os::Error> KernelFollower::start() {
    if (auto subscribed = subscribe(); !subscribed) {
        return subscribed;
    }
    auto timer = loop_.timer(os::Urgency::checks, [this](vrrp::Instant now) {
        next_dump_.reset();
        begin_dump(now);
    });
    if (!timer) {
        return std::unexpected(timer.error());
    }
    timer_ = std::move(*timer);
    not_before_ = loop_.now();
    dump_at(loop_.now());
    return {};
}

/// Subscribed first, so that nothing is missed in between.
std::expected<void, os::Error> KernelFollower::subscribe() {
    notices_ = open_netlink();
    if (!notices_.is_open()) {
        return std::unexpected(error());
    }
    // Only CAP_NET_ADMIN may exceed the host's limit; without it, what the limit allows.
    const int fd = notices_.get();
    const int size = receive_buffer_size;
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) < 0) {
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    }
    if (auto attached = attach_filter(fd, topic_.filter); !attached) {
        return attached;
    }
    for (const int group : topic_.groups) {
        if (setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof group) < 0) {
            return std::unexpected(error());
        }
    }
    auto source =
        loop_.watch(fd, EPOLLIN, os::Urgency::checks,
                    [this](std::uint32_t /*events*/, vrrp::Instant now) { read_notices(now); });
    if (!source) {
        return std::unexpected(source.error());
    }
    notices_source_ = std::move(*source);
    return {};
}

void KernelFollower::dump_at(vrrp::Instant at) {
    at = std::max(at, not_before_);
    if (!next_dump_ || at < *next_dump_) {
        next_dump_ = at;
        timer_.arm(at);
    }
}

void KernelFollower::begin_dump(vrrp::Instant now) {
    if (dump_.is_open()) {
        return;  // another one follows it
    }
    begun_at_ = now;
    is_interrupted_ = false;
    refusal_.reset();
    repeated_.clear();
    if (const auto asked = ask(); !asked) {
        give_up_dump(asked.error(), now);
        return;
    }
    listener_.on_begin();
}

std::expected<void, os::Error> KernelFollower::ask() {
    dump_source_ = os::Source();
    dump_ = open_netlink();
    if (!dump_.is_open()) {
        return std::unexpected(error());
    }
    // Without it (before Linux 4.20) the kernel tells of everything.
    const int on = 1;
    setsockopt(dump_.get(), SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof on);
    const nlmsghdr header{
        .nlmsg_len = static_cast<std::uint32_t>(NLMSG_HDRLEN + topic_.wish.size()),
        .nlmsg_type = topic_.request,
        .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
        .nlmsg_seq = 1,
        .nlmsg_pid = 0};
    std::vector<std::byte> request(sizeof header);
    std::memcpy(request.data(), &header, sizeof header);
    request.insert(request.end(), topic_.wish.begin(), topic_.wish.end());
    if (send(dump_.get(), request.data(), request.size(), 0) < 0) {
        return std::unexpected(error());
    }
    auto source =
        loop_.watch(dump_.get(), EPOLLIN, os::Urgency::checks,
                    [this](std::uint32_t /*events*/, vrrp::Instant now) { read_dump(now); });
    if (!source) {
        return std::unexpected(source.error());
    }
    dump_source_ = std::move(*source);
    return {};
}

void KernelFollower::read_dump(vrrp::Instant now) {
    for (int pieces = 0; pieces < pieces_per_wake_up; ++pieces) {
        const ssize_t size = recv(dump_.get(), buffer_.data(), buffer_.size(), 0);
        if (size < 0 && errno == EAGAIN) {
            return;
        }
        if (size < 0) {
            give_up_dump(error(), now);
            return;
        }
        if (take_dump(static_cast<std::size_t>(size))) {
            // A table that is not there has no routes.
            if (refusal_ && *refusal_ != ENOENT) {
                give_up_dump({*refusal_, "read the " + topic_.name}, now);
            } else {
                end_dump(now);
            }
            return;
        }
    }
}

/// Whether this was the end.
bool KernelFollower::take_dump(std::size_t size) {
    bool is_end = false;
    for_each_message(buffer_, size, [this, &is_end](nlmsghdr& message) {
        is_interrupted_ |= (message.nlmsg_flags & NLM_F_DUMP_INTR) != 0;
        if (const auto code = end_of_dump(message)) {
            is_end = true;
            refusal_ = *code != 0 ? code : std::nullopt;
        } else {
            listener_.on_dumped(message);
        }
    });
    return is_end;
}

void KernelFollower::end_dump(vrrp::Instant now) {
    dump_source_ = os::Source();
    dump_.close();
    not_before_ = now + least_rest * (now - begun_at_);
    listener_.on_end(now);
    for (auto& notice : std::exchange(repeated_, {})) {
        (void)listener_.on_notice(*reinterpret_cast<nlmsghdr*>(notice.data()));
    }
    interruptions_ = is_interrupted_ ? interruptions_ + 1 : 0;
    if (is_interrupted_ && interruptions_ <= most_interruptions) {
        dump_at(now);
    }
    if (confirm_at_ && *confirm_at_ > begun_at_) {
        dump_at(*confirm_at_);
    }
    listener_.on_done(now);
}

void KernelFollower::give_up_dump(const os::Error& error, vrrp::Instant now) {
    dump_source_ = os::Source();
    dump_.close();
    os::log::error(topic_.name + " not read", {{"error", error.message()}});
    dump_at(now + retry_delay);
}

void KernelFollower::read_notices(vrrp::Instant now) {
    for (int count = 0; count < notices_per_wake_up; ++count) {
        const ssize_t size = recv(notices_.get(), buffer_.data(), buffer_.size(), 0);
        if (size < 0 && errno == EAGAIN) {
            break;
        }
        if (size < 0) {
            // Most of all ENOBUFS: there were more than the buffer holds, and some are lost.
            confirm_at_ = now;
            dump_at(now);
            break;
        }
        take_notices(static_cast<std::size_t>(size), now);
    }
    listener_.on_done(now);
}

void KernelFollower::take_notices(std::size_t size, vrrp::Instant now) {
    for_each_message(buffer_, size, [this, now](nlmsghdr& message) {
        const NoticeEffect effect = listener_.on_notice(message);
        if (effect == NoticeEffect::none) {
            return;
        }
        confirm_at_ = now + confirm_delay;
        dump_at(effect == NoticeEffect::unclear ? now : *confirm_at_);
        if (dump_.is_open() && repeated_.size() < most_repeated) {
            const auto* const bytes = reinterpret_cast<const std::byte*>(&message);
            repeated_.emplace_back(bytes, bytes + message.nlmsg_len);
        }
    });
}

os::Error KernelFollower::error() const {
    return os::last_error("follow the " + topic_.name);
}

}  // namespace net
