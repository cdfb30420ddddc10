#include "health/process_events.hpp"

#include <linux/connector.h>
#include <linux/netlink.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

namespace health {

namespace {

constexpr const char* doing = "listen to the kernel's process events";

/// How long we don't listen after we have heard something: a host that starts thousands of programs
/// a second wakes us a hundred times at most.
constexpr vrrp::Duration pause_time = std::chrono::milliseconds(10);

/// How many are read in one go; more than the socket keeps for us.
constexpr std::size_t max_messages = 4096;

sockaddr_nl address_of(std::uint32_t groups) {
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = groups;
    return address;
}

/// The next message of the kernel; others of this host's processes are passed over.
std::expected<std::optional<ProcessEvent>, int> receive(int socket) {
    std::array<std::byte, 512> buffer;
    sockaddr_nl sender{};
    socklen_t size = sizeof(sender);
    const ssize_t received = recvfrom(socket, buffer.data(), buffer.size(), 0,
                                      reinterpret_cast<sockaddr*>(&sender), &size);
    if (received < 0) {
        return std::unexpected(errno);
    }
    if (sender.nl_pid != 0) {
        return std::nullopt;
    }
    return decode_process_event(std::span(buffer).first(static_cast<std::size_t>(received)));
}

}  // namespace

std::expected<std::unique_ptr<ProcessEvents>, os::Error> ProcessEvents::open(
    os::Loop& loop, const ProcessWish& wish, OnNews on_news) {
    os::Fd socket(
        ::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_CONNECTOR));
    if (!socket.is_open()) {
        return std::unexpected(os::last_error(doing));
    }
    std::unique_ptr<ProcessEvents> events(
        new ProcessEvents(loop, std::move(socket), std::move(on_news)));
    const sockaddr_nl group = address_of(CN_IDX_PROC);
    if (auto filtered = events->set_wish(wish); !filtered) {
        return std::unexpected(filtered.error());
    }
    if (bind(events->socket_.get(), reinterpret_cast<const sockaddr*>(&group), sizeof(group)) !=
        0) {
        return std::unexpected(os::last_error(doing));
    }
    auto timer = loop.timer(os::Urgency::checks,
                            [self = events.get()](vrrp::Instant now) { self->hear(now); });
    if (!timer) {
        return std::unexpected(timer.error());
    }
    events->pause_ = std::move(*timer);
    for (const auto step :
         {&ProcessEvents::begin, &ProcessEvents::hear_answer, &ProcessEvents::watch}) {
        if (const auto done = (events.get()->*step)(); !done) {
            return std::unexpected(done.error());
        }
    }
    return events;
}

ProcessEvents::ProcessEvents(os::Loop& loop, os::Fd socket, OnNews on_news)
    : loop_(loop), socket_(std::move(socket)), on_news_(std::move(on_news)) {}

/// Kernels before Linux 6.6 count listeners by what these say.
ProcessEvents::~ProcessEvents() {
    if (is_heard_) {
        static_cast<void>(tell(false));
    }
}

std::expected<void, os::Error> ProcessEvents::set_wish(const ProcessWish& wish) {
    if (wish == wish_) {
        return {};
    }
    std::vector<sock_filter> filter = process_event_filter(wish);
    const sock_fprog program{.len = static_cast<std::uint16_t>(filter.size()),
                             .filter = filter.data()};
    if (setsockopt(socket_.get(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) != 0) {
        return std::unexpected(os::last_error("filter the kernel's process events"));
    }
    wish_ = wish;
    return {};
}

std::expected<void, os::Error> ProcessEvents::tell(bool listens) const {
    const std::vector<std::byte> message = encode_process_listen(listens);
    const sockaddr_nl kernel = address_of(0);
    const ssize_t sent = sendto(socket_.get(), message.data(), message.size(), 0,
                                reinterpret_cast<const sockaddr*>(&kernel), sizeof(kernel));
    if (sent < 0) {
        // ECONNREFUSED: nobody is at the other end in this network namespace.
        return std::unexpected(os::last_error(doing));
    }
    return {};
}

std::expected<void, os::Error> ProcessEvents::begin() {
    return tell(true);
}

/// The kernel answers before send() returns, or never: in other namespaces than the first.
std::expected<void, os::Error> ProcessEvents::hear_answer() {
    while (true) {
        const auto event = receive(socket_.get());
        if (!event && event.error() != ENOBUFS) {
            const int code = event.error() == EAGAIN ? EOPNOTSUPP : event.error();
            return std::unexpected(os::Error{code, doing});
        }
        if (event && *event && (*event)->kind == ProcessEvent::Kind::answer) {
            is_heard_ = (*event)->error == 0;
            return is_heard_ ? std::expected<void, os::Error>()
                             : std::unexpected(os::Error{(*event)->error, doing});
        }
    }
}

std::expected<void, os::Error> ProcessEvents::watch() {
    auto source = loop_.watch(socket_.get(), EPOLLIN, os::Urgency::checks,
                              [this](std::uint32_t /*events*/, vrrp::Instant now) { hear(now); });
    if (!source) {
        return std::unexpected(source.error());
    }
    source_ = std::move(*source);
    return {};
}

void ProcessEvents::hear(vrrp::Instant now) {
    const News news = read_all();
    const bool is_quiet = news.pids.empty() && !news.is_overrun;
    source_ = os::Source();
    if (!is_quiet || !watch()) {
        pause_.arm(now + pause_time);
    }
    if (!is_quiet) {
        on_news_(news, now);
    }
}

ProcessEvents::News ProcessEvents::read_all() const {
    News news;
    for (std::size_t count = 0; count < max_messages; ++count) {
        const auto event = receive(socket_.get());
        if (!event && event.error() == ENOBUFS) {
            news.is_overrun = true;
        } else if (!event) {
            break;
        } else if (*event && (*event)->kind == ProcessEvent::Kind::started) {
            news.pids.push_back((*event)->pid);
        }
    }
    std::ranges::sort(news.pids);
    const auto repeated = std::ranges::unique(news.pids);
    news.pids.erase(repeated.begin(), repeated.end());
    return news;
}

}  // namespace health
