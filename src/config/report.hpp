#pragma once

#include "config/diagnostic.hpp"

#include <cstddef>
#include <deque>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace config {

/// What is wrong with a value, and what to do about it; the reader that knows its place says it.
struct Complaint {
    std::string message;
    std::string advice;

    friend bool operator==(const Complaint&, const Complaint&) = default;
};

/// A file that was read.
struct SourceFile {
    std::string name;        ///< the path, as it was opened
    std::string text;        ///< normalized
    bool is_public = false;  ///< users other than its owner and group may read it
    bool has_secret = false;
};

/// The files of a configuration while it is being read, and what is said of them.
class Report {
public:
    /// Errors after this many are not kept: nobody reads them.
    static constexpr std::size_t max_errors = 100;
    static constexpr std::size_t max_warnings = 100;  ///< nor are warnings

    explicit Report(SourceFile file) { files_.push_back(std::move(file)); }
    explicit Report(std::string file) : Report(SourceFile{.name = std::move(file), .text = ""}) {}

    /// Another file that belongs to the configuration; returns the number that its places have.
    std::size_t add_file(SourceFile file);
    /// They stay where they are when another one is added.
    [[nodiscard]] const std::deque<SourceFile>& files() const { return files_; }
    [[nodiscard]] std::vector<std::string> file_names() const;

    /// A place as a message about another one names it: "line 7", "line 7 of vips.conf".
    [[nodiscard]] std::string where(Place place, Place from) const;

    // What is said twice of one place, as a line that is read many times may lead to, is kept once.
    void error(Place place, std::string_view message, std::string_view advice = {});
    void error(Place place, const Complaint& complaint);
    void warning(Place place, std::string_view message, std::string_view advice = {});

    /// A warning that is told once for the whole file, where it is due first.
    void warning_once(Place place, std::string_view message, std::string_view advice = {});

    /// What is not supported is to be left out with a warning, instead of refused.
    void be_lenient() { is_lenient_ = true; }
    [[nodiscard]] bool is_lenient() const { return is_lenient_; }
    /// Notes that a password or a key stands at this place, unless it only stands for one.
    void note_secret(Place place);
    /// What stands here was put in for something else: no secret of this file.
    void note_substitute(Place place) { substitutes_.insert(place); }
    /// Nothing more is told of this place: what stands there can't be read any more.
    void spoil(Place place) { spoilt_.insert(place); }
    /// What no message may tell, whatever reader quotes it: a secret that was put together from
    /// definitions. Shorter ones than three bytes are not looked for.
    void hide(std::string_view secret);
    /// Whether a text has a part that is hidden.
    [[nodiscard]] bool hides(std::string_view text) const;

    /// Whether further errors would not be kept: a reader of many values may stop.
    [[nodiscard]] bool is_full() const { return error_count_ > max_errors; }

    [[nodiscard]] bool has_errors() const { return error_count_ > 0; }

    /// All that was said, in the order of the files and of their lines.
    [[nodiscard]] Diagnostics diagnostics() const;

private:
    [[nodiscard]] bool is_told(Severity severity, Place place, std::string_view message) const;
    void add(Severity severity, Place place, std::string_view message, std::string_view advice);
    [[nodiscard]] std::string without_secrets(std::string text) const;

    std::deque<SourceFile> files_;
    std::set<std::string, std::less<>> hidden_;
    std::set<Place> spoilt_;
    std::set<Place> substitutes_;
    std::size_t error_count_ = 0;
    std::size_t warning_count_ = 0;
    bool is_lenient_ = false;
    std::set<std::string, std::less<>> told_;  ///< the messages of warning_once()
    Diagnostics diagnostics_;
};

}  // namespace config
