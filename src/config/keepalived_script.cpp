#include "config/keepalived_script.hpp"

#include "config/command.hpp"
#include "config/keepalived_keywords.hpp"
#include "config/text.hpp"
#include "config/values.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace config {

namespace {

/// What stands on the line after its keyword, as it is written.
std::string_view written_value(const KeepalivedLine& line, std::string_view text) {
    const KeepalivedToken& first = line.words[1];
    const KeepalivedToken& last = line.words.back();
    return text.substr(first.offset, last.offset + last.size - first.offset);
}

/// The words of a script line: split as a shell would, and its first part, which may be the whole
/// command in quotes, once more, with the escapes that keepalived knows.
Checked<std::vector<std::string>> split_script(std::string_view written) {
    auto words = split_command(written);
    if (!words || words->empty()) {
        return words;
    }
    auto command = split_command_with_escapes(first_written_word(written));
    if (command) {
        command->insert(command->end(), words->begin() + 1, words->end());
    }
    return command;
}

/// The line that a shell would be given: without the quotes around the whole of it.
std::string shell_line(std::string_view written) {
    const auto words = split_command(written);
    return words && words->size() == 1 ? words->front() : std::string(written);
}

/// A text file without "#!" at its beginning: the kernel runs none, and keepalived has the shell do
/// it.
bool needs_shell(const std::string& path) {
    std::array<char, 256> beginning{};
    std::ifstream file(path, std::ios::binary);
    file.read(beginning.data(), beginning.size());
    const std::string_view text(beginning.data(), static_cast<std::size_t>(file.gcount()));
    return std::filesystem::is_regular_file(path) && !text.empty() && !text.starts_with("#!") &&
           text.find('\0') == std::string_view::npos && ::access(path.c_str(), X_OK) == 0;
}

Checked<std::string> to_user_name(const KeepalivedToken& word, const std::string& text,
                                  std::string_view what, Report& report) {
    auto name = to_name(what, text);
    if (!name) {
        report.error(word.place, name.error());
    }
    return name;
}

class ScriptReader {
public:
    ScriptReader(std::string_view text, Report& report) : text_(text), report_(report) {}

    CheckDraft read(const KeepalivedLine& line) {
        static constexpr auto keywords = std::to_array<KeepalivedKeyword<ScriptReader>>({
            {"script", &ScriptReader::take_script},
            {"interval", &ScriptReader::take_interval},
            {"timeout", &ScriptReader::take_timeout},
            {"weight", &ScriptReader::take_weight},
            {"rise", &ScriptReader::take_rise},
            {"fall", &ScriptReader::take_fall},
            {"user", &ScriptReader::take_user},
            {"init_fail", &ScriptReader::take_init_fail},
        });
        draft_.place = line.value_place();
        draft_.kind = "vrrp_script";
        draft_.probe_place = draft_.place;
        take_name(line);
        read_keywords(line.block, "vrrp_script",
                      std::span<const KeepalivedKeyword<ScriptReader>>(keywords), *this, report_);
        if (!has_script_) {
            report_.error(
                draft_.place,
                fmt::format("vrrp_script {} has no script",
                            draft_.check.name.empty() ? "without a name" : draft_.check.name),
                "add a line such as: script \"/path/to/script\"");
        }
        draft_.check.timeout = timeout_.value_or(draft_.check.interval);
        draft_.check.probe = probe_;
        return draft_;
    }

private:
    void take_name(const KeepalivedLine& line) {
        const auto name = single_value(line, report_);
        if (!name) {
            return;
        }
        draft_.check.name = *name;
        if (const auto valid = to_name("the script's name", *name); !valid) {
            report_.error(draft_.place, valid.error());
        }
    }

    void take_script(const KeepalivedLine& line) {
        has_script_ = true;
        draft_.probe_place = line.value_place();
        if (line.words.size() == 1) {
            report_.error(line.place(), "script has no value");
            return;
        }
        probe_.command =
            read_keepalived_command(written_value(line, text_), draft_.probe_place, report_);
    }

    std::optional<vrrp::Duration> time_value(const KeepalivedLine& line) {
        auto time = seconds_value(line, report_);
        if (!time) {
            return std::nullopt;
        }
        if (*time == vrrp::Duration::zero()) {
            return std::chrono::seconds(1);  // as keepalived reads it
        }
        if (*time < min_script_time || *time > max_script_time) {
            report_.error(line.value_place(), fmt::format("{} is out of range, expected 0.01 to "
                                                          "3600 seconds",
                                                          line.keyword()));
            return std::nullopt;
        }
        return time;
    }

    void take_interval(const KeepalivedLine& line) {
        draft_.check.interval = time_value(line).value_or(draft_.check.interval);
    }
    void take_timeout(const KeepalivedLine& line) { timeout_ = time_value(line); }
    /// "weight NUMBER [reverse|noreverse]"
    void take_weight(const KeepalivedLine& line) {
        const std::string direction = line.words.size() == 3 ? line.words[2].text : "";
        const bool has_direction = direction == "reverse" || direction == "noreverse";
        const auto weight = has_direction
                                ? to_number(line.words[1], "weight", weight_range, report_)
                                : number_value(line, weight_range, report_);
        draft_.check.weight = weight == 0 ? std::nullopt : weight;
        draft_.is_reversed = direction == "reverse";
    }
    void take_rise(const KeepalivedLine& line) {
        draft_.check.rise = number_value(line, count_range, report_).value_or(1);
    }
    void take_fall(const KeepalivedLine& line) {
        draft_.check.fall = number_value(line, count_range, report_).value_or(1);
    }
    void take_user(const KeepalivedLine& line) {
        const ScriptUser user = read_user(line, report_);
        probe_.user = user.user;
        probe_.group = user.group;
        draft_.user_place = line.value_place();
    }
    void take_init_fail(const KeepalivedLine& line) {
        expect_alone(line, report_);
        draft_.check.initially = health::Verdict::bad;
    }

    std::string_view text_;
    Report& report_;
    CheckDraft draft_;
    health::ScriptProbeConfig probe_;
    std::optional<vrrp::Duration> timeout_;
    bool has_script_ = false;
};

}  // namespace

CheckDraft read_keepalived_script(const KeepalivedLine& line, std::string_view text,
                                  Report& report) {
    return ScriptReader(text, report).read(line);
}

std::vector<std::string> read_keepalived_command(std::string_view written, Place place,
                                                 Report& report) {
    const std::string line = shell_line(written);
    if (line.starts_with('<')) {
        // The shell opens the file, and does nothing with it.
        return shell_command(line);
    }
    if (const std::string syntax = find_shell_syntax(line); !syntax.empty()) {
        report.warning(place,
                       fmt::format("{} makes this a line for the shell, which runs it; "
                                   "keepalived hands such signs to the program",
                                   in_quotes(syntax)),
                       "put the line into a script file, or what is meant for the program "
                       "into quotes");
        return shell_command(line);
    }
    auto words = split_script(written);
    auto program = words ? find_program(std::move(*words)) : std::unexpected(words.error());
    if (!program) {
        report.error(place, program.error());
        return {};
    }
    if (!program->warning.message.empty()) {
        report.warning(place, program->warning.message, program->warning.advice);
    }
    std::vector<std::string> command = std::move(program->command);
    if (needs_shell(command.front())) {
        report.warning(place,
                       fmt::format("{} does not begin with #!, so the shell runs it",
                                   in_quotes(command.front())),
                       "let its first line be #!/bin/sh");
        command.insert(command.begin(), "/bin/sh");
    }
    return command;
}

ScriptUser read_user(const KeepalivedLine& line, Report& report) {
    // "USER", "USER GROUP", "USER:GROUP", "USER :GROUP", "USER : GROUP"
    std::vector<std::pair<KeepalivedToken, std::string>> names;
    std::optional<Place> colon;
    for (std::size_t i = 1; i < line.words.size(); ++i) {
        std::string_view text = line.words[i].text;
        while (!text.empty()) {
            const std::size_t size = std::min(text.find(':'), text.size());
            if (size > 0) {
                names.emplace_back(line.words[i], text.substr(0, size));
            }
            if (size < text.size()) {
                colon = line.words[i].place;
            }
            text.remove_prefix(std::min(size + 1, text.size()));
        }
    }
    if (names.empty() || names.size() > 2) {
        report.error(line.value_place(),
                     fmt::format("{} is followed by the name of a user, and maybe of a group",
                                 line.keyword()));
        return {};
    }
    if (colon) {
        report.warning(*colon, "the user's other groups are not given to scripts here",
                       "let the script's own group be the one that it needs");
    }
    const auto user = to_user_name(names[0].first, names[0].second, line.keyword(), report);
    const auto group = names.size() < 2 ? Checked<std::string>("")
                                        : to_user_name(names[1].first, names[1].second,
                                                       "the group of " + line.keyword(), report);
    return {user.value_or(""), group.value_or("")};
}

}  // namespace config
