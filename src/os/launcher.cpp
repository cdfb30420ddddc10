#include "os/launcher.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <csignal>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include "os/launch_message.hpp"
#include "os/launch_service.hpp"

namespace os {

namespace {

/// Holds all signals back from this thread, so that none of our handlers runs in a child.
class BlockedSignals {
public:
    BlockedSignals() {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_BLOCK, &all, &before_);
    }
    BlockedSignals(const BlockedSignals&) = delete;
    BlockedSignals& operator=(const BlockedSignals&) = delete;
    ~BlockedSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

private:
    sigset_t before_{};
};

/// Reaps a process that ends soon. The daemon may not wait for that; a thread that does nothing
/// else may.
void reap_in_background(pid_t pid) {
    const BlockedSignals blocked;
    try {
        std::thread([pid] { waitid(P_PID, static_cast<id_t>(pid), nullptr, WEXITED); }).detach();
    } catch (const std::system_error&) {
        // No thread to be had: it stays a zombie until the daemon ends.
    }
}

}  // namespace

Run::Run(Run&& other) noexcept
    : launcher_(std::exchange(other.launcher_, nullptr)), id_(other.id_) {}

Run& Run::operator=(Run&& other) noexcept {
    if (this != &other) {
        forget();
        launcher_ = std::exchange(other.launcher_, nullptr);
        id_ = other.id_;
    }
    return *this;
}

Run::~Run() {
    forget();
}

void Run::forget() {
    if (launcher_ != nullptr && launcher_->waiters_.erase(id_) > 0) {
        (void)launcher_->send(encode(LaunchRequest{LaunchRequest::Kind::forget, id_, {}}));
    }
    launcher_ = nullptr;
}

void Run::kill() {
    if (launcher_ != nullptr) {
        (void)launcher_->send(encode(LaunchRequest{LaunchRequest::Kind::kill, id_, {}}));
    }
}

Launcher::~Launcher() {
    close();
    if (is_gone_ != nullptr) {
        *is_gone_ = true;
    }
}

std::expected<Run, Error> Launcher::launch(const Command& command, OnEnd on_end,
                                           OnKilled on_killed) {
    assert(!command.arguments.empty());
    if (process_ == 0) {
        if (const auto opened = open(); !opened) {
            return std::unexpected(opened.error());
        }
    }
    const std::string bytes =
        encode(LaunchRequest{LaunchRequest::Kind::launch, ++last_id_, command});
    const std::string doing = "start " + command.arguments.front();
    if (bytes.size() > max_launch_message) {
        return std::unexpected(Error{E2BIG, doing});
    }
    if (!send(bytes)) {
        return std::unexpected(last_error(doing));
    }
    waiters_.emplace(last_id_, Waiter{std::move(on_end), std::move(on_killed)});
    return Run(*this, last_id_);
}

std::expected<void, Error> Launcher::open() {
    std::array<int, 2> ends{};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        return std::unexpected(last_error("open a socket to the launcher of scripts"));
    }
    Fd ours(ends[0]);
    Fd theirs(ends[1]);
    auto source =
        loop_.watch(ours.get(), EPOLLIN, Urgency::checks,
                    [this](std::uint32_t /*events*/, vrrp::Instant now) { on_readable(now); });
    if (!source) {
        return std::unexpected(source.error());
    }
    const BlockedSignals blocked;
    const pid_t pid = fork();
    if (pid == 0) {
        serve_launches(std::move(theirs));
    }
    if (pid < 0) {
        return std::unexpected(last_error("fork the launcher of scripts"));
    }
    process_ = pid;
    socket_ = std::move(ours);
    source_ = std::move(*source);
    return {};
}

void Launcher::close() {
    source_ = Source();
    socket_.close();
    if (process_ != 0) {
        reap_in_background(std::exchange(process_, 0));
    }
}

bool Launcher::send(const std::string& bytes) const {
    return ::send(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}

void Launcher::on_readable(vrrp::Instant now) {
    // A reply is an end of output, a path and a few numbers.
    std::array<char, 16 * 1024> buffer;
    const ssize_t size = recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (size <= 0) {
        on_death(now);
        return;
    }
    const LaunchReply reply =
        decode_launch_reply(std::string_view(buffer.data(), static_cast<std::size_t>(size)));
    const auto waiter = waiters_.find(reply.id);
    if (waiter == waiters_.end()) {
        return;
    }
    // The functions outlive their calls, whatever becomes of the launcher.
    if (reply.has_ended) {
        auto on_end = std::move(waiter->second.on_end);
        waiters_.erase(waiter);
        on_end(reply.result, now);
    } else if (auto on_killed = std::exchange(waiter->second.on_killed, nullptr)) {
        on_killed(reply.result.output, now);
    }
}

/// The next launch forks another one.
void Launcher::on_death(vrrp::Instant now) {
    close();
    bool is_gone = false;
    is_gone_ = &is_gone;
    // Those that are launched meanwhile have a launcher.
    const std::uint64_t last = last_id_;
    const auto next = [this, last] {
        return std::ranges::find_if(waiters_,
                                    [last](const auto& waiter) { return waiter.first <= last; });
    };
    for (auto waiter = next(); waiter != waiters_.end(); waiter = next()) {
        auto on_end = std::move(waiter->second.on_end);
        waiters_.erase(waiter);
        on_end({.status = {.not_executed = "the launcher of scripts has ended"}}, now);
        if (is_gone) {
            return;
        }
    }
    is_gone_ = nullptr;
}

}  // namespace os
