#include "config/toml_state_scripts.hpp"

#include "config/text.hpp"
#include "config/toml_command.hpp"
#include "config/values.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <string>
#include <utility>

namespace config {

namespace {

constexpr std::string_view shell_advice = "put the line into a script file";

std::string read_name(TomlSection& section, const std::string& key) {
    return section.converted(key, [&key](const std::string& text) { return to_name(key, text); })
        .value_or("");
}

std::optional<StateScript> read_script(TomlSection& section, const std::string& key,
                                       Report& report) {
    auto command = read_toml_command(section, key, shell_advice, report);
    if (!command) {
        return std::nullopt;
    }
    return StateScript{.command = std::move(*command),
                       .user = {},
                       .group = {},
                       .key = key,
                       .place = section.place_of(key),
                       .user_place = {}};
}

std::optional<vrrp::Duration> read_timeout(TomlSection& section) {
    return section.duration(
        "on_timeout",
        [](std::string_view text, vrrp::Duration duration) -> Checked<vrrp::Duration> {
            if (duration < min_state_script_time || duration > max_script_time) {
                return std::unexpected(Complaint{
                    fmt::format("on_timeout is {}, expected 100ms to 1h", in_quotes(text)), ""});
            }
            return duration;
        });
}

Checked<std::string> to_fifo_path(const std::string& text) {
    if (!text.starts_with('/')) {
        return std::unexpected(Complaint{fmt::format("{} is not an absolute path", in_quotes(text)),
                                         "write the path from the root on, with a leading slash"});
    }
    return text;
}

}  // namespace

StateScripts read_toml_state_scripts(TomlSection& section, Report& report) {
    using Member = std::optional<StateScript> StateScripts::*;
    static constexpr std::array<std::pair<std::string_view, Member>, 7> keys = {{
        {"on_master", &StateScripts::master},
        {"on_backup", &StateScripts::backup},
        {"on_fault", &StateScripts::fault},
        {"on_stop", &StateScripts::stop},
        {"on_deleted", &StateScripts::deleted},
        {"on_lower_master", &StateScripts::lower_master},
        {"on_change", &StateScripts::change},
    }};
    StateScripts scripts;
    scripts.tells_priority = section.flag("state_fifo_priorities").value_or(false);
    const std::string user = read_name(section, "on_user");
    const std::string group = read_name(section, "on_group");
    scripts.timeout = read_timeout(section).value_or(scripts.timeout);
    for (const auto& [key, member] : keys) {
        auto script = read_script(section, std::string(key), report);
        if (script) {
            script->user = user;
            script->group = group;
            script->user_place = section.place_of("on_user");
        }
        scripts.*member = std::move(script);
    }
    return scripts;
}

std::vector<StateFifo> read_toml_state_fifos(TomlSection& section, Report& report) {
    StateFifo fifo;
    fifo.path = section.converted("state_fifo", to_fifo_path).value_or("");
    fifo.user = read_name(section, "state_fifo_user");
    fifo.group = read_name(section, "state_fifo_group");
    fifo.reader = read_script(section, "state_fifo_reader", report);
    if (fifo.reader) {
        fifo.reader->user = fifo.user;
        fifo.reader->group = fifo.group;
        fifo.reader->user_place = section.place_of("state_fifo_user");
    }
    if (section.has("state_fifo")) {
        return {std::move(fifo)};
    }
    for (const char* const key : {"state_fifo_user", "state_fifo_group", "state_fifo_reader",
                                  "state_fifo_priorities", "state_fifo_on_reload"}) {
        section.refuse(key, "has no meaning without state_fifo");
    }
    return {};
}

}  // namespace config
