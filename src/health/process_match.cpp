#include "health/process_match.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "health/process_files.hpp"

namespace health {

namespace {

/// As long as a comm can be.
constexpr std::size_t longest_comm = 15;

/// How much of a command line is looked at.
constexpr std::size_t longest_line = 4096;

std::string_view base_name(std::string_view path) {
    return path.substr(path.rfind('/') + 1);
}

/// argv[0] is the path as it was called, or a title such as "nginx: worker process".
bool is_called(std::string_view argument, std::string_view name) {
    return base_name(argument) == name ||
           base_name(argument.substr(0, argument.find_first_of(": "))) == name;
}

/// What an executable and argv[0] say of a process.
struct Program {
    std::string path;         ///< of the executable; empty: it may not be seen, or there is none
    std::string called;       ///< argv[0], where the executable may not be seen
    bool is_visible = false;  ///< whether `path` is what counts
};

std::expected<Program, int> read_program(int folder, const std::string& process) {
    std::array<char, 4096> buffer;
    const ssize_t size =
        readlinkat(folder, (process + "/exe").c_str(), buffer.data(), buffer.size());
    if (size >= 0) {
        std::string_view path(buffer.data(), static_cast<std::size_t>(size));
        constexpr std::string_view deleted = " (deleted)";  // by an upgrade of its package
        if (path.ends_with(deleted)) {
            path.remove_suffix(deleted.size());
        }
        return Program{.path = std::string(path), .called = "", .is_visible = true};
    }
    if (errno != EACCES && errno != EPERM) {
        return Program{.path = "", .called = "", .is_visible = true};
    }
    const auto line = read_at(folder, process + "/cmdline", buffer);
    if (!line) {
        return std::unexpected(line.error());
    }
    return Program{
        .path = "", .called = std::string(line->substr(0, line->find('\0'))), .is_visible = false};
}

/// A name that no comm can hold needs the executable's word.
std::expected<bool, int> has_name(int folder, const std::string& process, std::string_view name) {
    if (name.size() <= longest_comm) {
        std::array<char, 64> buffer;
        const auto comm = read_at(folder, process + "/comm", buffer);
        if (!comm) {
            return std::unexpected(comm.error());
        }
        if (comm->substr(0, comm->rfind('\n')) == name) {
            return true;
        }
    }
    const auto program = read_program(folder, process);
    if (!program) {
        return std::unexpected(program.error());
    }
    return program->is_visible ? base_name(program->path) == name
                               : is_called(program->called, name);
}

/// The arguments, joined by single blanks. A title that a process gave itself may end in zeros.
std::expected<std::string, int> read_command_line(int folder, const std::string& process) {
    std::array<char, longest_line> buffer;
    const auto text = read_at(folder, process + "/cmdline", buffer);
    if (!text) {
        return std::unexpected(text.error());
    }
    std::string line(text->substr(0, text->find_last_not_of(std::string_view("\0 ", 2)) + 1));
    std::ranges::replace(line, '\0', ' ');
    return line;
}

}  // namespace

std::expected<ProcessMatch, std::string> ProcessMatch::create(const ProcessPattern& pattern) {
    if (const auto* const name = std::get_if<ProcessName>(&pattern)) {
        return ProcessMatch(*name);
    }
    if (const auto* const executable = std::get_if<ProcessExecutable>(&pattern)) {
        return ProcessMatch(Executable{.path = executable->path, .resolved = {}});
    }
    const auto& line = std::get<ProcessCommandLine>(pattern);
    CommandLine wanted{.text = line.text, .match = line.match, .expression = {}};
    if (line.match == Match::expression) {
        auto expression = Expression::compile(line.text);
        if (!expression) {
            return std::unexpected(expression.error());
        }
        wanted.expression = std::move(*expression);
    }
    return ProcessMatch(std::move(wanted));
}

std::string ProcessMatch::program() const {
    const auto* const executable = std::get_if<Executable>(&meaning_);
    return executable != nullptr ? executable->path : "";
}

bool ProcessMatch::set_program_place(const std::string& place) {
    auto* const executable = std::get_if<Executable>(&meaning_);
    if (executable == nullptr || executable->resolved == place) {
        return false;
    }
    executable->resolved = place;
    return true;
}

std::expected<bool, int> ProcessMatch::is_meant(int folder, const std::string& process) const {
    if (const auto* const name = std::get_if<ProcessName>(&meaning_)) {
        return has_name(folder, process, name->name);
    }
    if (const auto* const executable = std::get_if<Executable>(&meaning_)) {
        return runs(folder, process, *executable);
    }
    const auto line = read_command_line(folder, process);
    if (!line) {
        return std::unexpected(line.error());
    }
    return is_meant(std::get<CommandLine>(meaning_), *line);
}

std::expected<bool, int> ProcessMatch::runs(int folder, const std::string& process,
                                            const Executable& wanted) {
    const auto program = read_program(folder, process);
    if (!program) {
        return std::unexpected(program.error());
    }
    const std::string& path = program->is_visible ? program->path : program->called;
    return !path.empty() && (path == wanted.path || path == wanted.resolved);
}

bool ProcessMatch::is_meant(const CommandLine& wanted, const std::string& line) {
    if (line.empty()) {
        return false;  // a kernel thread or a zombie
    }
    switch (wanted.match) {
        case Match::exact: return line == wanted.text;
        case Match::prefix: return line.starts_with(wanted.text);
        case Match::expression: return wanted.expression->matches(line);
    }
    return false;
}

std::string ProcessMatch::comm() const {
    const auto* const name = std::get_if<ProcessName>(&meaning_);
    return name != nullptr && name->name.size() <= longest_comm ? name->name : "";
}

bool ProcessMatch::is_silent() const {
    return std::holds_alternative<CommandLine>(meaning_);
}

std::string ProcessMatch::describe_none() const {
    if (const auto* const name = std::get_if<ProcessName>(&meaning_)) {
        return "no process is named " + name->name;
    }
    if (const auto* const executable = std::get_if<Executable>(&meaning_)) {
        return "no process runs " + executable->path;
    }
    const auto& wanted = std::get<CommandLine>(meaning_);
    switch (wanted.match) {
        case Match::exact: return "no process has the command line " + wanted.text;
        case Match::prefix: return "no process has a command line that begins with " + wanted.text;
        case Match::expression: return "no process has a command line that matches " + wanted.text;
    }
    return "";
}

}  // namespace health
