#pragma once

#include "engine/snapshot.hpp"
#include "health/check.hpp"
#include "health/check_config.hpp"
#include "health/priority.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace engine {

/// A router's check, and what it is to the router.
struct TrackedCheck {
    const health::Check* check = nullptr;
    std::optional<int> weight;  ///< nullopt: fatal
    bool is_inverted = false;   ///< the router takes its good for bad
    bool is_assumed = false;    ///< what is not known yet counts as good: it is new
};

/// How fit a router is for office, as its checks see it. They outlive it.
class Fitness {
public:
    /// `base` is the router's priority while all is well; a `last_resort` keeps priority 1 when it
    /// is unfit.
    Fitness(std::uint8_t base, bool is_last_resort, std::vector<TrackedCheck> checks);

    /// Whether what is not known yet counts as good: as it must have been, for one that resumes.
    void assume_health(bool assumes) { assumes_health_ = assumes; }

    /// Takes the place of another one of the same router, which nothing unknown is to put out of
    /// office: a fatal check that is new counts as good until its first result.
    void succeed(const Fitness& before);

    /// These checks change: one that is good, and that nobody knows of for a moment, counts as
    /// good.
    void assume(std::span<const std::string> changed);

    /// Whether this is one of its checks; of one that is, what is known is no longer assumed.
    [[nodiscard]] bool take(const health::Check& check);

    /// The priority with which the router takes part; 0: not at all.
    [[nodiscard]] std::uint8_t priority() const;

    /// Whether nothing but the want of first results keeps it out of the election.
    [[nodiscard]] bool is_undecided() const;

    /// What makes it unfit, for people; empty while it is fit.
    [[nodiscard]] std::string why_unfit() const;

    /// What each check says of the priority, in the order of the file.
    [[nodiscard]] std::vector<PriorityPart> parts() const;

private:
    [[nodiscard]] health::Opinion opinion(const TrackedCheck& tracked) const;

    std::uint8_t base_;
    bool is_last_resort_;
    std::vector<TrackedCheck> checks_;
    bool assumes_health_ = false;
};

}  // namespace engine
