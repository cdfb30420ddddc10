#include "health/dns_probe.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "health/datagrams.hpp"
#include "health/dns_judge.hpp"
#include "health/dns_message.hpp"
#include "health/duration_text.hpp"
#include "health/noting_attempt.hpp"
#include "health/periodic_probe.hpp"
#include "health/probe_socket.hpp"
#include "health/random_number.hpp"

namespace health {

namespace {

class DnsAttempt final : public NotingAttempt {
public:
    DnsAttempt(const DnsProbeConfig& config, NoteStep note, FinishAttempt finish)
        : NotingAttempt(std::move(note), std::move(finish)),
          config_(config),
          datagrams_({.address = config.server, .port = config.port}) {}

    std::expected<void, os::Error> begin(os::Loop& loop, vrrp::Instant now) {
        begun_ = now;
        const auto id = random_number<std::uint16_t>();
        if (!id) {
            return std::unexpected(id.error());
        }
        auto query = encode_dns_query(config_.name, config_.type, *id);
        if (!query) {
            return std::unexpected(os::Error{EINVAL, "ask for " + config_.name});
        }
        query_ = std::move(*query);
        const auto opened = datagrams_.open(
            loop, config_.source, query_,
            [this](const Datagram& datagram, vrrp::Instant at) { on_datagram(datagram, at); });
        if (opened) {
            note(fmt::format("asked {} for {} {}", server(), config_.name, config_.type));
        }
        return opened;
    }

    [[nodiscard]] std::string progress() const override {
        return fmt::format("waiting for the answer of {}", server());
    }

private:
    [[nodiscard]] std::string server() const { return datagrams_.peer().to_text(); }

    void on_datagram(const Datagram& datagram, vrrp::Instant now) {
        if (!datagram) {
            finish(failure(datagram.error(), datagrams_.peer()), now);
            return;
        }
        note(fmt::format("{} bytes from {} after {}", datagram->size(), server(),
                         to_milliseconds_text(now - begun_)));
        const auto answer = decode_dns_answer(*datagram, query_);
        if (!answer && answer.error().is_foreign) {
            note(fmt::format("no answer: {}", answer.error().reason));
            return;
        }
        if (!answer) {
            finish({.is_good = false,
                    .detail = fmt::format("answer of {} can't be read: {}", server(),
                                          answer.error().reason)},
                   now);
            return;
        }
        finish(judge_dns_answer(*answer, config_), now);
    }

    const DnsProbeConfig& config_;
    vrrp::Instant begun_;
    std::vector<std::byte> query_;
    Datagrams datagrams_;
};

}  // namespace

StartedProbe start_dns_probe(const CheckConfig& check, const DnsProbeConfig& config,
                             ProbeContext context) {
    auto begin = [&loop = context.loop, note = context.note, config](
                     FinishAttempt finish,
                     vrrp::Instant now) -> std::expected<std::unique_ptr<Attempt>, ProbeResult> {
        auto attempt = std::make_unique<DnsAttempt>(config, note, std::move(finish));
        if (const auto begun = attempt->begin(loop, now); !begun) {
            return std::unexpected(
                failure(begun.error(), {.address = config.server, .port = config.port}));
        }
        return attempt;
    };
    return PeriodicProbe::start(check, std::move(context), std::move(begin));
}

}  // namespace health
