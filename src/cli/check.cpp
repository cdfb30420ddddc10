#include "cli/commands.hpp"
#include "cli/host_view.hpp"
#include "cli/print.hpp"
#include "config/lint.hpp"
#include "config/load.hpp"
#include "os/service.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>

namespace cli {

namespace {

std::string count(std::size_t number, const char* noun) {
    return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}

std::size_t error_count(const config::Diagnostics& diagnostics) {
    return static_cast<std::size_t>(
        std::ranges::count(diagnostics, config::Severity::error, &config::Diagnostic::severity));
}

}  // namespace

int check(const std::string& config_path, const std::string& host,
          const config::LoadOptions& options) {
    config::Loaded loaded = config::load(config_path, host, options);
    if (loaded.config) {
        const auto more = config::lint(*loaded.config, config_path, view_host(*loaded.config));
        loaded.diagnostics.insert(loaded.diagnostics.end(), more.begin(), more.end());
    }
    for (const config::Diagnostic& diagnostic : loaded.diagnostics) {
        print_error(config::to_text(diagnostic) + "\n");
    }
    if (!loaded.config) {
        print_error(fmt::format("{}: {}\n", loaded.diagnostics.front().file,
                                count(error_count(loaded.diagnostics), "error")));
        return 1;
    }
    const bool is_told = print_out(fmt::format("{}: good for host {}: {}, {}\n", config_path, host,
                                               count(loaded.config->routers.size(), "router"),
                                               count(loaded.config->checks.size(), "check")));
    return is_told ? 0 : 1;
}

}  // namespace cli
