#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rehearse/step.hpp"
#include "rehearse/witness.hpp"

namespace rehearse {

/// A rule that was broken. The names are those of docs/standards.md.
struct Violation {
    std::string_view invariant;
    vrrp::Instant at;
    std::string what;
};

// Of the invariants of docs/standards.md these have a rule here:
//   S-1 S-2 S-3 S-5 S-6 S-7 S-9 S-13 L-3 L-5 L-8 L-10    step_invariants.cpp
//   S-8 S-10 L-1 L-2 L-3 L-4 L-7 L-8 L-9                 time_invariants.cpp
//   S-14, and S-8 and L-3 of groups                      group_invariants.cpp
//   S-4 S-18 S-21 S-22                                   lease_invariants.cpp
// S-17 and L-6 are tests of their own in test/sim, and S-9 with corrupted bytes shows S-16's half.
// The rest has no place in a simulated router: S-15 is an arbiter's, S-11 the daemon's, S-12 holds
// as there is no wall clock, S-19 is the probes', and S-20 the daemon's history.

/// Checks what one router did in one step, with the witness as it was before.
[[nodiscard]] std::optional<Violation> check_step(const Witness& witness, const Step& step);

/// Of check_step and check_time, what concerns leases and resuming.
[[nodiscard]] std::optional<Violation> check_lease(const Witness& witness, const Step& step);
[[nodiscard]] std::optional<Violation> check_leases(const Witness& witness, vrrp::Instant now);

/// Checks a sync group whose members were told all that they must be told, in vain if
/// `is_restless`.
[[nodiscard]] std::optional<Violation> check_group(const Witness& witness, std::size_t first,
                                                   bool is_restless, vrrp::Instant now);

/// Checks that nothing of sync groups has lasted too long by `now`.
[[nodiscard]] std::optional<Violation> check_groups(const Witness& witness, vrrp::Instant now);

/// Checks that nothing has lasted too long by `now`. Nothing has happened since the last step.
[[nodiscard]] std::optional<Violation> check_time(const Witness& witness, vrrp::Instant now);

}  // namespace rehearse
