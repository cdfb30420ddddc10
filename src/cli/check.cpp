#include "cli/commands.hpp"
#include "cli/diagnostics.hpp"
#include "cli/host_view.hpp"
#include "cli/print.hpp"
#include "config/lint.hpp"
#include "config/load.hpp"
#include "config/secret_lines.hpp"
#include "os/service.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <string>

namespace cli {

namespace {

constexpr int good = 0;
constexpr int has_errors = 1;
constexpr int has_warnings = 2;

using Json = nlohmann::ordered_json;

std::string count(std::size_t number, const char* noun) {
    return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}

std::size_t count_of(const config::Diagnostics& diagnostics, config::Severity severity) {
    return static_cast<std::size_t>(
        std::ranges::count(diagnostics, severity, &config::Diagnostic::severity));
}

config::Loaded load_and_lint(const CheckRequest& request) {
    config::Loaded loaded = config::load(request.config_path, request.audience);
    if (loaded.config) {
        auto more = config::lint(*loaded.config, request.config_path, view_host(*loaded.config));
        config::show_lines(more, loaded.files);
        loaded.diagnostics.insert(loaded.diagnostics.end(), more.begin(), more.end());
    }
    return loaded;
}

int status_of(const config::Loaded& loaded, bool is_strict) {
    if (!loaded.config) {
        return has_errors;
    }
    return is_strict && !loaded.diagnostics.empty() ? has_warnings : good;
}

Json to_json(const config::Diagnostic& diagnostic) {
    Json json;
    json["severity"] = config::to_text(diagnostic.severity);
    json["file"] = diagnostic.file;
    // The file as a whole has neither.
    json["line"] = diagnostic.place.line == 0 ? Json() : Json(diagnostic.place.line);
    json["column"] = diagnostic.place.line == 0 ? Json() : Json(diagnostic.place.column);
    json["message"] = diagnostic.message;
    json["advice"] = diagnostic.advice;
    return json;
}

std::string json_text(const CheckRequest& request, const config::Loaded& loaded) {
    Json json;
    json["file"] = request.config_path;
    json["host"] = request.audience.host;
    json["good"] = status_of(loaded, request.is_strict) == good;
    json["errors"] = count_of(loaded.diagnostics, config::Severity::error);
    json["warnings"] = count_of(loaded.diagnostics, config::Severity::warning);
    json["routers"] = loaded.config ? loaded.config->routers.size() : 0;
    json["checks"] = loaded.config ? loaded.config->checks.size() : 0;
    json["diagnostics"] = Json::array();
    for (const config::Diagnostic& diagnostic : loaded.diagnostics) {
        json["diagnostics"].push_back(to_json(diagnostic));
    }
    // A path may be anything but UTF-8.
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

int check(const CheckRequest& request) {
    const config::Loaded loaded = load_and_lint(request);
    const int status = status_of(loaded, request.is_strict);
    if (request.as_json) {
        return print_out(json_text(request, loaded)) ? status : has_errors;
    }
    print_diagnostics(loaded.diagnostics);
    if (status != good) {
        const auto counted =
            status == has_errors ? config::Severity::error : config::Severity::warning;
        const std::string& file =
            request.config_path.empty() ? loaded.diagnostics.front().file : request.config_path;
        print_error(fmt::format(
            "{}: {}\n", file,
            count(count_of(loaded.diagnostics, counted), config::to_text(counted).data())));
        return status;
    }
    const bool is_told =
        print_out(fmt::format("{}: good for host {}: {}, {}\n", request.config_path,
                              request.audience.host, count(loaded.config->routers.size(), "router"),
                              count(loaded.config->checks.size(), "check")));
    return is_told ? good : has_errors;
}

}  // namespace cli
