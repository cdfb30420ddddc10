#include "config/command.hpp"

#include "config/text.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

namespace config {

namespace {

constexpr std::array<std::string_view, 6> directories = {
    "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"};

/// The value of a digit of this base; nullopt where it is none.
std::optional<unsigned> digit_of(char letter, unsigned base) {
    const char lower = letter >= 'A' && letter <= 'F' ? static_cast<char>(letter + 32) : letter;
    const auto digit = std::string_view("0123456789abcdef").find(lower);
    return digit < base ? std::optional(static_cast<unsigned>(digit)) : std::nullopt;
}

/// Takes a text apart word by word.
class Splitter {
public:
    Splitter(std::string_view text, bool has_escapes) : text_(text), has_escapes_(has_escapes) {}

    Checked<std::vector<std::string>> split() {
        while (position_ < text_.size()) {
            const char letter = text_[position_++];
            if (letter == '"' || letter == '\'') {
                if (!take_quoted(letter)) {
                    return std::unexpected(Complaint{
                        fmt::format("the command {} has a quote without its end", in_quotes(text_)),
                        ""});
                }
            } else if (letter == ' ' || letter == '\t' || letter == '\n') {
                end_word();
            } else {
                take(letter == '\\' ? escaped(letter) : letter);
            }
        }
        end_word();
        return words_;
    }

private:
    void take(char letter) {
        word_.push_back(letter);
        is_in_word_ = true;
    }

    char escaped(char backslash) {
        if (position_ == text_.size()) {
            return backslash;
        }
        const char letter = text_[position_++];
        return has_escapes_ ? control(letter) : letter;
    }

    /// What an escape of this letter stands for.
    char control(char letter) {
        static constexpr std::string_view letters = "abEfnrtv";
        static constexpr std::string_view meanings = "\a\b\x1b\f\n\r\t\v";
        if (const auto found = letters.find(letter); found != std::string_view::npos) {
            return meanings[found];
        }
        if (letter == 'c' && position_ < text_.size()) {
            return static_cast<char>(text_[position_++] & 0x1f);
        }
        if (letter == 'x') {
            return number(16, 2).value_or(letter);
        }
        if (digit_of(letter, 8)) {
            --position_;
            return number(8, 3).value_or(letter);
        }
        return letter;
    }

    std::optional<char> number(unsigned base, int most_digits) {
        std::optional<unsigned> value;
        for (int i = 0; i < most_digits && position_ < text_.size(); ++i) {
            const auto digit = digit_of(text_[position_], base);
            if (!digit) {
                break;
            }
            value = value.value_or(0) * base + *digit;
            ++position_;
        }
        return value.transform([](unsigned byte) { return static_cast<char>(byte); });
    }

    bool take_quoted(char quote) {
        is_in_word_ = true;  // "" is a word too
        while (position_ < text_.size()) {
            const char letter = text_[position_++];
            if (letter == quote) {
                return true;
            }
            const bool is_escape =
                quote == '"' && letter == '\\' && position_ < text_.size() &&
                (has_escapes_ || text_[position_] == '"' || text_[position_] == '\\');
            word_.push_back(is_escape ? escaped(letter) : letter);
        }
        return false;
    }

    void end_word() {
        if (is_in_word_) {
            words_.push_back(std::exchange(word_, {}));
            is_in_word_ = false;
        }
    }

    std::string_view text_;
    bool has_escapes_;
    std::size_t position_ = 0;
    std::string word_;
    bool is_in_word_ = false;
    std::vector<std::string> words_;
};

/// The words of a text with their quotes; those that begin outside of quotes are what an operator
/// can be.
std::vector<std::string_view> written_words(std::string_view text) {
    std::vector<std::string_view> words;
    char quote = '\0';
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= text.size(); ++i) {
        const char letter = i < text.size() ? text[i] : ' ';
        if (letter == '\\' && quote != '\'') {
            ++i;
        } else if (quote != '\0') {
            quote = letter == quote ? '\0' : quote;
        } else if (letter == '"' || letter == '\'') {
            quote = letter;
        } else if (letter == ' ' || letter == '\t' || letter == '\n') {
            if (i > begin) {
                words.push_back(text.substr(begin, std::min(i, text.size()) - begin));
            }
            begin = i + 1;
        }
    }
    if (begin < text.size()) {
        words.push_back(text.substr(begin));
    }
    return words;
}

/// A word without its quotes, but with its backslashes, which are for the second splitting.
std::string without_quotes(std::string_view word) {
    std::string rest;
    char quote = '\0';
    for (std::size_t i = 0; i < word.size(); ++i) {
        const char letter = word[i];
        if (letter == quote) {
            quote = '\0';
        } else if (quote == '\0' && (letter == '"' || letter == '\'')) {
            quote = letter;
        } else {
            const bool is_escape = letter == '\\' && quote != '\'' && i + 1 < word.size();
            // A quote within quotes is what the backslash was for.
            if (!is_escape || quote != '"' || word[i + 1] != '"') {
                rest.push_back(letter);
            }
            if (is_escape) {
                rest.push_back(word[++i]);
            }
        }
    }
    return rest;
}

/// What is left of a word without what stands in single quotes or after a backslash, or, for
/// operators, in double ones.
std::string unquoted(std::string_view word, bool keeps_double_quoted) {
    std::string rest;
    char quote = '\0';
    for (std::size_t i = 0; i < word.size(); ++i) {
        const char letter = word[i];
        if (letter == '\\' && quote != '\'') {
            ++i;
        } else if (letter == quote) {
            quote = '\0';
        } else if (quote == '\0' && (letter == '"' || letter == '\'')) {
            quote = letter;
        } else if (quote == '\0' || (quote == '"' && keeps_double_quoted)) {
            rest.push_back(letter);
        }
    }
    return rest;
}

/// The redirection that a word begins with: "2>", ">", "<", "&>"; empty where there is none.
std::string redirection_of(std::string_view word) {
    const std::size_t sign = std::min(word.find_first_not_of("0123456789&"), word.size());
    const bool is_one = sign < word.size() && (word[sign] == '>' || word[sign] == '<');
    return is_one ? std::string(word.substr(0, sign + 1)) : "";
}

std::string shell_syntax_of(std::string_view word, bool is_first) {
    const std::string expanded = unquoted(word, true);
    if (expanded.find("$(") != std::string::npos) {
        return "$(";
    }
    if (expanded.find('`') != std::string::npos) {
        return "`";
    }
    const std::string plain = unquoted(word, false);
    for (const std::string_view sign : {"|", "||", "&", "&&", ";", "|&"}) {
        if (plain == sign && word == sign) {
            return std::string(sign);
        }
    }
    if (plain.ends_with(';') && word.ends_with(';')) {
        return ";";
    }
    if (is_first) {
        const std::size_t sign = plain.find_first_of("|&;<>");
        return sign == std::string::npos ? "" : plain.substr(sign, 1);
    }
    return word.front() == '"' || word.front() == '\'' ? "" : redirection_of(plain);
}

}  // namespace

Checked<std::vector<std::string>> split_command(std::string_view text) {
    return Splitter(text, false).split();
}

Checked<std::vector<std::string>> split_command_with_escapes(std::string_view text) {
    return Splitter(text, true).split();
}

std::string first_written_word(std::string_view text) {
    const auto words = written_words(text);
    return words.empty() ? "" : without_quotes(words.front());
}

std::string find_shell_syntax(std::string_view text) {
    bool is_first = true;
    for (const std::string_view word : written_words(text)) {
        if (auto syntax = shell_syntax_of(word, std::exchange(is_first, false)); !syntax.empty()) {
            return syntax;
        }
    }
    return "";
}

std::vector<std::string> shell_command(std::string line) {
    return {"/bin/sh", "-c", std::move(line)};
}

Checked<Program> find_program(std::vector<std::string> command) {
    if (command.empty() || command.front().empty()) {
        return std::unexpected(Complaint{"the command is empty", "write \"/path/to/program\""});
    }
    for (const std::string& argument : command) {
        if (argument.find('\0') != std::string::npos) {
            return std::unexpected(Complaint{"the command contains a zero byte", ""});
        }
    }
    const std::string name = command.front();
    if (name.starts_with('/')) {
        return Program{std::move(command), {}};
    }
    if (name.find('/') != std::string::npos) {
        return std::unexpected(Complaint{fmt::format("{} is not an absolute path", in_quotes(name)),
                                         "write the path from the root on, with a leading slash"});
    }
    for (const std::string_view directory : directories) {
        const std::string path = fmt::format("{}/{}", directory, name);
        if (::access(path.c_str(), X_OK) == 0) {
            command.front() = path;
            return Program{std::move(command), {}};
        }
    }
    // A bare name would be executed in the daemon's working directory.
    command.front() = fmt::format("{}/{}", directories.front(), name);
    return Program{
        std::move(command),
        {fmt::format("the program {} is in none of the usual directories", in_quotes(name)),
         "write its whole path, and start the daemon again; it is looked up only then"}};
}

}  // namespace config
