#include "config/toml_daemon.hpp"

#include "config/text.hpp"
#include "config/toml_section.hpp"
#include "config/toml_state_scripts.hpp"
#include "config/values.hpp"

#include <fmt/format.h>

namespace config {

DaemonSettings read_toml_daemon(const TomlNode& node, std::string_view host, Report& report) {
    if (node.kind() != TomlKind::table) {
        report.error(node.place(), fmt::format("daemon is {}, expected a table", node.kind_text()),
                     "write [daemon] above its keys");
        return {};
    }
    TomlSection section(TomlSectionKind::daemon, "daemon", node, host, report);
    DaemonSettings daemon;
    daemon.announce_interval =
        section
            .duration(
                "announce_interval",
                [](std::string_view text, vrrp::Duration interval) -> Checked<vrrp::Duration> {
                    if (interval > max_announce_interval) {
                        return std::unexpected(
                            Complaint{fmt::format("announce_interval is {}, expected 0ms to 1s",
                                                  in_quotes(text)),
                                      ""});
                    }
                    return interval;
                })
            .value_or(daemon.announce_interval);
    daemon.realtime_priority = section.number("realtime_priority", realtime_priority_range);
    daemon.lock_memory = section.flag("lock_memory");
    daemon.tells_priorities = section.flag("state_fifo_priorities").value_or(false);
    daemon.tells_states_on_reload = section.flag("state_fifo_on_reload").value_or(false);
    daemon.state_fifos = read_toml_state_fifos(section, report);
    section.finish();
    return daemon;
}

}  // namespace config
