#pragma once

#include "os/error.hpp"

#include <sys/random.h>
#include <sys/types.h>

#include <concepts>
#include <expected>

namespace health {

/// A number that nobody can guess. Fails only while the host boots and knows nothing random yet.
template <std::unsigned_integral Number>
[[nodiscard]] std::expected<Number, os::Error> random_number() {
    Number number{};
    if (getrandom(&number, sizeof number, GRND_NONBLOCK) != static_cast<ssize_t>(sizeof number)) {
        return std::unexpected(os::last_error("take a random number"));
    }
    return number;
}

}  // namespace health
