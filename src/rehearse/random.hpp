#pragma once

#include <cstdint>

#include "vrrp/time.hpp"

namespace rehearse {

/// A generator of random numbers (splitmix64) that gives the same ones from the same seed on every
/// platform, which the distributions of the standard library don't promise.
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    [[nodiscard]] std::uint64_t next();

    /// 0 to limit - 1; `limit` is above 0.
    [[nodiscard]] std::uint64_t below(std::uint64_t limit);

    /// Whether something happens that happens `share` times in 10,000.
    [[nodiscard]] bool chance(unsigned share);

    /// Both ends included; `longest` is not below `shortest`.
    [[nodiscard]] vrrp::Duration between(vrrp::Duration shortest, vrrp::Duration longest);

private:
    std::uint64_t state_;
};

}  // namespace rehearse
