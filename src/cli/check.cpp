#include "cli/commands.hpp"
#include "config/lint.hpp"
#include "config/load.hpp"
#include "net/link_mirror.hpp"
#include "os/service.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <string>

namespace cli {

namespace {

std::string count(std::size_t number, const char* noun) {
    return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}

}  // namespace

int check(const std::string& config_path) {
    const std::string host = os::host_name();
    config::Loaded loaded = config::load(config_path, host);
    if (loaded.config) {
        const auto more = config::lint(*loaded.config, config_path, net::link_names());
        loaded.diagnostics.insert(loaded.diagnostics.end(), more.begin(), more.end());
    }
    for (const config::Diagnostic& diagnostic : loaded.diagnostics) {
        fmt::print(stderr, "{}\n", config::to_text(diagnostic));
    }
    if (!loaded.config) {
        std::size_t errors = 0;
        for (const config::Diagnostic& diagnostic : loaded.diagnostics) {
            errors += diagnostic.severity == config::Severity::error ? 1 : 0;
        }
        fmt::print(stderr, "{}: {}\n", config_path, count(errors, "error"));
        return 1;
    }
    fmt::print("{}: good for host {}: {}, {}\n", config_path, host,
               count(loaded.config->routers.size(), "router"),
               count(loaded.config->checks.size(), "check"));
    return 0;
}

}  // namespace cli
