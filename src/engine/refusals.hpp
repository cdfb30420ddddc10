#pragma once

#include "auth/auth_error.hpp"
#include "vrrp/advertisement.hpp"
#include "vrrp/effect.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace engine {

/// The packets for one router that were refused: one counter for each reason.
class Refusals {
public:
    void count(vrrp::DecodeError error) { ++by_decode_error_[static_cast<std::size_t>(error)]; }
    void count(vrrp::RefuseReason reason) { ++by_reason_[static_cast<std::size_t>(reason)]; }
    void count(auth::AuthError error) { ++by_auth_error_[static_cast<std::size_t>(error)]; }

    /// Those that happened, by their reason in a few words; the kinds of one word are added up.
    [[nodiscard]] std::map<std::string, std::uint64_t> by_name() const;

private:
    std::array<std::uint64_t, static_cast<std::size_t>(vrrp::DecodeError::auth_type) + 1>
        by_decode_error_{};
    std::array<std::uint64_t, static_cast<std::size_t>(vrrp::RefuseReason::first_address) + 1>
        by_reason_{};
    std::array<std::uint64_t, auth::auth_error_count> by_auth_error_{};
};

}  // namespace engine
