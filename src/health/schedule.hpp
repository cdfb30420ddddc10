#pragma once

#include "vrrp/time.hpp"

#include <cstddef>
#include <optional>

namespace health {

/// A check's place among all that run from time to time: no two begin together.
struct Slot {
    std::size_t index = 0;    ///< from 0 on
    vrrp::Duration width{0};  ///< of one slot; the number of slots times this is an interval
    std::optional<vrrp::Instant> origin;  ///< of all slots; nullopt: when the check begins

    friend bool operator==(const Slot&, const Slot&) = default;
};

/// When the runs of one check begin: the first at once, but for two milliseconds for each check
/// before it, the next ones in the check's slot, from start to start without drift.
class Schedule {
public:
    /// `interval` is above 0. To be made when the check begins.
    Schedule(vrrp::Duration interval, const Slot& slot, vrrp::Instant now);

    /// When the next run begins.
    [[nodiscard]] vrrp::Instant next() const { return next_; }

    /// A run begins now. Those that were missed meanwhile (the host slept) are left out.
    void advance(vrrp::Instant now);

private:
    vrrp::Duration interval_;
    vrrp::Instant origin_;
    vrrp::Instant next_;
};

}  // namespace health
