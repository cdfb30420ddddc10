#pragma once

#include "vrrp/address.hpp"
#include "vrrp/time.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace engine {

/// Keeps what peers can cause out of the log's way: one line a minute for each sender and subject.
class RateLimit {
public:
    /// Whether this may be told now; counts it as told if so. Senders beyond a few dozen share one
    /// allowance, so that forged ones can't fill the memory or the log.
    [[nodiscard]] bool allows(const vrrp::IpAddress& sender, std::size_t subject,
                              vrrp::Instant now);

private:
    struct Told {
        vrrp::IpAddress sender;
        std::size_t subject = 0;
        vrrp::Instant at;
    };
    std::vector<Told> told_;
};

}  // namespace engine
