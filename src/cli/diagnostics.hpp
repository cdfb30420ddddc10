#pragma once

#include "config/diagnostic.hpp"
#include "config/report.hpp"

#include <deque>

namespace cli {

/// Prints what is to be said of a configuration to standard error.
void print_diagnostics(const config::Diagnostics& diagnostics);

/// The same for what was found after the file was read, with its lines.
void print_diagnostics(config::Diagnostics diagnostics,
                       const std::deque<config::SourceFile>& files);

}  // namespace cli
