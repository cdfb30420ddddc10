#include "config/report.hpp"

#include "config/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace config {

void Report::error(Place place, std::string_view message, std::string_view advice) {
    ++error_count_;
    if (error_count_ <= max_errors) {
        add(Severity::error, place, message, advice);
    }
}

void Report::error(Place place, const Complaint& complaint) {
    error(place, complaint.message, complaint.advice);
}

void Report::warning(Place place, std::string_view message, std::string_view advice) {
    ++warning_count_;
    if (warning_count_ <= max_warnings) {
        add(Severity::warning, place, message, advice);
    }
}

void Report::warning_once(Place place, std::string_view message, std::string_view advice) {
    if (told_.emplace(message).second) {
        warning(place, message, advice);
    }
}

Diagnostics Report::diagnostics() const {
    Diagnostics result = diagnostics_;
    std::ranges::stable_sort(result, {}, [](const Diagnostic& diagnostic) {
        return std::tuple(diagnostic.place.line, diagnostic.place.column);
    });
    if (error_count_ > max_errors) {
        result.push_back({Severity::error, file_, Place{},
                          fmt::format("there are more errors than the {} told", max_errors), ""});
    }
    if (warning_count_ > max_warnings) {
        result.push_back({Severity::warning, file_, Place{},
                          fmt::format("there are more warnings than the {} told", max_warnings),
                          ""});
    }
    return result;
}

void Report::add(Severity severity, Place place, std::string_view message,
                 std::string_view advice) {
    // Names that the file gives, as TOML allows them, may hold anything.
    diagnostics_.push_back({severity, file_, place, printable(message), printable(advice)});
}

}  // namespace config
