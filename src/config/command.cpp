#include "config/command.hpp"

#include "config/text.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <utility>

namespace config {

namespace {

constexpr std::array<std::string_view, 6> directories = {
    "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"};

/// Takes a text apart word by word.
class Splitter {
public:
    explicit Splitter(std::string_view text) : text_(text) {}

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
        return position_ < text_.size() ? text_[position_++] : backslash;
    }

    bool take_quoted(char quote) {
        is_in_word_ = true;  // "" is a word too
        while (position_ < text_.size()) {
            const char letter = text_[position_++];
            if (letter == quote) {
                return true;
            }
            const bool is_escape = quote == '"' && letter == '\\' && position_ < text_.size() &&
                                   (text_[position_] == '"' || text_[position_] == '\\');
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
    std::size_t position_ = 0;
    std::string word_;
    bool is_in_word_ = false;
    std::vector<std::string> words_;
};

}  // namespace

Checked<std::vector<std::string>> split_command(std::string_view text) {
    return Splitter(text).split();
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
