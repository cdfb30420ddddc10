#include "config/keepalived_reader.hpp"

#include "config/keepalived_file.hpp"
#include "config/keepalived_garp_group.hpp"
#include "config/keepalived_globals.hpp"
#include "config/keepalived_group.hpp"
#include "config/keepalived_instance.hpp"
#include "config/keepalived_keywords.hpp"
#include "config/keepalived_notify.hpp"
#include "config/keepalived_process.hpp"
#include "config/keepalived_script.hpp"
#include "config/keepalived_track.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace config {

namespace {

class FileReader {
public:
    FileReader(const KeepalivedSource& source, Report& report)
        : source_(source), text_(source.text), report_(report) {}

    Config read() {
        static constexpr auto keywords = std::to_array<KeepalivedKeyword<FileReader>>({
            {"global_defs", &FileReader::take_globals},
            {"vrrp_script", &FileReader::take_script},
            {"vrrp_track_process", &FileReader::take_process},
            {"track_file", &FileReader::take_file},
            {"vrrp_track_file", &FileReader::take_file},
            {"vrrp_instance", &FileReader::note_instance},
            {"vrrp_sync_group", &FileReader::take_group},
            {"garp_group", &FileReader::take_garp_group},
        });
        const std::vector<KeepalivedLine> lines = read_lines(source_, report_);
        read_keywords(lines, "keepalived.conf",
                      std::span<const KeepalivedKeyword<FileReader>>(keywords), *this, report_);
        for (const KeepalivedLine* line : instances_) {
            take_instance(*line);
        }
        if (draft_.routers.empty() && !report_.has_errors()) {
            report_.error({}, "no router is defined", "add a block vrrp_instance NAME { ... }");
        }
        apply_script_user();
        apply_keepalived_groups(groups_, draft_.checks, draft_.routers, report_);
        make_interface_checks(draft_, report_);
        draft_.daemon = daemon_settings();
        return complete(draft_, Severity::warning, report_);
    }

private:
    void take_globals(const KeepalivedLine& line) {
        expect_alone(line, report_);
        if (std::exchange(has_globals_, true)) {
            report_.warning(line.place(),
                            "global_defs stands twice; where both say something, the later one "
                            "counts");
        }
        read_keepalived_globals(line, globals_, report_);
    }

    void take_script(const KeepalivedLine& line) {
        take_check(read_keepalived_script(line, text_, report_));
    }

    void take_process(const KeepalivedLine& line) {
        take_check(read_keepalived_process(line, report_));
    }
    void take_file(const KeepalivedLine& line) { take_check(read_keepalived_file(line, report_)); }

    /// Names are unique within a kind.
    void take_check(CheckDraft check) {
        if (check.check.name.empty()) {
            return;
        }
        const auto [first, is_new] =
            check_names_.try_emplace({check.kind, check.check.name}, check.place);
        if (!is_new) {
            report_twice(check.kind, check.check.name, check.place, first->second);
            return;
        }
        draft_.checks.push_back(std::move(check));
    }

    /// global_defs may stand below, and count for every instance.
    void note_instance(const KeepalivedLine& line) { instances_.push_back(&line); }

    void take_group(const KeepalivedLine& line) {
        KeepalivedGroup group = read_keepalived_group(line, report_);
        if (group.name.empty()) {
            return;
        }
        const auto first = std::ranges::find(groups_, group.name, &KeepalivedGroup::name);
        if (first != groups_.end()) {
            report_twice("vrrp_sync_group", group.name, group.place, first->place);
            return;
        }
        groups_.push_back(std::move(group));
    }

    void take_garp_group(const KeepalivedLine& line) {
        const vrrp::Duration interval = read_keepalived_garp_group(line, report_);
        group_interval_ = std::max(group_interval_, interval);
        if (interval != vrrp::Duration::zero()) {
            report_.warning(line.place(),
                            "the interval of a garp_group holds for all interfaces here, for each "
                            "by itself");
        }
    }

    /// One interval serves both families and all links: the longest that is asked for.
    [[nodiscard]] DaemonSettings daemon_settings() const {
        return {
            .announce_interval =
                std::max({globals_.garp_interval, globals_.gna_interval, group_interval_}),
            .realtime_priority = globals_.realtime_priority,
            .lock_memory = globals_.lock_memory,
            .state_fifos = settle_keepalived_fifos(globals_.fifos, globals_.script_user, report_),
            .tells_states_on_reload = globals_.tells_states_on_reload};
    }

    void take_instance(const KeepalivedLine& line) {
        RouterDraft draft = read_keepalived_instance(line, globals_, report_);
        const std::string& name = draft.router.name;
        if (name.empty()) {
            return;
        }
        const auto [first, is_new] = router_names_.try_emplace(name, draft.place);
        if (!is_new) {
            report_twice("vrrp_instance", name, draft.place, first->second);
            return;
        }
        draft_.routers.push_back(std::move(draft));
    }

    void report_twice(std::string_view keyword, const std::string& name, Place place, Place first) {
        report_.error(place,
                      fmt::format("{} {} is defined already ({})", keyword, name,
                                  report_.where(first, place)),
                      "give each a name of its own");
    }

    /// global_defs may stand below the scripts.
    void apply_script_user() {
        for (CheckDraft& check : draft_.checks) {
            auto* const probe = std::get_if<health::ScriptProbeConfig>(&check.check.probe);
            if (probe == nullptr) {
                continue;
            }
            if (probe->user.empty()) {
                probe->user = globals_.script_user.user;
                probe->group = globals_.script_user.group;
                check.user_place = globals_.script_user_place;
            }
        }
        for (RouterDraft& router : draft_.routers) {
            config::apply_script_user(globals_.script_user, globals_.script_user_place,
                                      router.router.scripts);
        }
        for (KeepalivedGroup& group : groups_) {
            config::apply_script_user(globals_.script_user, globals_.script_user_place,
                                      group.scripts);
            draft_.groups.push_back({group.name, group.scripts});
        }
    }

    const KeepalivedSource& source_;
    std::string_view text_;
    Report& report_;
    Draft draft_;
    KeepalivedGlobals globals_;
    std::vector<const KeepalivedLine*> instances_;
    std::map<std::pair<std::string, std::string>, Place> check_names_;  ///< by kind and name
    std::map<std::string, Place> router_names_;
    std::vector<KeepalivedGroup> groups_;
    vrrp::Duration group_interval_{0};
    bool has_globals_ = false;
};

}  // namespace

Config read_keepalived(const KeepalivedSettings& settings, Report& report) {
    const KeepalivedSource source = read_source(settings, report);
    return FileReader(source, report).read();
}

}  // namespace config
