#pragma once

#include "health/expression.hpp"
#include "health/probe_config.hpp"

#include <expected>
#include <string>
#include <variant>

namespace health {

/// What a process is known by, as it shows itself in /proc: its name, its program or its command
/// line.
class ProcessMatch {
public:
    /// Says what is wrong with an expression. The pattern is one of those three.
    [[nodiscard]] static std::expected<ProcessMatch, std::string> create(
        const ProcessPattern& pattern);

    /// The path of the program that is meant; empty: another thing is.
    [[nodiscard]] std::string program() const;
    /// Where that path leads, without symbolic links; empty: nowhere. Whether that is news.
    bool set_program_place(const std::string& place);

    /// Whether a process, which has a folder of that name below an open one such as /proc, is
    /// meant; an errno where it can't be looked at.
    [[nodiscard]] std::expected<bool, int> is_meant(int folder, const std::string& process) const;

    /// A name that the kernel tells when a process takes it; empty: no such name is enough.
    [[nodiscard]] std::string comm() const;
    /// Whether a process can become one that is meant without the kernel telling that.
    [[nodiscard]] bool is_silent() const;
    /// "no process is named nginx"
    [[nodiscard]] std::string describe_none() const;

private:
    struct Executable {
        std::string path;
        std::string resolved;  ///< without symbolic links; empty: it leads nowhere
    };
    struct CommandLine {
        std::string text;
        Match match = Match::exact;
        std::optional<Expression> expression;
    };
    using Meaning = std::variant<ProcessName, Executable, CommandLine>;

    explicit ProcessMatch(Meaning meaning) : meaning_(std::move(meaning)) {}

    [[nodiscard]] static std::expected<bool, int> runs(int folder, const std::string& process,
                                                       const Executable& wanted);
    [[nodiscard]] static bool is_meant(const CommandLine& wanted, const std::string& line);

    Meaning meaning_;
};

}  // namespace health
