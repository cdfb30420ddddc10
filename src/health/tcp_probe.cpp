#include "health/tcp_probe.hpp"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "health/local_file.hpp"
#include "health/name_lookup.hpp"
#include "health/noting_attempt.hpp"
#include "health/periodic_probe.hpp"
#include "health/printable.hpp"
#include "health/transfer.hpp"
#include "health/url.hpp"

namespace health {

namespace {

/// What a server may say before what is expected of it.
constexpr std::size_t max_answer = 64UL * 1024UL;
constexpr std::size_t longest_quote = 60;

/// What all attempts of a probe have in common; outlives them. Pinned.
struct Plan {
    TcpProbeConfig config;
    std::optional<TlsSettings> tls;
    os::Loop& loop;
    NoteStep note;
    TransferLibrary library;
    NameLookup lookup;
    LocalFiles files;
    vrrp::Duration timeout;

    Plan(const CheckConfig& check, const TcpProbeConfig& probe, std::optional<TlsSettings> settings,
         const ProbeContext& context)
        : config(probe),
          tls(std::move(settings)),
          loop(context.loop),
          note(context.note),
          lookup(context.loop),
          timeout(check.timeout) {}

    [[nodiscard]] TransferRequest request(vrrp::Instant now) const {
        TransferRequest request{
            .url = {.is_tls = tls.has_value(),
                    .user_info = "",
                    .server = {config.host, config.port},
                    .target = "/"},
            .connect_host = config.host,
            .unix_socket = "",
            .limit = now + timeout,
            .source = config.source,
            .tls = tls.value_or(TlsSettings()),
            .only_connects = true,
            .headers = {},
        };
        if (tls && !tls->server_name.empty()) {
            request.url.server.host = tls->server_name;
        }
        return request;
    }
};

class TcpAttempt final : public NotingAttempt {
public:
    TcpAttempt(Plan& plan, FinishAttempt finish)
        : NotingAttempt(plan.note, std::move(finish)), plan_(plan) {}

    [[nodiscard]] std::expected<void, os::Error> start(vrrp::Instant now) {
        auto transfer =
            Transfer::start({plan_.loop, plan_.lookup, plan_.files, plan_.note}, plan_.request(now),
                            [this](vrrp::Instant at) { on_connected(at); });
        if (!transfer) {
            return std::unexpected(transfer.error());
        }
        transfer_ = std::move(*transfer);
        return {};
    }

    [[nodiscard]] std::string progress() const override {
        if (!source_.is_active()) {
            return transfer_->progress();
        }
        if (sent_ < plan_.config.send.size()) {
            return "sending to " + transfer_->peer();
        }
        return fmt::format("waiting for \"{}\" from {}, with {} bytes so far",
                           printable(plan_.config.expect, longest_quote), transfer_->peer(),
                           answer_.size());
    }

private:
    void on_connected(vrrp::Instant now) {
        if (plan_.tls) {
            if (const auto certificate = transfer_->certificate()) {
                warning_ =
                    warn_of_end(*certificate, plan_.tls->warn_before, plan_.loop.wall_time(now));
            }
        }
        if (!transfer_->failure().empty()) {
            bad(transfer_->failure(), now);
        } else if (plan_.config.send.empty() && plan_.config.expect.empty()) {
            good("connected to " + transfer_->peer(), now);
        } else {
            proceed(now);
        }
    }

    /// Sends what is still to be sent, and then reads.
    void proceed(vrrp::Instant now) {
        const std::string& data = plan_.config.send;
        while (sent_ < data.size()) {
            const auto sent = transfer_->send(std::string_view(data).substr(sent_));
            if (!sent) {
                bad(sent.error(), now);
                return;
            }
            if (*sent == 0) {
                wait(EPOLLOUT, now);
                return;
            }
            sent_ += *sent;
            note(fmt::format("sent {} bytes", *sent));
        }
        if (plan_.config.expect.empty()) {
            // Nothing tells that it has arrived: the connection ends in order behind it.
            const linger orderly{};
            setsockopt(transfer_->socket(), SOL_SOCKET, SO_LINGER, &orderly, sizeof orderly);
            good(fmt::format("sent {} bytes to {}", sent_, transfer_->peer()), now);
        } else {
            read(now);
        }
    }

    void read(vrrp::Instant now) {
        std::array<char, 4096> buffer;
        while (answer_.size() < max_answer) {
            const auto received = transfer_->receive(buffer);
            if (!received) {
                bad(received.error(), now);
                return;
            }
            if (!*received) {
                wait(EPOLLIN, now);
                return;
            }
            if (**received == 0) {
                bad(fmt::format("{} closed the connection {}", transfer_->peer(), instead()), now);
                return;
            }
            answer_.append(buffer.data(), **received);
            note(fmt::format("received {} bytes: {}", **received,
                             printable({buffer.data(), **received}, longest_quote)));
            if (answer_.find(plan_.config.expect) != std::string::npos) {
                good(transfer_->peer() + " answered as expected", now);
                return;
            }
        }
        bad(fmt::format("{} goes on {}", transfer_->peer(), instead()), now);
    }

    [[nodiscard]] std::string instead() const {
        const std::string expected = printable(plan_.config.expect, longest_quote);
        return answer_.empty() ? fmt::format("without a word, expected \"{}\"", expected)
                               : fmt::format("after \"{}\", expected \"{}\"",
                                             printable(answer_, longest_quote), expected);
    }

    void wait(std::uint32_t event, vrrp::Instant now) {
        if (event == awaited_) {
            return;
        }
        awaited_ = event;
        // One descriptor is watched once.
        source_ = os::Source();
        auto source =
            plan_.loop.watch(transfer_->socket(), event, os::Urgency::checks,
                             [this](std::uint32_t /*events*/, vrrp::Instant at) { proceed(at); });
        if (!source) {
            bad(source.error().message(), now);
            return;
        }
        source_ = std::move(*source);
    }

    void good(std::string detail, vrrp::Instant now) {
        conclude({.is_good = true, .detail = std::move(detail)}, now);
    }

    void bad(std::string detail, vrrp::Instant now) {
        conclude({.is_good = false, .detail = std::move(detail)}, now);
    }

    /// Nothing of this may be touched afterwards.
    void conclude(ProbeResult result, vrrp::Instant now) {
        result.warning = warning_;
        finish(result, now);
    }

    Plan& plan_;
    std::unique_ptr<Transfer> transfer_;
    os::Source source_;  ///< of the transfer's descriptor: goes before it
    std::uint32_t awaited_ = 0;
    std::size_t sent_ = 0;
    std::string answer_;
    std::string warning_;
};

StartedProbe start(const CheckConfig& check, std::unique_ptr<Plan> plan, ProbeContext context) {
    return PeriodicProbe::start(check, std::move(context),
                                [plan = std::move(plan)](FinishAttempt finish, vrrp::Instant now)
                                    -> std::expected<std::unique_ptr<Attempt>, ProbeResult> {
                                    auto attempt =
                                        std::make_unique<TcpAttempt>(*plan, std::move(finish));
                                    if (const auto started = attempt->start(now); !started) {
                                        return std::unexpected(ProbeResult{
                                            .is_good = false, .detail = started.error().message()});
                                    }
                                    return attempt;
                                });
}

}  // namespace

StartedProbe start_tcp_probe(const CheckConfig& check, const TcpProbeConfig& config,
                             ProbeContext context) {
    auto plan = std::make_unique<Plan>(check, config, std::nullopt, context);
    return start(check, std::move(plan), std::move(context));
}

StartedProbe start_tls_probe(const CheckConfig& check, const TlsProbeConfig& config,
                             ProbeContext context) {
    auto plan = std::make_unique<Plan>(check, config.tcp, config.tls, context);
    return start(check, std::move(plan), std::move(context));
}

}  // namespace health
