#pragma once

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

    /// Those that happened, by their reason in words; the two kinds of one word are added up.
    [[nodiscard]] std::map<std::string, std::uint64_t> by_name() const;

private:
    std::array<std::uint64_t, static_cast<std::size_t>(vrrp::DecodeError::auth_type) + 1>
        by_decode_error_{};
    std::array<std::uint64_t, static_cast<std::size_t>(vrrp::RefuseReason::first_address) + 1>
        by_reason_{};
};

}  // namespace engine
