#include "observe/reload_json.hpp"

#include <nlohmann/json.hpp>

namespace observe {

std::string reload_json(const engine::ReloadOutcome& outcome) {
    using nlohmann::ordered_json;
    ordered_json document = {
        {"ok", outcome.is_good()},
        {"dry_run", outcome.is_dry_run},
        {"error", outcome.is_good() ? ordered_json(nullptr) : ordered_json(outcome.error)},
        {"changes", outcome.changes},
        {"diagnostics", ordered_json::array()},
    };
    for (const config::Diagnostic& diagnostic : outcome.diagnostics) {
        const bool is_error = diagnostic.severity == config::Severity::error;
        document["diagnostics"].push_back({{"severity", is_error ? "error" : "warning"},
                                           {"file", diagnostic.file},
                                           {"line", diagnostic.place.line},
                                           {"column", diagnostic.place.column},
                                           {"message", diagnostic.message},
                                           {"advice", diagnostic.advice},
                                           {"text", config::to_text(diagnostic)}});
    }
    // A file need not be UTF-8: it is shown as well as can be.
    return document.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace observe
