#pragma once

#include "engine/carrier.hpp"
#include "engine/rate_limit.hpp"
#include "engine/refusals.hpp"
#include "net/claim.hpp"
#include "os/error.hpp"
#include "vrrp/effect.hpp"
#include "vrrp/event.hpp"
#include "vrrp/virtual_router.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace engine {

/// Tells the log what others do to one router, and counts it: each thing once a minute for each
/// sender, since everybody on the link can cause it.
class Herald {
public:
    explicit Herald(std::string router) : router_(std::move(router)) {}

    /// The log calls the router so from now on.
    void rename(std::string router) { router_ = std::move(router); }

    /// A packet that is no advertisement to be considered.
    void tell(const ArrivalError& error, const vrrp::IpAddress& sender, vrrp::Instant now);
    /// An advertisement that the router refused. What is said out of the election is not told:
    /// nothing is to be heard there.
    void tell(const vrrp::AdvertisementRefused& refused, const vrrp::AdvertisementReceived& event,
              const vrrp::VirtualRouter& router, vrrp::Instant now);
    /// Something in which a peer differs from us.
    void tell(const vrrp::PeerDiffers& differs, const vrrp::AdvertisementReceived& event,
              const vrrp::VirtualRouter& router, vrrp::Instant now);
    /// A peer that signs its adverts, which we can't check.
    void tell_unread_trailer(const vrrp::IpAddress& sender, vrrp::Instant now);
    /// A second master that does not hear us.
    void tell(const vrrp::SecondMaster& other, vrrp::Instant now);
    /// A station that says it has one of our addresses while we serve it.
    void tell(const net::Claim& claim, vrrp::Instant now);
    /// The kernel refused to carry out what `subject` stands for.
    void tell(const os::Error& error, std::size_t subject, vrrp::Instant now);

    /// Whose adverts are refused, and why, where that was told just now; empty where it was not.
    [[nodiscard]] std::string new_suspect(vrrp::Instant now) const;
    /// The same where it was told in the last minutes: it goes on then.
    [[nodiscard]] std::string suspect(vrrp::Instant now) const;

    /// The packets that were refused, by reason.
    [[nodiscard]] std::map<std::string, std::uint64_t> refused() const {
        return refusals_.by_name();
    }

private:
    /// What was told of another router, and may explain why there is a second master.
    struct Suspicion {
        std::string what;
        vrrp::Instant at;
    };

    void tell_refused(const vrrp::IpAddress& sender, std::string reason, vrrp::Instant now);
    [[nodiscard]] std::string likely_cause_of_claim(vrrp::Instant now) const;

    std::string router_;
    std::optional<Suspicion> suspicion_;
    Refusals refusals_;
    RateLimit rate_limit_;
};

}  // namespace engine
