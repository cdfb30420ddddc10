#pragma once

#include <span>
#include <string>
#include <string_view>

namespace config {

/// The candidate nearest to `word`, if it is near enough to be what was meant; else empty. Letters
/// of either case are equal; a word of three letters or more means what it is the beginning of.
[[nodiscard]] std::string_view nearest(std::string_view word,
                                       std::span<const std::string> candidates);

/// "did you mean vrid?" where a candidate is near, else "known: checks, interface, vrid"; empty
/// where there is no candidate at all.
[[nodiscard]] std::string suggest(std::string_view word, std::span<const std::string> candidates);

}  // namespace config
