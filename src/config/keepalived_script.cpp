#include "config/keepalived_script.hpp"

#include "config/command.hpp"
#include "config/keepalived_keywords.hpp"
#include "config/text.hpp"
#include "config/values.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace config {

namespace {

/// Escapes that would become other characters than the letter itself; our splitter knows none.
bool has_special_escape(std::string_view text) {
    for (std::size_t offset = text.find('\\'); offset != std::string_view::npos;
         offset = text.find('\\', offset + 2)) {
        const char letter = offset + 1 < text.size() ? text[offset + 1] : '\\';
        if (std::string_view("abEfnrtvxc01234567").find(letter) != std::string_view::npos) {
            return true;
        }
    }
    return false;
}

/// What stands on the line after its keyword, as it is written.
std::string_view written_value(const KeepalivedLine& line, std::string_view text) {
    const KeepalivedToken& first = line.words[1];
    const KeepalivedToken& last = line.words.back();
    return text.substr(first.offset, last.offset + last.size - first.offset);
}

/// The command of a script line: split as a shell would, and its first part, which may be the whole
/// command in quotes, once more.
Checked<std::vector<std::string>> split_script(std::string_view written) {
    if (has_special_escape(written)) {
        return std::unexpected(Complaint{"escapes such as \\n are not read yet in a script",
                                         "put the command into a script file"});
    }
    auto words = split_command(written);
    if (!words || words->empty()) {
        return words;
    }
    auto command = split_command(words->front());
    if (command) {
        command->insert(command->end(), words->begin() + 1, words->end());
    }
    return command;
}

class ScriptReader {
public:
    ScriptReader(std::string_view text, Report& report) : text_(text), report_(report) {}

    CheckDraft read(const KeepalivedLine& line) {
        static constexpr std::array<KeepalivedKeyword<ScriptReader>, 7> keywords = {{
            {"script", &ScriptReader::take_script},
            {"interval", &ScriptReader::take_interval},
            {"timeout", &ScriptReader::take_timeout},
            {"weight", &ScriptReader::take_weight},
            {"rise", &ScriptReader::take_rise},
            {"fall", &ScriptReader::take_fall},
            {"user", &ScriptReader::take_user},
        }};
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
        const std::string_view written = written_value(line, text_);
        if (written.starts_with('<') || written.starts_with("\"<")) {
            report_.error(draft_.probe_place, "redirections (</path) are not read yet",
                          "put them into a script file");
            return;
        }
        auto command = split_script(written);
        if (!command) {
            report_.error(draft_.probe_place, command.error());
            return;
        }
        auto program = find_program(std::move(*command));
        if (!program) {
            report_.error(draft_.probe_place, program.error());
            return;
        }
        if (!program->warning.message.empty()) {
            report_.warning(draft_.probe_place, program->warning.message, program->warning.advice);
        }
        probe_.command = std::move(program->command);
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
    void take_weight(const KeepalivedLine& line) {
        const auto weight = number_value(line, weight_range, report_);
        draft_.check.weight = weight == 0 ? std::nullopt : weight;
    }
    void take_rise(const KeepalivedLine& line) {
        draft_.check.rise = number_value(line, count_range, report_).value_or(1);
    }
    void take_fall(const KeepalivedLine& line) {
        draft_.check.fall = number_value(line, count_range, report_).value_or(1);
    }
    void take_user(const KeepalivedLine& line) {
        probe_.user = read_user(line, report_);
        draft_.user_place = line.value_place();
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

std::string read_user(const KeepalivedLine& line, Report& report) {
    if (line.words.size() > 2) {
        report.error(line.words[2].place,
                     fmt::format("a group after {} is not read yet", line.keyword()),
                     "a script runs with the primary group of its user");
        return {};
    }
    const auto text = single_value(line, report);
    if (!text) {
        return {};
    }
    const auto name = to_name(line.keyword(), *text);
    if (!name) {
        report.error(line.value_place(), name.error());
        return {};
    }
    return *name;
}

}  // namespace config
