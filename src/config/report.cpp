#include "config/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace config {

void Report::error(Place place, std::string message, std::string advice) {
    ++error_count_;
    if (error_count_ <= max_errors) {
        add(Severity::error, place, std::move(message), std::move(advice));
    }
}

void Report::error(Place place, const Complaint& complaint) {
    error(place, complaint.message, complaint.advice);
}

void Report::warning(Place place, std::string message, std::string advice) {
    add(Severity::warning, place, std::move(message), std::move(advice));
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
    return result;
}

void Report::add(Severity severity, Place place, std::string message, std::string advice) {
    diagnostics_.push_back({severity, file_, place, std::move(message), std::move(advice)});
}

}  // namespace config
