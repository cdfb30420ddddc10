#include "config/secret_lines.hpp"

#include "config/format.hpp"
#include "config/keepalived_definitions.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <string>

namespace config {

namespace {

constexpr std::array<std::string_view, 9> secret_words = {
    "pass", "secret", "key", "hmac", "auth", "header", "token", "cookie", "credential"};
/// What a probe sends.
constexpr std::array<std::string_view, 3> sent_words = {"send", "body", "payload"};
/// Keywords with such a word that no secret follows.
constexpr std::array<std::string_view, 4> harmless_words = {"auth_type", "authentication",
                                                            "auth_hmac", "active_key"};
constexpr int most_rounds = 8;  // of definitions that are used in each other

using Names = std::set<std::string, std::less<>>;

std::string in_lower_case(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), [](char letter) {
        return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    });
    return result;
}

bool has_one_of(std::string_view text, std::span<const std::string_view> words) {
    return std::ranges::any_of(
        words, [text](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

/// "https://user:password@host", "program -p password", "-u user:password"
bool has_hidden_form(std::string_view text) {
    const std::size_t address = text.find("://");
    return (address != std::string_view::npos &&
            text.find('@', address) != std::string_view::npos) ||
           text.find(" -p") != std::string_view::npos || text.find(" -u") != std::string_view::npos;
}

std::string_view without_blanks(std::string_view text) {
    const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
    return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

std::size_t count_of(std::string_view text, std::string_view part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string_view::npos;
         at = text.find(part, at + part.size())) {
        ++count;
    }
    return count;
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        lines.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return lines;
}

/// A keepalived.conf, line by line.
class KeepalivedScan {
public:
    bool hides(std::string_view line) {
        const std::string text = in_lower_case(without_blanks(line));
        if (!is_in_block_ && begins_block(text)) {
            is_in_block_ = true;
            has_opened_ = false;
            depth_ = 0;
        }
        const bool is_own = has_one_of(text, secret_words) || has_hidden_form(text);
        const bool is_hidden = is_own || is_in_block_ || is_in_quotes_ || goes_on_;
        const bool has_half_quote = count_of(text, "\"") % 2 != 0;
        is_in_quotes_ = is_hidden && has_half_quote != is_in_quotes_;
        goes_on_ = is_hidden && text.ends_with('\\');
        count_braces(text);
        return is_hidden;
    }

private:
    static bool begins_block(std::string_view text) {
        return text.find("authentication") != std::string_view::npos ||
               text.find("auth_hmac") != std::string_view::npos ||
               (text.starts_with("auth") && !text.starts_with("auth_pass") &&
                !text.starts_with("auth_type"));
    }

    void count_braces(std::string_view text) {
        const std::size_t opened = count_of(text, "{");
        const std::size_t closed = count_of(text, "}");
        depth_ += static_cast<std::ptrdiff_t>(opened) - static_cast<std::ptrdiff_t>(closed);
        has_opened_ = has_opened_ || opened > 0;
        if ((has_opened_ && depth_ <= 0) || (depth_ < 0)) {
            is_in_block_ = false;
        }
    }

    bool is_in_block_ = false;  ///< or in front of its brace
    bool has_opened_ = false;
    bool is_in_quotes_ = false;
    bool goes_on_ = false;
    std::ptrdiff_t depth_ = 0;
};

/// A TOML file, line by line.
class TomlScan {
public:
    bool hides(std::string_view line) {
        const std::string text = in_lower_case(without_blanks(line));
        const bool is_own =
            has_one_of(text, secret_words) || has_one_of(text, sent_words) || has_hidden_form(text);
        if (text.starts_with('[') && text.find('=') == std::string::npos && !is_in_text_) {
            is_secret_table_ = is_own;
            goes_on_ = false;
        } else if (begins_key(text) && !is_in_text_ && !has_half_quote_) {
            goes_on_ = false;
        }
        const bool is_hidden =
            is_own || is_secret_table_ || is_in_text_ || goes_on_ || has_half_quote_;
        const std::size_t ends = count_of(text, "\"\"\"") + count_of(text, "'''");
        const std::size_t quotes = count_of(text, "\"") - 3 * count_of(text, "\"\"\"");
        const std::size_t apostrophes = count_of(text, "'") - 3 * count_of(text, "'''");
        is_in_text_ = is_hidden && ((ends % 2 != 0) != is_in_text_);
        has_half_quote_ = is_hidden && !is_in_text_ && (quotes % 2 != 0 || apostrophes % 2 != 0);
        goes_on_ = is_hidden;
        return is_hidden;
    }

private:
    /// "key =", as no line within a value begins.
    static bool begins_key(std::string_view text) {
        const std::size_t end = text.find('=');
        return end != std::string_view::npos && end > 0 &&
               text.substr(0, end).find_first_of("{[,") == std::string_view::npos;
    }

    bool is_secret_table_ = false;
    bool is_in_text_ = false;      ///< of several lines
    bool has_half_quote_ = false;  ///< the line before had a quote without its end
    bool goes_on_ = false;         ///< the line before was hidden, and its value may go on
};

/// The names that a line takes from definitions.
void add_names(std::string_view line, Names& names) {
    for (std::size_t at = line.find('$'); at != std::string_view::npos;
         at = line.find('$', at + 1)) {
        const auto mention = find_mention(line.substr(at));
        if (mention && !mention->name.starts_with('_')) {
            names.emplace(mention->name);
        }
    }
}

bool is_in_name(char letter) {
    return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') ||
           (letter >= 'A' && letter <= 'Z') || letter == '_';
}

bool has_name(std::string_view text, const Names& names) {
    while (!text.empty()) {
        const auto end = std::ranges::find_if_not(text, is_in_name);
        const auto size = static_cast<std::size_t>(end - text.begin());
        if (names.contains(text.substr(0, size))) {
            return true;
        }
        text.remove_prefix(std::max<std::size_t>(size, 1));
    }
    return false;
}

/// Whether a line defines one of the names, by $NAME= or by a list in front of it.
bool defines_one(std::string_view line, const Names& names) {
    for (std::size_t at = line.find('$'); at != std::string_view::npos;
         at = line.find('$', at + 1)) {
        if (names.contains(defined_name(line.substr(at)))) {
            return true;
        }
    }
    const std::size_t list = line.find("~LST(");
    return list != std::string_view::npos && has_name(line.substr(list), names);
}

template <class Scan>
std::vector<bool> hidden_lines(std::span<const std::string_view> lines) {
    Scan scan;
    std::vector<bool> hidden;
    for (const std::string_view line : lines) {
        hidden.push_back(scan.hides(line));
    }
    return hidden;
}

/// Hides the definitions of these names, with the lines that go on with them; returns the names
/// that those use.
Names hide_definitions(std::span<const std::string_view> lines, const Names& names,
                       std::vector<bool>& hidden) {
    Names used;
    bool goes_on = false;
    for (std::size_t index = 0; index < lines.size(); ++index) {
        if (goes_on || defines_one(lines[index], names)) {
            hidden[index] = true;
            add_names(lines[index], used);
            const std::string_view text = without_blanks(lines[index]);
            goes_on = text.ends_with('\\') || (goes_on && text.empty());
        }
    }
    return used;
}

}  // namespace

bool has_secret_word(std::string_view text) {
    return has_one_of(in_lower_case(text), secret_words);
}

bool gives_secret(std::string_view line) {
    const std::string_view text = without_blanks(line);
    const std::string_view word = text.substr(0, text.find_first_of(" \t{"));
    const bool is_harmless = std::ranges::find(harmless_words, word) != harmless_words.end() &&
                             text.find("pass") == std::string_view::npos;
    return !is_harmless && !text.starts_with('$') && has_secret_word(text);
}

SecretLines::SecretLines(const std::deque<SourceFile>& files) {
    std::vector<std::vector<std::string_view>> lines;
    Names names;
    for (const SourceFile& file : files) {
        lines.push_back(lines_of(file.text));
        const bool is_toml = format_of(file.name, file.text) == Format::toml && files.size() == 1;
        files_.push_back(is_toml ? hidden_lines<TomlScan>(lines.back())
                                 : hidden_lines<KeepalivedScan>(lines.back()));
        for (std::size_t index = 0; index < lines.back().size(); ++index) {
            if (files_.back()[index]) {
                add_names(lines.back()[index], names);
            }
        }
    }
    for (int round = 0; round < most_rounds && !names.empty(); ++round) {
        Names more;
        for (std::size_t file = 0; file < files_.size(); ++file) {
            more.merge(hide_definitions(lines[file], names, files_[file]));
        }
        std::erase_if(more, [&names](const std::string& name) { return names.contains(name); });
        if (more.empty()) {
            return;
        }
        names.merge(more);
    }
    if (!names.empty()) {
        for (std::vector<bool>& hidden : files_) {
            hidden.assign(hidden.size(), true);  // so much in each other is nothing to look through
        }
    }
}

bool SecretLines::has(Place place) const {
    return place.line == 0 || place.file >= files_.size() ||
           place.line > files_[place.file].size() || files_[place.file][place.line - 1];
}

void show_lines(Diagnostics& diagnostics, const std::deque<SourceFile>& files) {
    if (diagnostics.empty()) {
        return;
    }
    const SecretLines secrets(files);
    std::vector<std::vector<std::string_view>> lines;
    for (const SourceFile& file : files) {
        lines.push_back(lines_of(file.text));
    }
    for (Diagnostic& diagnostic : diagnostics) {
        const Place place = diagnostic.place;
        if (!secrets.has(place)) {
            diagnostic.source = lines[place.file][place.line - 1];
        }
    }
}

}  // namespace config
