#include "config/toml_state_printer.hpp"

#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace config {

namespace {

void add(std::vector<TomlEntry>& entries, std::string_view key, std::string value,
         bool is_default = false) {
    entries.push_back(
        {.key = std::string(key), .value = std::move(value), .is_default = is_default});
}

/// The name of a user or a group, where there is one.
void add_name(std::vector<TomlEntry>& entries, std::string_view key, const std::string& name) {
    if (!name.empty()) {
        add(entries, key, toml_quoted(name));
    }
}

}  // namespace

void describe_state_scripts(const StateScripts& scripts, std::vector<TomlEntry>& entries) {
    const std::array<std::pair<std::string_view, const std::optional<StateScript>*>, 7> all = {{
        {"on_master", &scripts.master},
        {"on_backup", &scripts.backup},
        {"on_fault", &scripts.fault},
        {"on_stop", &scripts.stop},
        {"on_deleted", &scripts.deleted},
        {"on_lower_master", &scripts.lower_master},
        {"on_change", &scripts.change},
    }};
    const StateScript* first = nullptr;
    for (const auto& [key, script] : all) {
        if (*script) {
            first = first == nullptr ? &**script : first;
            add(entries, key, toml_texts((*script)->command));
        }
    }
    if (first != nullptr) {
        add_name(entries, "on_user", first->user);
        add_name(entries, "on_group", first->group);
    }
    const StateScripts usual;
    if (first != nullptr || scripts.timeout != usual.timeout) {
        add(entries, "on_timeout", toml_duration(scripts.timeout),
            scripts.timeout == usual.timeout);
    }
    if (scripts.tells_priority) {
        add(entries, "state_fifo_priorities", "true");
    }
}

void describe_state_fifos(const DaemonSettings& daemon, std::vector<TomlEntry>& entries) {
    if (daemon.state_fifos.empty()) {
        return;
    }
    const StateFifo& fifo = daemon.state_fifos.front();
    add(entries, "state_fifo", toml_quoted(fifo.path));
    add_name(entries, "state_fifo_user", fifo.user);
    add_name(entries, "state_fifo_group", fifo.group);
    if (fifo.reader) {
        add(entries, "state_fifo_reader", toml_texts(fifo.reader->command));
    }
    add(entries, "state_fifo_priorities", toml_flag(daemon.tells_priorities),
        !daemon.tells_priorities);
    add(entries, "state_fifo_on_reload", toml_flag(daemon.tells_states_on_reload),
        !daemon.tells_states_on_reload);
}

}  // namespace config
