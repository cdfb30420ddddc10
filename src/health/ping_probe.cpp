#include "health/ping_probe.hpp"

#include <fmt/format.h>
#include <sys/epoll.h>

#include <cstdint>
#include <cstring>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "health/duration_text.hpp"
#include "health/echo_count.hpp"
#include "health/echo_socket.hpp"
#include "health/noting_attempt.hpp"
#include "health/periodic_probe.hpp"
#include "health/probe_socket.hpp"
#include "health/random_number.hpp"

namespace health {

namespace {

/// A peer that answers without being asked gets this much of one wake-up.
constexpr int answers_at_once = 128;

std::expected<EchoIdentity, os::Error> make_identity(vrrp::Family family) {
    const auto id = random_number<std::uint16_t>();
    const auto token = random_number<std::uint64_t>();
    if (!id || !token) {
        return std::unexpected(id ? token.error() : id.error());
    }
    return EchoIdentity{.family = family, .id = *id, .token = *token};
}

class PingAttempt final : public NotingAttempt {
public:
    PingAttempt(const PingProbeConfig& config, NoteStep note, FinishAttempt finish)
        : NotingAttempt(std::move(note), std::move(finish)),
          config_(config),
          count_(config.count) {}

    std::expected<void, ProbeResult> begin(os::Loop& loop, vrrp::Duration limit,
                                           vrrp::Instant now) {
        begun_ = now;
        step_ = limit / 2 / config_.count;
        if (const auto opened = open(loop); !opened) {
            return std::unexpected(failure(opened.error(), {.address = config_.address}));
        }
        send(now);
        if (count_.is_complete()) {
            return std::unexpected(count_.judge(config_, reason_));
        }
        end_timer_.arm(now + limit / 10 * 9);
        return {};
    }

    [[nodiscard]] std::string progress() const override {
        return fmt::format("waiting for answers of {}", config_.address.to_text());
    }

private:
    std::expected<void, os::Error> open(os::Loop& loop) {
        const auto identity = make_identity(config_.address.family());
        if (!identity) {
            return std::unexpected(identity.error());
        }
        auto socket = EchoSocket::open(*identity, config_.address, config_.source);
        if (!socket) {
            return std::unexpected(socket.error());
        }
        socket_.emplace(std::move(*socket));
        auto ready =
            loop.watch(socket_->fd(), EPOLLIN, os::Urgency::checks,
                       [this](std::uint32_t /*events*/, vrrp::Instant now) { on_ready(now); });
        auto send_timer =
            loop.timer(os::Urgency::checks, [this](vrrp::Instant now) { on_send_time(now); });
        auto end_timer =
            loop.timer(os::Urgency::checks, [this](vrrp::Instant now) { on_end(now); });
        if (!ready || !send_timer || !end_timer) {
            return std::unexpected(!ready        ? ready.error()
                                   : !send_timer ? send_timer.error()
                                                 : end_timer.error());
        }
        ready_ = std::move(*ready);
        send_timer_ = std::move(*send_timer);
        end_timer_ = std::move(*end_timer);
        return {};
    }

    void send(vrrp::Instant now) {
        const auto sequence = count_.next();
        if (const auto sent = socket_->send(*sequence)) {
            count_.send(now);
            note(fmt::format("request {} sent to {}", *sequence, config_.address.to_text()));
        } else {
            count_.lose();
            take_reason(sent.error());
        }
        if (count_.next()) {
            send_timer_.arm(begun_ + step_ * *sequence);
        }
    }

    void on_send_time(vrrp::Instant now) {
        send(now);
        finish_if_complete(now);
    }

    void on_ready(vrrp::Instant now) {
        receive(now);
        finish_if_complete(now);
    }

    /// What waits in the socket came in time, if we are late.
    void on_end(vrrp::Instant now) {
        receive(now);
        finish(count_.judge(config_, reason_), now);
    }

    void receive(vrrp::Instant now) {
        for (int i = 0; i < answers_at_once; ++i) {
            const auto answer = socket_->receive();
            if (!answer) {
                take_reason(answer.error());
                continue;
            }
            if (!*answer) {
                return;
            }
            if (const auto round_trip = count_.take_answer(**answer, now)) {
                note(fmt::format("request {} answered after {}", **answer,
                                 to_milliseconds_text(*round_trip)));
            }
        }
    }

    void finish_if_complete(vrrp::Instant now) {
        if (count_.is_complete()) {
            finish(count_.judge(config_, reason_), now);
        }
    }

    void take_reason(const os::Error& error) {
        std::string reason = "can't " + error.message();
        if (reason != reason_) {
            reason_ = std::move(reason);
            note(reason_);
        }
    }

    const PingProbeConfig& config_;
    EchoCount count_;
    vrrp::Instant begun_;
    vrrp::Duration step_{0};
    std::string reason_;  ///< why requests are lost; empty: not known
    std::optional<EchoSocket> socket_;
    os::Source ready_;
    os::Timer send_timer_;
    os::Timer end_timer_;
};

}  // namespace

StartedProbe start_ping_probe(const CheckConfig& check, const PingProbeConfig& config,
                              ProbeContext context) {
    auto begin = [&loop = context.loop, note = context.note, config, limit = check.timeout](
                     FinishAttempt finish,
                     vrrp::Instant now) -> std::expected<std::unique_ptr<Attempt>, ProbeResult> {
        auto attempt = std::make_unique<PingAttempt>(config, note, std::move(finish));
        if (const auto begun = attempt->begin(loop, limit, now); !begun) {
            return std::unexpected(begun.error());
        }
        return attempt;
    };
    return PeriodicProbe::start(check, std::move(context), std::move(begin));
}

}  // namespace health
