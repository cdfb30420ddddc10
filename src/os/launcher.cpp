#include "os/launcher.hpp"

#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
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

#include "os/launch_end.hpp"
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

/// The daemon may not wait for that; a thread that does nothing else may.
void bury_in_background(pid_t launcher) {
    const BlockedSignals blocked;
    try {
        std::thread(bury_launcher, launcher).detach();
    } catch (const std::system_error&) {
        // No thread to be had: it stays a zombie until the daemon ends.
    }
}

bool is_sent(const Fd& socket, const std::string& bytes) {
    return send(socket.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
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
        (void)launcher_->send({LaunchRequest::Kind::forget, id_, {}});
    }
    launcher_ = nullptr;
}

void Run::kill() {
    if (launcher_ != nullptr) {
        (void)launcher_->send({LaunchRequest::Kind::kill, id_, {}});
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
    if (const auto prepared = prepare(); !prepared) {
        return std::unexpected(prepared.error());
    }
    if (!send({LaunchRequest::Kind::launch, ++last_id_, command})) {
        return std::unexpected(last_error("start " + command.arguments.front()));
    }
    waiters_.emplace(last_id_, Waiter{std::move(on_end), std::move(on_killed)});
    return Run(*this, last_id_);
}

std::expected<void, Error> Launcher::prepare() {
    return process_ == 0 ? open() : std::expected<void, Error>();
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
                    [this](std::uint32_t events, vrrp::Instant now) { on_ready(events, now); });
    if (!source) {
        return std::unexpected(source.error());
    }
    // What a launcher that is killed leaves behind comes to us, who kill and reap it.
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
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
    waiting_.clear();
    if (process_ != 0) {
        bury_in_background(std::exchange(process_, 0));
    }
}

/// False with errno. What there is no room for waits, in order: a kill that is lost would leave a
/// program running for ever. One that waits already is not added again, so they are never more than
/// three for each run.
bool Launcher::send(const LaunchRequest& request) {
    std::string bytes = encode(request);
    if (bytes.size() > max_launch_message) {
        errno = E2BIG;
        return false;
    }
    if (waiting_.empty()) {
        if (is_sent(socket_, bytes)) {
            return true;
        }
        if (errno != EAGAIN) {
            return false;
        }
        source_.set_events(EPOLLIN | EPOLLOUT);
    }
    if (std::ranges::find(waiting_, bytes) == waiting_.end()) {
        waiting_.push_back(std::move(bytes));
    }
    return true;
}

void Launcher::send_waiting() {
    // Where it fails otherwise the launcher is dead, which is told by reading.
    while (!waiting_.empty() && (is_sent(socket_, waiting_.front()) || errno != EAGAIN)) {
        waiting_.pop_front();
    }
    if (waiting_.empty()) {
        source_.set_events(EPOLLIN);
    }
}

void Launcher::on_ready(std::uint32_t epoll_events, vrrp::Instant now) {
    if (!waiting_.empty()) {
        send_waiting();
    }
    if ((epoll_events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0) {
        on_readable(now);
    }
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
        on_end({.status = {.not_executed = "the launcher of scripts has ended"}, .is_lost = true},
               now);
        if (is_gone) {
            return;
        }
    }
    is_gone_ = nullptr;
}

}  // namespace os
