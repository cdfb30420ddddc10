#include "health/udp_probe.hpp"

#include <fmt/format.h>

#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "health/datagrams.hpp"
#include "health/duration_text.hpp"
#include "health/noting_attempt.hpp"
#include "health/periodic_probe.hpp"
#include "health/probe_socket.hpp"

namespace health {

namespace {

class UdpAttempt final : public NotingAttempt {
public:
    UdpAttempt(const UdpProbeConfig& config, NoteStep note, FinishAttempt finish)
        : NotingAttempt(std::move(note), std::move(finish)),
          config_(config),
          datagrams_({.address = config.address, .port = config.port}) {}

    /// `patience` is how long silence is waited for, where silence is good.
    std::expected<void, os::Error> begin(os::Loop& loop, vrrp::Duration patience,
                                         vrrp::Instant now) {
        begun_ = now;
        patience_ = patience;
        const auto opened = datagrams_.open(
            loop, config_.source, std::as_bytes(std::span(config_.send)),
            [this](const Datagram& datagram, vrrp::Instant at) { on_datagram(datagram, at); });
        if (!opened) {
            return opened;
        }
        note(fmt::format("sent {} bytes to {}", config_.send.size(), peer()));
        if (!config_.expect.empty()) {
            return {};
        }
        auto timer = loop.timer(os::Urgency::checks, [this](vrrp::Instant at) { on_silence(at); });
        if (!timer) {
            return std::unexpected(timer.error());
        }
        silence_timer_ = std::move(*timer);
        silence_timer_.arm(now + patience);
        return {};
    }

    [[nodiscard]] std::string progress() const override {
        return fmt::format("waiting for {} from {}",
                           is_answered_ ? "the expected text" : "an answer", peer());
    }

private:
    [[nodiscard]] std::string peer() const { return datagrams_.peer().to_text(); }

    void on_datagram(const Datagram& datagram, vrrp::Instant now) {
        if (!datagram) {
            finish(failure(datagram.error(), datagrams_.peer()), now);
            return;
        }
        note(fmt::format("{} bytes from {} after {}", datagram->size(), peer(),
                         to_milliseconds_text(now - begun_)));
        const std::string_view text(reinterpret_cast<const char*>(datagram->data()),
                                    datagram->size());
        if (text.find(config_.expect) == std::string_view::npos) {
            is_answered_ = true;
            return;
        }
        finish({.is_good = true,
                .detail = fmt::format("{} answered{}", peer(),
                                      config_.expect.empty() ? "" : " with the expected text")},
               now);
    }

    void on_silence(vrrp::Instant now) {
        finish({.is_good = true,
                .detail = fmt::format("not refused by {} within {}", peer(), to_text(patience_))},
               now);
    }

    const UdpProbeConfig& config_;
    vrrp::Instant begun_;
    vrrp::Duration patience_{0};
    bool is_answered_ = false;  ///< without the expected text, so far
    Datagrams datagrams_;
    os::Timer silence_timer_;
};

}  // namespace

StartedProbe start_udp_probe(const CheckConfig& check, const UdpProbeConfig& config,
                             ProbeContext context) {
    auto begin = [&loop = context.loop, note = context.note, config, patience = check.timeout / 2](
                     FinishAttempt finish,
                     vrrp::Instant now) -> std::expected<std::unique_ptr<Attempt>, ProbeResult> {
        auto attempt = std::make_unique<UdpAttempt>(config, note, std::move(finish));
        if (const auto begun = attempt->begin(loop, patience, now); !begun) {
            return std::unexpected(
                failure(begun.error(), {.address = config.address, .port = config.port}));
        }
        return attempt;
    };
    return PeriodicProbe::start(check, std::move(context), std::move(begin));
}

}  // namespace health
