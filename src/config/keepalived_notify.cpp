#include "config/keepalived_notify.hpp"

#include "config/text.hpp"

#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace config {

namespace {

using Script = std::optional<StateScript>;

constexpr std::array<std::pair<std::string_view, Script StateScripts::*>, 7> members = {{
    {"notify_master", &StateScripts::master},
    {"notify_backup", &StateScripts::backup},
    {"notify_fault", &StateScripts::fault},
    {"notify_stop", &StateScripts::stop},
    {"notify_deleted", &StateScripts::deleted},
    {"notify_master_rx_lower_pri", &StateScripts::lower_master},
    {"notify", &StateScripts::change},
}};

/// The user and the group after the first word's value; none where nothing stands there.
ScriptUser read_user_behind(const KeepalivedLine& line, Report& report) {
    if (line.words.size() < 3) {
        return {};
    }
    KeepalivedLine rest = line;
    rest.words.erase(rest.words.begin() + 1);
    return read_user(rest, report);
}

Script read_script(const KeepalivedLine& line, Report& report) {
    if (line.words.size() < 2) {
        report.error(line.place(), fmt::format("{} has no value", line.keyword()));
        return std::nullopt;
    }
    StateScript script{
        .command = read_keepalived_command(line.words[1].text, line.value_place(), report),
        .user = {},
        .group = {},
        .key = line.keyword(),
        .place = line.value_place(),
        .user_place = {}};
    ScriptUser user = read_user_behind(line, report);
    script.user = std::move(user.user);
    script.group = std::move(user.group);
    script.user_place = line.words.size() > 2 ? line.words[2].place : line.place();
    return script.command.empty() ? std::nullopt : Script(std::move(script));
}

void apply_user(const ScriptUser& user, Place place, Script& script) {
    if (script && script->user.empty()) {
        script->user = user.user;
        script->group = user.group;
        script->user_place = place;
    }
}

}  // namespace

void read_keepalived_notify(const KeepalivedLine& line, StateScripts& scripts, Report& report) {
    for (const auto& [keyword, member] : members) {
        // Alone it means no more than that a deletion is told as such.
        const bool is_alone = keyword == "notify_deleted" && line.words.size() == 1;
        if (keyword == line.keyword() && !is_alone) {
            scripts.*member = read_script(line, report);
        }
    }
}

void apply_script_user(const ScriptUser& user, Place place, StateScripts& scripts) {
    for (const auto& [keyword, member] : members) {
        apply_user(user, place, scripts.*member);
    }
}

void read_keepalived_fifo(const KeepalivedLine& line, KeepalivedFifos& fifos, Report& report) {
    const bool is_vrrp = line.keyword().starts_with("vrrp_");
    StateFifo& fifo = is_vrrp ? fifos.vrrp : fifos.all;
    if (line.keyword().ends_with("_script")) {
        fifo.reader = read_script(line, report);
        (is_vrrp ? fifos.vrrp_reader_place : fifos.all_reader_place) = line.place();
        return;
    }
    if (line.words.size() < 2) {
        report.error(line.place(), fmt::format("{} has no value", line.keyword()));
        return;
    }
    const std::string& path = line.words[1].text;
    if (!path.starts_with('/')) {
        report.error(line.value_place(), fmt::format("{} is not an absolute path", in_quotes(path)),
                     "write the path from the root on, with a leading slash");
        return;
    }
    ScriptUser user = read_user_behind(line, report);
    fifo.path = path;
    fifo.user = std::move(user.user);
    fifo.group = std::move(user.group);
}

std::vector<StateFifo> settle_keepalived_fifos(KeepalivedFifos fifos, const ScriptUser& user,
                                               Report& report) {
    const auto warn = [&report](const std::optional<Place>& place) {
        if (place) {
            report.warning(*place, "the script has no FIFO to read, and is not run",
                           "name the FIFO by notify_fifo or vrrp_notify_fifo");
        }
    };
    std::vector<StateFifo> settled;
    if (fifos.all.path.empty()) {
        warn(fifos.all_reader_place);
    } else {
        settled.push_back(std::move(fifos.all));
    }
    if (fifos.vrrp.path.empty()) {
        warn(fifos.vrrp_reader_place);
    } else if (settled.empty() || settled.front().path != fifos.vrrp.path) {
        settled.push_back(std::move(fifos.vrrp));
    } else {
        report.error(
            {},
            fmt::format("notify_fifo and vrrp_notify_fifo are both {}", in_quotes(fifos.vrrp.path)),
            "one of them is enough: both get the same lines");
    }
    for (StateFifo& fifo : settled) {
        apply_user(user, {}, fifo.reader);
        // Whoever runs it must be able to read.
        if (fifo.reader && fifo.user.empty()) {
            fifo.user = fifo.reader->user;
        }
    }
    return settled;
}

}  // namespace config
