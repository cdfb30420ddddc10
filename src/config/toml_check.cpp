#include "config/toml_check.hpp"

#include "config/command.hpp"
#include "config/text.hpp"
#include "config/toml_section.hpp"
#include "config/values.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>
#include <vector>

namespace config {

namespace {

Checked<std::string> to_process_name(std::string_view text) {
    if (text.empty()) {
        return std::unexpected(Complaint{"process is empty", "write process = \"nginx\""});
    }
    if (text.find('/') != std::string_view::npos || text.find('\0') != std::string_view::npos) {
        return std::unexpected(
            Complaint{fmt::format("process {} is not the name of a process", in_quotes(text)),
                      "write the name of the program without its directory"});
    }
    return std::string(text);
}

std::optional<vrrp::Duration> read_script_time(TomlSection& section, const std::string& key) {
    return section.duration(
        key, [&](std::string_view text, vrrp::Duration duration) -> Checked<vrrp::Duration> {
            if (duration < min_script_time || duration > max_script_time) {
                return std::unexpected(Complaint{
                    fmt::format("{} is {}, expected 10ms to 1h", key, in_quotes(text)), ""});
            }
            return duration;
        });
}

std::optional<std::vector<std::string>> words_of(TomlSection& section, const TomlNode& node,
                                                 Report& report) {
    if (node.kind() != TomlKind::list) {
        const auto text = section.text_of("script", node, "a command line or a list of its words");
        if (!text) {
            return std::nullopt;
        }
        auto words = split_command(*text);
        if (!words) {
            report.error(node.place(), words.error());
            return std::nullopt;
        }
        return std::move(*words);
    }
    std::vector<std::string> words;
    for (const TomlNode& item : node.items()) {
        auto word = section.text_of("a word of script", item, "text in quotes");
        if (!word) {
            return std::nullopt;
        }
        words.push_back(std::move(*word));
    }
    return words;
}

std::optional<std::vector<std::string>> read_command(TomlSection& section, Report& report) {
    return section.value(
        "script", [&](const TomlNode& node) -> std::optional<std::vector<std::string>> {
            auto words = words_of(section, node, report);
            if (!words) {
                return std::nullopt;
            }
            auto program = find_program(std::move(*words));
            if (!program) {
                report.error(node.place(), program.error());
                return std::nullopt;
            }
            if (!program->warning.message.empty()) {
                report.warning(node.place(), program->warning.message, program->warning.advice);
            }
            return std::move(program->command);
        });
}

health::ProcessProbeConfig read_process_probe(TomlSection& section) {
    health::ProcessProbeConfig probe;
    probe.name = section.converted("process", to_process_name).value_or("");
    probe.min = section.number("min", count_range).value_or(probe.min);
    for (const std::string key : {"interval", "timeout", "user"}) {
        section.refuse(key, "belongs to a script; a process needs none, the kernel tells its end");
    }
    section.refuse("script", "and process exclude each other: a check has one of them");
    return probe;
}

health::ScriptProbeConfig read_script_probe(TomlSection& section, Report& report) {
    health::ScriptProbeConfig probe;
    probe.command = read_command(section, report).value_or(std::vector<std::string>());
    probe.interval = read_script_time(section, "interval").value_or(probe.interval);
    probe.timeout = read_script_time(section, "timeout").value_or(probe.interval);
    const auto user =
        section.converted("user", [](const std::string& text) { return to_name("user", text); });
    probe.user = user.value_or("");
    section.refuse("process", "and script exclude each other: a check has one of them");
    section.refuse("min", "belongs to a process");
    return probe;
}

std::optional<int> read_weight(TomlSection& section, Report& report) {
    const auto weight = section.number("weight", weight_range);
    for (const HostValue& value : section.values("weight")) {
        if (value.node.kind() == TomlKind::whole_number && value.node.whole_number() == 0) {
            report.error(value.node.place(), "weight is 0, which would change nothing",
                         "leave weight out for a check whose failure takes the router out of "
                         "office");
        }
    }
    return weight;
}

}  // namespace

CheckDraft read_toml_check(const std::string& name, const TomlNode& table, std::string_view host,
                           Report& report) {
    TomlSection section(fmt::format("check {}", name), table, host, report);
    CheckDraft draft;
    draft.place = section.place();
    draft.check.name = name;
    if (const auto valid = to_name("the check's name", name); !valid) {
        report.error(draft.place, valid.error());
    }
    const bool is_script = section.has("script") && !section.has("process");
    if (is_script) {
        draft.check.probe = read_script_probe(section, report);
    } else {
        draft.check.probe = read_process_probe(section);
    }
    if (!section.has("script") && !section.has("process")) {
        report.error(draft.place, fmt::format("check {} has neither process nor script", name),
                     "add process = \"nginx\" or script = \"/path/to/script\"");
    }
    draft.probe_place = section.place_of(is_script ? "script" : "process");
    if (is_script) {
        draft.user_place = section.place_of("user");
    }
    draft.check.rise = section.number("rise", count_range).value_or(1);
    draft.check.fall = section.number("fall", count_range).value_or(1);
    draft.check.weight = read_weight(section, report);
    section.finish();
    return draft;
}

}  // namespace config
