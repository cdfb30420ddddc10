#include "config/keepalived_source.hpp"

#include "config/file_content.hpp"
#include "config/keepalived_expander.hpp"
#include "config/keepalived_include.hpp"
#include "config/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

namespace config {

namespace {

constexpr std::size_t longest_keepalived_line = 1022;
constexpr std::size_t most_files = 1000;
constexpr std::size_t deepest_include = 16;
constexpr std::string_view ours = "<<<<<<<";
constexpr std::string_view base = "|||||||";
constexpr std::string_view middle = "=======";
constexpr std::string_view theirs = ">>>>>>>";

std::size_t characters_in(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }));
}

/// A line as git writes it between two versions: seven signs, alone or with a name behind them.
bool is_marker(std::string_view line, std::string_view sign) {
    return line.starts_with(sign) &&
           (line.size() == sign.size() || line[sign.size()] == ' ' || line[sign.size()] == '\t');
}

bool is_escape(std::string_view text) {
    return text.starts_with("\\#") || text.starts_with("\\!");
}

/// Without what stands behind a # or ! that is neither in double quotes nor behind a backslash.
std::string_view without_comment(std::string_view line) {
    bool is_quoted = false;
    for (std::size_t index = 0; index < line.size(); ++index) {
        const char letter = line[index];
        if (letter == '"') {
            is_quoted = !is_quoted;
        } else if (!is_quoted && is_escape(line.substr(index))) {
            ++index;
        } else if ((letter == '#' || letter == '!') && !is_quoted) {
            return line.substr(0, index);
        }
    }
    return line;
}

/// The lines of one file, without comments; of a merge that was not finished only one version.
class FileLines {
public:
    FileLines(std::string_view text, std::size_t file, Report& report)
        : rest_(text), place_{1, 1, file}, report_(report) {
        const std::size_t last = text.rfind(theirs);
        behind_merges_ = last == std::string_view::npos ? 0 : text.size() - last;
    }

    std::optional<PlacedText> next() {
        while (!is_at_end_) {
            const std::size_t end = std::min(rest_.find('\n'), rest_.size());
            const PlacedText line{rest_.substr(0, end), place_};
            is_at_end_ = end == rest_.size();
            rest_.remove_prefix(is_at_end_ ? end : end + 1);
            ++place_.line;
            if (!is_of_merge(line)) {
                warn_of_length(line);
                return PlacedText{without_comment(line.text), line.place};
            }
        }
        return std::nullopt;
    }

private:
    /// Whether a line is a mark of an unfinished merge, or in the version that is left out.
    bool is_of_merge(const PlacedText& line) {
        if (is_marker(line.text, ours)) {
            report_.error(line.place, "a merge was not finished: two versions begin here",
                          "keep one of them, and remove the lines with <<<<<<<, ======= and "
                          ">>>>>>>");
            is_in_merge_ = true;
            return true;
        }
        if (is_marker(line.text, theirs)) {
            if (!is_in_merge_) {
                report_left_over(line.place);
            }
            is_in_merge_ = is_in_second_ = false;
            return true;
        }
        if (is_marker(line.text, middle) || is_marker(line.text, base)) {
            if (!is_in_merge_) {
                report_left_over(line.place);
            }
            // Without its end the second version would be the rest of the file.
            is_in_second_ = is_in_merge_ && rest_.size() >= behind_merges_ && behind_merges_ > 0;
            return true;
        }
        return is_in_second_;
    }

    void report_left_over(Place place) {
        report_.error(place, "this line is left over from a merge", "remove it");
    }

    void warn_of_length(const PlacedText& line) {
        if (line.text.size() > longest_keepalived_line) {
            report_.warning(line.place,
                            fmt::format("this line has {} bytes; keepalived leaves out lines of "
                                        "more than {}",
                                        line.text.size(), longest_keepalived_line));
        }
    }

    std::string_view rest_;
    Place place_;
    Report& report_;
    std::size_t behind_merges_ = 0;  ///< how much of the file follows the last mark of a merge
    bool is_at_end_ = false;
    bool is_in_merge_ = false;
    bool is_in_second_ = false;
};

/// Whether the line, behind its conditions, is a definition that the next one continues.
bool is_continued(std::string_view line) {
    std::string_view text = PlacedText{line, {}}.trimmed().text;
    if (!text.ends_with('\\')) {
        return false;
    }
    while (text.starts_with('@')) {
        const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
        text = PlacedText{text.substr(end), {}}.trimmed().text;
    }
    return !defined_name(text).empty();
}

class SourceReader {
public:
    SourceReader(const KeepalivedSettings& settings, Report& report)
        : settings_(settings), report_(report), expander_(settings, source_, report) {}

    KeepalivedSource read() {
        total_size_ = report_.files().front().text.size();
        read_file(0);
        if (expander_.is_exhausted()) {
            return {};  // nobody wants to know what else is wrong with so much
        }
        return std::move(source_);
    }

private:
    void read_file(std::size_t index) {
        const SourceFile& file = report_.files()[index];
        stack_.push_back(index);
        expander_.enter(folder_of(file.name, true));
        FileLines lines(file.text, index, report_);
        while (const auto line = lines.next()) {
            if (expander_.is_exhausted()) {
                break;
            }
            take(*line, lines);
        }
        stack_.pop_back();
    }

    void take(const PlacedText& line, FileLines& lines) {
        const PlacedText text = line.trimmed();
        const std::string_view word = first_word(text.text);
        if (is_include_word(word)) {
            include(word, text.from(word.size()).trimmed());
            source_.end_line(line);
            return;
        }
        if (word == "include_check") {
            check_includes(text.from(word.size()).trimmed());
        }
        std::vector<PlacedText> more;
        if (is_continued(line.text)) {
            while (const auto next = lines.next()) {
                const std::string_view continuation = next->trimmed().text;
                if (!continuation.empty()) {
                    more.push_back(*next);
                    if (!continuation.ends_with('\\')) {
                        break;
                    }
                }
            }
        }
        expander_.take(line, more);
    }

    void check_includes(const PlacedText& words) {
        const auto rules = checked_rules(words.text, rules_);
        if (!rules) {
            report_.error(words.place,
                          "include_check has a word that is none of read, match, wildcard_match "
                          "and brace_match");
            return;
        }
        rules_ = *rules;
    }

    void include(std::string_view word, PlacedText path) {
        if (path.text.size() > 1 && path.text.starts_with('"') && path.text.ends_with('"')) {
            path = path.first(path.text.size() - 1).from(1);
        }
        if (path.text.empty()) {
            report_.error(path.place, fmt::format("{} names no file", word));
        } else if (path.text.find('$') != std::string_view::npos) {
            report_.error(path.place, "definitions are not replaced in the path of an include",
                          "a relative path is looked for beside the file that includes it");
        } else if (!settings_.opens_files) {
            report_.error(path.place, "no file is included here");
        } else if (stack_.size() > deepest_include) {
            report_.error(path.place, fmt::format("files include each other deeper than {} times",
                                                  deepest_include));
        } else {
            const std::string folder = folder_of(current().name, false);
            for (const std::string& name : find_included(
                     path.text, folder, include_rules(word, rules_), path.place, report_)) {
                open(name, path.place);
            }
            expander_.enter(folder_of(current().name, true));
        }
    }

    [[nodiscard]] const SourceFile& current() const { return report_.files()[stack_.back()]; }

    /// The folder that a file is in, as its name says it or from the root on.
    static std::string folder_of(const std::string& name, bool is_absolute) {
        std::error_code error;
        const std::filesystem::path path =
            is_absolute ? std::filesystem::absolute(name, error) : std::filesystem::path(name);
        return path.lexically_normal().parent_path().string();
    }

    void open(const std::string& name, Place place) {
        const bool is_open = std::ranges::any_of(stack_, [&](std::size_t index) {
            std::error_code error;
            return std::filesystem::equivalent(name, report_.files()[index].name, error);
        });
        if (is_open) {
            report_.error(place, fmt::format("{} includes itself", in_quotes(name)));
            return;
        }
        auto content = load_content(name, max_text_size);
        if (!content) {
            report_.error(place, fmt::format("the included file {} cannot be read: {}",
                                             in_quotes(name), content.error()));
            return;
        }
        total_size_ += content->text.size();
        if (total_size_ > max_text_size || report_.files().size() >= most_files) {
            report_.error(place, fmt::format("with {} the files are more than {}, or larger than "
                                             "{} KiB together, the most that is read",
                                             in_quotes(name), most_files, max_text_size / 1024));
            return;
        }
        auto text = normalize(content->text);
        const std::size_t file = report_.add_file(
            {.name = name, .text = text.value_or(""), .is_public = content->is_public});
        if (!text) {
            const Place wrong = text.error().place;
            report_.error({wrong.line, wrong.column, file}, text.error().message);
            return;
        }
        read_file(file);
    }

    const KeepalivedSettings& settings_;
    Report& report_;
    KeepalivedSource source_;
    KeepalivedExpander expander_;
    IncludeRules rules_;
    std::vector<std::size_t> stack_;  ///< the files that are being read
    std::size_t total_size_ = 0;
};

}  // namespace

PlacedText PlacedText::first(std::size_t size) const {
    return {text.substr(0, size), place, is_fixed};
}

PlacedText PlacedText::from(std::size_t offset) const {
    Place begin = place;
    if (!is_fixed) {
        begin.column += characters_in(text.substr(0, offset));
    }
    return {text.substr(std::min(offset, text.size())), begin, is_fixed};
}

PlacedText PlacedText::trimmed() const {
    const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
    return first(text.find_last_not_of(" \t") + 1).from(begin);
}

void KeepalivedSource::append(const PlacedText& part) {
    if (part.text.empty()) {
        return;
    }
    if (part.place != next_ || part.is_fixed != is_fixed_) {
        pieces.push_back({text.size(), part.place, part.is_fixed});
    }
    text += part.text;
    is_fixed_ = part.is_fixed;
    next_ = part.place;
    if (!is_fixed_) {
        next_.column += characters_in(part.text);
    }
}

void KeepalivedSource::end_line(const PlacedText& line) {
    text += '\n';
    if (!line.is_fixed && !is_fixed_ && next_.line == line.place.line &&
        next_.file == line.place.file) {
        next_ = {line.place.line + 1, 1, line.place.file};
    } else {
        next_ = {};  // whatever follows begins a piece
    }
}

KeepalivedSource read_source(const KeepalivedSettings& settings, Report& report) {
    return SourceReader(settings, report).read();
}

}  // namespace config
