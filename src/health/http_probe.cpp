#include "health/http_probe.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "health/expression.hpp"
#include "health/http_answer.hpp"
#include "health/http_request.hpp"
#include "health/local_file.hpp"
#include "health/name_lookup.hpp"
#include "health/noting_attempt.hpp"
#include "health/periodic_probe.hpp"
#include "health/transfer.hpp"
#include "health/url.hpp"

namespace health {

namespace {

/// What all attempts of a probe have in common; outlives them. Pinned.
struct Plan {
    HttpProbeConfig config;
    Url url;
    std::optional<Expression> body_matches;
    os::Loop& loop;
    NoteStep note;
    TransferLibrary library;
    NameLookup lookup;
    LocalFiles files;
    vrrp::Duration timeout;

    Plan(const CheckConfig& check, const HttpProbeConfig& probe, Url place,
         const ProbeContext& context)
        : config(probe),
          url(std::move(place)),
          loop(context.loop),
          note(context.note),
          lookup(context.loop),
          timeout(check.timeout) {}
};

class HttpAttempt final : public NotingAttempt {
public:
    HttpAttempt(Plan& plan, FinishAttempt finish, vrrp::Instant now)
        : NotingAttempt(plan.note, std::move(finish)), plan_(plan), limit_(now + plan.timeout) {}

    [[nodiscard]] std::expected<void, os::Error> start(TransferRequest request) {
        request.limit = limit_;
        auto transfer =
            Transfer::start({plan_.loop, plan_.lookup, plan_.files, plan_.note}, std::move(request),
                            [this](vrrp::Instant now) { on_end(now); });
        if (!transfer) {
            return std::unexpected(transfer.error());
        }
        transfer_ = std::move(*transfer);
        return {};
    }

    [[nodiscard]] std::string progress() const override { return transfer_->progress(); }

private:
    void on_end(vrrp::Instant now) {
        if (const auto certificate = transfer_->certificate(); certificate && warning_.empty()) {
            warning_ =
                warn_of_end(*certificate, plan_.config.tls.warn_before, plan_.loop.wall_time(now));
        }
        if (!transfer_->failure().empty()) {
            conclude({.is_good = false, .detail = transfer_->failure()}, now);
            return;
        }
        if (const std::string place = transfer_->redirect();
            !place.empty() && plan_.config.redirects > 0) {
            follow(place, now);
            return;
        }
        const HttpAnswer answer{.status = transfer_->status(),
                                .is_http2 = transfer_->was_http2(),
                                .body = transfer_->body(),
                                .is_cut = transfer_->is_cut()};
        conclude(judge(answer, plan_.config, plan_.body_matches ? &*plan_.body_matches : nullptr),
                 now);
    }

    void follow(const std::string& place, vrrp::Instant now) {
        // Where it has a fragment, that is for the reader of the page.
        const auto target = parse_url(std::string_view(place).substr(0, place.find('#')));
        const int status = transfer_->status();
        if (!target || redirects_ == plan_.config.redirects) {
            conclude({.is_good = false,
                      .detail = target ? fmt::format("more than {} redirects, the last one to {}",
                                                     redirects_, to_text(*target))
                                       : fmt::format("status {} leads to a URL that {}", status,
                                                     target.error())},
                     now);
            return;
        }
        ++redirects_;
        note(fmt::format("status {} leads to {}", status, to_text(*target)));
        const auto started = start(to_next_request(plan_.config, plan_.url, status, *target));
        if (!started) {
            conclude({.is_good = false, .detail = started.error().message()}, now);
        }
    }

    /// Nothing of this may be touched afterwards.
    void conclude(ProbeResult result, vrrp::Instant now) {
        result.warning = warning_;
        finish(result, now);
    }

    Plan& plan_;
    vrrp::Instant limit_;
    std::unique_ptr<Transfer> transfer_;
    std::string warning_;
    int redirects_ = 0;
};

}  // namespace

StartedProbe start_http_probe(const CheckConfig& check, const HttpProbeConfig& config,
                              ProbeContext context) {
    const auto wrong = [&check] {
        return std::unexpected(os::Error{EINVAL, "start the probe of check " + check.name});
    };
    const auto url = parse_url(config.url);
    if (!url) {
        return wrong();
    }
    auto plan = std::make_unique<Plan>(check, config, *url, context);
    if (!config.body_matches.empty()) {
        auto expression = Expression::compile(config.body_matches);
        if (!expression) {
            return wrong();
        }
        plan->body_matches = std::move(*expression);
    }
    return PeriodicProbe::start(
        check, std::move(context),
        [plan = std::move(plan)](FinishAttempt finish, vrrp::Instant now)
            -> std::expected<std::unique_ptr<Attempt>, ProbeResult> {
            auto attempt = std::make_unique<HttpAttempt>(*plan, std::move(finish), now);
            if (const auto started = attempt->start(to_request(plan->config, plan->url));
                !started) {
                return std::unexpected(
                    ProbeResult{.is_good = false, .detail = started.error().message()});
            }
            return attempt;
        });
}

}  // namespace health
