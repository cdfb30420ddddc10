#include "config/command.hpp"
#include "config/toml_command.hpp"
#include "config/toml_probes.hpp"

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace config {

namespace {

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
    return read_rest(section, read_toml_command(section, "script",
                                                "write shell = … instead of script = …", report)
                                  .value_or(std::vector<std::string>()));
}

health::ProbeConfig read_shell_probe(TomlSection& section, Report& /*report*/) {
    return read_rest(section, shell_command(read_text(section, "shell").value_or("")));
}

}  // namespace config
