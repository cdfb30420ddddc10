#include "config/command.hpp"
#include "config/text.hpp"
#include "config/toml_probes.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace config {

namespace {

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
            const auto sign =
                node.kind() == TomlKind::text ? find_shell_syntax(node.text()) : std::string();
            if (!sign.empty()) {
                report.warning(node.place(),
                               fmt::format("{} means nothing here, as no shell reads the line",
                                           in_quotes(sign)),
                               "write shell = … instead of script = …");
            }
            if (!program->warning.message.empty()) {
                report.warning(node.place(), program->warning.message, program->warning.advice);
            }
            return std::move(program->command);
        });
}

/// What both kinds have beside their command.
health::ScriptProbeConfig read_rest(TomlSection& section, std::vector<std::string> command) {
    using health::ExitMeaning;
    static constexpr std::array<std::pair<std::string_view, ExitMeaning>, 2> meanings = {
        {{"verdict", ExitMeaning::verdict}, {"weight", ExitMeaning::weight}}};
    const auto name = [&section](const std::string& key) {
        return section
            .converted(key, [&key](const std::string& text) { return to_name(key, text); })
            .value_or("");
    };
    return {.command = std::move(command),
            .user = name("user"),
            .group = name("group"),
            .exit = section.choice("exit", meanings).value_or(ExitMeaning::verdict)};
}

}  // namespace

health::ProbeConfig read_script_probe(TomlSection& section, Report& report) {
    return read_rest(section, read_command(section, report).value_or(std::vector<std::string>()));
}

health::ProbeConfig read_shell_probe(TomlSection& section, Report& /*report*/) {
    return read_rest(section, shell_command(read_text(section, "shell").value_or("")));
}

}  // namespace config
