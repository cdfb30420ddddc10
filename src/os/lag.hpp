#pragma once

#include "vrrp/time.hpp"

#include <chrono>
#include <cstdint>

namespace os {

/// How late the loop was with what it was asked to do at an instant.
struct Lag {
    vrrp::Duration greatest{0};       ///< since the start
    vrrp::Duration recent{0};         ///< the greatest of the last minute or two
    std::uint64_t late_wake_ups = 0;  ///< those later than LagMeter::late
};

/// Keeps the lag of each wake-up in a few numbers.
class LagMeter {
public:
    static constexpr vrrp::Duration late = std::chrono::milliseconds(100);
    static constexpr vrrp::Duration very_late = std::chrono::seconds(1);

    /// Takes a wake-up's lag. Whether it is to be told: it was very late, and none was told within
    /// the last minute.
    [[nodiscard]] bool take(vrrp::Duration lag, vrrp::Instant now);

    [[nodiscard]] Lag read(vrrp::Instant now) const;

private:
    Lag lag_;                    ///< its `recent` is of the minute that began last
    vrrp::Duration earlier_{0};  ///< the greatest of the minute before
    vrrp::Instant minute_began_;
    vrrp::Instant tells_from_;
};

}  // namespace os
