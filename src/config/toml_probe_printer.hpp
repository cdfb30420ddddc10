#pragma once

#include "config/toml_writing.hpp"
#include "health/probe_config.hpp"

#include <vector>

namespace config {

/// The keys of a check that are its probe's own, the one that names what it looks at first.
[[nodiscard]] std::vector<TomlEntry> describe_probe(const health::ProbeConfig& probe,
                                                    bool is_inverted);

}  // namespace config
