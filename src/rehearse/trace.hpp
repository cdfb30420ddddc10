#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "rehearse/scenario.hpp"
#include "rehearse/step.hpp"

namespace rehearse {

/// What happened in a rehearsal: always as a number that two equal runs share, on demand also as
/// lines to read.
class Trace {
public:
    explicit Trace(bool keeps_lines = false) : keeps_lines_(keeps_lines) {}

    void add(const Step& step);
    void add(const TimedFault& fault);
    /// The kernel has taken a host's addresses away.
    void add_lease_end(std::size_t host, vrrp::Instant now);
    void add_loss(std::size_t from, std::size_t to, vrrp::Instant now);

    [[nodiscard]] std::uint64_t hash() const { return hash_; }
    [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }

private:
    void mix(std::uint64_t value);

    bool keeps_lines_;
    std::uint64_t hash_ = 0xcbf29ce484222325U;
    std::vector<std::string> lines_;
};

/// The configuration of a scenario as lines to read before its trace.
[[nodiscard]] std::vector<std::string> describe(const Scenario& scenario);

/// "3.609375", in seconds since the beginning.
[[nodiscard]] std::string seconds_text(vrrp::Instant at);

}  // namespace rehearse
