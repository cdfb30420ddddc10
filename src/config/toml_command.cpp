#include "config/toml_command.hpp"

#include "config/command.hpp"
#include "config/text.hpp"

#include <fmt/format.h>

#include <utility>

namespace config {

namespace {

std::optional<std::vector<std::string>> words_of(TomlSection& section, const std::string& key,
                                                 const TomlNode& node, Report& report) {
    if (node.kind() != TomlKind::list) {
        const auto text = section.text_of(key, node, "a command line or a list of its words");
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
        auto word = section.text_of("a word of " + key, item, "text in quotes");
        if (!word) {
            return std::nullopt;
        }
        words.push_back(std::move(*word));
    }
    return words;
}

}  // namespace

std::optional<std::vector<std::string>> read_toml_command(TomlSection& section,
                                                          const std::string& key,
                                                          std::string_view shell_advice,
                                                          Report& report) {
    return section.value(key, [&](const TomlNode& node) -> std::optional<std::vector<std::string>> {
        auto words = words_of(section, key, node, report);
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
            report.warning(
                node.place(),
                fmt::format("{} means nothing here, as no shell reads the line", in_quotes(sign)),
                std::string(shell_advice));
        }
        if (!program->warning.message.empty()) {
            report.warning(node.place(), program->warning.message, program->warning.advice);
        }
        return std::move(program->command);
    });
}

}  // namespace config
