#include "engine/herald.hpp"

#include "engine/reason.hpp"
#include "os/log.hpp"

#include <fmt/format.h>

#include <chrono>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace engine {

namespace {

// What is told is told once a minute: these keep the subjects apart, each with its own numbers.
constexpr std::size_t reasons = 0;
constexpr std::size_t decode_errors = 100;
constexpr std::size_t auth_errors = 200;
constexpr std::size_t differences = 300;
constexpr std::size_t second_masters = 400;
constexpr std::size_t claims = 500;
constexpr std::size_t unread_trailers = 600;
constexpr std::size_t failures = 1000;

/// What goes on is told each minute.
constexpr vrrp::Duration suspicion_lasts = std::chrono::minutes(2);

template <class Enum>
std::size_t number_of(Enum value) {
    return static_cast<std::size_t>(value);
}

}  // namespace

void Herald::tell(const ArrivalError& error, const vrrp::IpAddress& sender, vrrp::Instant now) {
    std::visit(
        [&](auto known) {
            refusals_.count(known);
            constexpr bool is_auth = std::is_same_v<decltype(known), auth::AuthError>;
            const std::size_t subject = (is_auth ? auth_errors : decode_errors) + number_of(known);
            if (rate_limit_.allows(sender, subject, now)) {
                tell_refused(sender, std::string(to_text(known)), now);
            }
        },
        error);
}

void Herald::tell(const vrrp::AdvertisementRefused& refused,
                  const vrrp::AdvertisementReceived& event, const vrrp::VirtualRouter& router,
                  vrrp::Instant now) {
    if (refused.reason == vrrp::RefuseReason::not_running) {
        return;
    }
    refusals_.count(refused.reason);
    if (rate_limit_.allows(refused.source, reasons + number_of(refused.reason), now)) {
        tell_refused(refused.source, explain(refused.reason, event, router.config()), now);
    }
}

void Herald::tell_refused(const vrrp::IpAddress& sender, std::string reason, vrrp::Instant now) {
    os::log::warning("advertisement refused",
                     {{"router", router_}, {"sender", sender.to_text()}, {"reason", reason}});
    suspicion_ = {fmt::format("{}, whose adverts are refused here ({})", sender.to_text(), reason),
                  now};
}

void Herald::tell(const vrrp::PeerDiffers& differs, const vrrp::AdvertisementReceived& event,
                  const vrrp::VirtualRouter& router, vrrp::Instant now) {
    if (rate_limit_.allows(differs.source, differences + number_of(differs.difference), now)) {
        os::log::warning("a peer differs from us",
                         {{"router", router_},
                          {"peer", differs.source.to_text()},
                          {"difference", explain(differs.difference, event, router)}});
    }
}

void Herald::tell(const vrrp::SecondMaster& other, vrrp::Instant now) {
    if (rate_limit_.allows(other.source, second_masters, now)) {
        os::log::error("two masters: another goes on although we outrank it",
                       {{"router", router_},
                        {"other", other.source.to_text()},
                        {"priority", std::to_string(other.priority)},
                        {"likely_cause",
                         "it does not hear us: is VRRP (IP protocol 112) filtered from here "
                         "to there, or does it refuse our password, version or interval?"}});
        suspicion_ = {other.source.to_text() + ", which does not hear us", now};
    }
}

void Herald::tell(const net::Claim& claim, vrrp::Instant now) {
    if (rate_limit_.allows(claim.address, claims, now)) {
        os::log::error("two masters: another station says it has our address",
                       {{"router", router_},
                        {"address", claim.address.to_text()},
                        {"mac", net::to_text(claim.mac)},
                        {"likely_cause", likely_cause_of_claim(now)}});
    }
}

std::string Herald::likely_cause_of_claim(vrrp::Instant now) const {
    const std::string known = suspect(now);
    return known.empty()
               ? "a router whose adverts do not arrive here (is VRRP, IP protocol 112, filtered, "
                 "or "
                 "does it alone use an authentication header?), or a host that is configured with "
                 "the address"
               : known;
}

std::string Herald::new_suspect(vrrp::Instant now) const {
    return suspicion_ && suspicion_->at == now ? suspicion_->what : "";
}

std::string Herald::suspect(vrrp::Instant now) const {
    return suspicion_ && now - suspicion_->at < suspicion_lasts ? suspicion_->what : "";
}

void Herald::tell_unread_trailer(const vrrp::IpAddress& sender, vrrp::Instant now) {
    if (rate_limit_.allows(sender, unread_trailers, now)) {
        os::log::warning("a peer differs from us",
                         {{"router", router_},
                          {"peer", sender.to_text()},
                          {"difference",
                           "hmac: its adverts are signed, ours are not, and it may "
                           "refuse them"}});
    }
}

void Herald::tell(const os::Error& error, std::size_t subject, vrrp::Instant now) {
    const std::size_t number = failures + 1000 * subject + static_cast<std::size_t>(error.code);
    if (rate_limit_.allows({}, number, now)) {
        os::log::error("the kernel refused", {{"router", router_}, {"error", error.message()}});
    }
}

}  // namespace engine
