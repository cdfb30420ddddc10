#pragma once

#include "vrrp/time.hpp"
#include "vrrp/virtual_router.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace engine {

class Instance;

/// Instances that share their fate: all are masters or none is. Pinned by its owner.
class Fate {
public:
    explicit Fate(std::string name) : name_(std::move(name)) {}

    [[nodiscard]] const std::string& name() const { return name_; }

    /// The instance outlives this. The first one compares addresses between equal priorities.
    void join(Instance& instance);

    /// Who they are is to be told anew, by join(); what was told before stays told.
    void clear();

    [[nodiscard]] bool is_empty() const { return members_.empty(); }

    /// Tells the members what they must be told until they agree; see vrrp::next_order.
    void settle(vrrp::Instant now);

private:
    void tell_who_waits(vrrp::Instant now);

    std::string name_;
    std::vector<Instance*> members_;
    std::vector<const vrrp::VirtualRouter*> routers_;  ///< theirs, in the same order
    std::optional<vrrp::Instant> waits_since_;         ///< for others, since when a member does
    std::optional<vrrp::Instant> told_at_;
};

}  // namespace engine
