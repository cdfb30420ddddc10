#include <charconv>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "rehearse/simulation.hpp"

namespace {

std::optional<std::uint64_t> parse_seed(std::string_view text) {
    std::uint64_t seed = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional(seed)
                                                                    : std::nullopt;
}

}  // namespace

/// Plays the scenario of one seed and prints all that happens in it.
int main(int argc, char** argv) {
    const bool is_grouped = argc == 3 && std::string_view(argv[1]) == "--groups";
    const auto seed = argc == 2 || is_grouped ? parse_seed(argv[argc - 1]) : std::nullopt;
    if (!seed) {
        fmt::print(stderr, "usage: replay [--groups] SEED\n");
        return 2;
    }
    const rehearse::Scenario scenario =
        is_grouped ? rehearse::make_group_scenario(*seed) : rehearse::make_scenario(*seed);
    rehearse::Trace trace(true);
    const rehearse::Outcome outcome = rehearse::run(scenario, rehearse::Behaviour{}, trace);
    for (const std::string& line : rehearse::describe(scenario)) {
        fmt::print("{}\n", line);
    }
    for (const std::string& line : trace.lines()) {
        fmt::print("{}\n", line);
    }
    if (outcome.violation) {
        fmt::print("{} {}: {}\n", rehearse::seconds_text(outcome.violation->at),
                   outcome.violation->invariant, outcome.violation->what);
        return 1;
    }
    fmt::print("no violation in {} steps, {} takeovers\n", outcome.steps, outcome.takeovers);
    return 0;
}
