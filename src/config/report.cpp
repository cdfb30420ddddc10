#include "config/report.hpp"

#include "config/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace config {

namespace {

constexpr std::size_t shortest_hidden = 3;
constexpr std::size_t longest_looked_for = 12;  // messages shorten what they quote
constexpr std::string_view instead = "(hidden)";

/// The end of a secret's beginning that a text has at `begin`.
std::size_t end_of_secret(std::string_view text, std::size_t begin, std::string_view secret) {
    std::size_t size = 0;
    while (size < secret.size() && begin + size < text.size() &&
           text[begin + size] == secret[size]) {
        ++size;
    }
    return begin + size;
}

}  // namespace

std::size_t Report::add_file(SourceFile file) {
    files_.push_back(std::move(file));
    return files_.size() - 1;
}

std::vector<std::string> Report::file_names() const {
    std::vector<std::string> names;
    for (const SourceFile& file : files_) {
        names.push_back(file.name);
    }
    return names;
}

std::string Report::where(Place place, Place from) const {
    return place.file == from.file
               ? fmt::format("line {}", place.line)
               : fmt::format("line {} of {}", place.line, files_[place.file].name);
}

void Report::error(Place place, std::string_view message, std::string_view advice) {
    if (spoilt_.contains(place) || is_told(Severity::error, place, message)) {
        return;
    }
    ++error_count_;
    if (error_count_ <= max_errors) {
        add(Severity::error, place, message, advice);
    }
}

void Report::error(Place place, const Complaint& complaint) {
    error(place, complaint.message, complaint.advice);
}

void Report::warning(Place place, std::string_view message, std::string_view advice) {
    if (spoilt_.contains(place) || is_told(Severity::warning, place, message)) {
        return;
    }
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

void Report::note_secret(Place place) {
    if (!spoilt_.contains(place) && !substitutes_.contains(place)) {
        files_[place.file].has_secret = true;
    }
}

void Report::hide(std::string_view secret) {
    if (secret.size() >= shortest_hidden) {
        hidden_.emplace(printable(secret));
    }
}

bool Report::hides(std::string_view text) const {
    return std::ranges::any_of(hidden_, [text](const std::string& secret) {
        return text.find(secret) != std::string_view::npos;
    });
}

Diagnostics Report::diagnostics() const {
    Diagnostics result = diagnostics_;
    std::ranges::stable_sort(result, {}, [](const Diagnostic& diagnostic) {
        const Place& place = diagnostic.place;
        return std::tuple(place.file, place.line, place.column);
    });
    if (error_count_ > max_errors) {
        result.push_back({Severity::error, files_.front().name, Place{},
                          fmt::format("there are more errors than the {} told", max_errors), ""});
    }
    if (warning_count_ > max_warnings) {
        result.push_back({Severity::warning, files_.front().name, Place{},
                          fmt::format("there are more warnings than the {} told", max_warnings),
                          ""});
    }
    for (Diagnostic& diagnostic : result) {
        diagnostic.message = without_secrets(std::move(diagnostic.message));
        diagnostic.advice = without_secrets(std::move(diagnostic.advice));
    }
    return result;
}

bool Report::is_told(Severity severity, Place place, std::string_view message) const {
    const std::string text = printable(message);
    return std::ranges::any_of(diagnostics_, [&](const Diagnostic& told) {
        return told.severity == severity && told.place == place && told.message == text;
    });
}

void Report::add(Severity severity, Place place, std::string_view message,
                 std::string_view advice) {
    // Names that the file gives, as TOML allows them, may hold anything.
    diagnostics_.push_back(
        {severity, files_[place.file].name, place, printable(message), printable(advice)});
}

std::string Report::without_secrets(std::string text) const {
    for (const std::string& secret : hidden_) {
        const std::string_view beginning = std::string_view(secret).substr(0, longest_looked_for);
        for (std::size_t at = text.find(beginning); at != std::string::npos;
             at = text.find(beginning, at + instead.size())) {
            text.replace(at, end_of_secret(text, at, secret) - at, instead);
        }
    }
    return text;
}

}  // namespace config
