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

/// Checks what one router did in one step, with the witness as it was before.
[[nodiscard]] std::optional<Violation> check_step(const Witness& witness, const Step& step);

/// Checks that nothing has lasted too long by `now`. Nothing has happened since the last step.
[[nodiscard]] std::optional<Violation> check_time(const Witness& witness, vrrp::Instant now);

}  // namespace rehearse
