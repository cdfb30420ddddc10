#pragma once

#include "auth/sequence.hpp"
#include "vrrp/address.hpp"

#include <chrono>
#include <optional>

namespace auth {

/// What a check has found out about one packet. It changes nothing until it is given back with
/// accept(), when the packet has been accepted for everything else too.
class Proof {
public:
    /// False for a packet without authentication, in a mode that lets it pass.
    [[nodiscard]] bool is_authenticated() const { return sequence_.has_value(); }

    /// How far ahead of ours the sender's clock is, in whole seconds; 0 where that is not checked.
    /// Beyond half the window it is time to tell.
    [[nodiscard]] std::chrono::seconds clock_difference() const { return clock_difference_; }

private:
    friend class AuthenticationHeader;
    friend class Authenticator;

    Proof() = default;

    vrrp::IpAddress sender_;
    std::optional<Sequence> sequence_;
    std::optional<Sequence> seen_;  ///< the sender's last one, when this was checked
    std::chrono::seconds clock_difference_{0};
};

}  // namespace auth
