#pragma once

#include "config/diagnostic.hpp"

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace config {

/// What is wrong with a value, and what to do about it; the reader that knows its place says it.
struct Complaint {
    std::string message;
    std::string advice;

    friend bool operator==(const Complaint&, const Complaint&) = default;
};

/// The diagnostics of one file while it is being read.
class Report {
public:
    /// Errors after this many are not kept: nobody reads them.
    static constexpr std::size_t max_errors = 100;
    static constexpr std::size_t max_warnings = 100;  ///< nor are warnings

    explicit Report(std::string file) : file_(std::move(file)) {}

    void error(Place place, std::string_view message, std::string_view advice = {});
    void error(Place place, const Complaint& complaint);
    void warning(Place place, std::string_view message, std::string_view advice = {});

    /// A warning that is told once for the whole file, where it is due first.
    void warning_once(Place place, std::string_view message, std::string_view advice = {});

    /// What is not supported is to be left out with a warning, instead of refused.
    void be_lenient() { is_lenient_ = true; }
    [[nodiscard]] bool is_lenient() const { return is_lenient_; }

    /// Whether further errors would not be kept: a reader of many values may stop.
    [[nodiscard]] bool is_full() const { return error_count_ > max_errors; }

    [[nodiscard]] bool has_errors() const { return error_count_ > 0; }

    /// All that was said, in the order of the file.
    [[nodiscard]] Diagnostics diagnostics() const;

private:
    void add(Severity severity, Place place, std::string_view message, std::string_view advice);

    std::string file_;
    std::size_t error_count_ = 0;
    std::size_t warning_count_ = 0;
    bool is_lenient_ = false;
    std::set<std::string, std::less<>> told_;  ///< the messages of warning_once()
    Diagnostics diagnostics_;
};

}  // namespace config
