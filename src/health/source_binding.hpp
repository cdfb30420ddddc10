#pragma once

#include "health/probe_config.hpp"
#include "os/error.hpp"

#include <expected>

namespace health {

/// Lets a socket of either family that is not connected yet speak from there. Does nothing where
/// the source says nothing.
[[nodiscard]] std::expected<void, os::Error> bind_to_source(int fd, const ProbeSource& source);

}  // namespace health
