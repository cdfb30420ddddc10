#include "config/keepalived_reader.hpp"

#include "config/keepalived_file.hpp"
#include "config/keepalived_garp_group.hpp"
#include "config/keepalived_globals.hpp"
#include "config/keepalived_group.hpp"
#include "config/keepalived_instance.hpp"
#include "config/keepalived_keywords.hpp"
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
    FileReader(std::string_view text, Report& report) : text_(text), report_(report) {}

    Config read() {
        static constexpr std::array<KeepalivedKeyword<FileReader>, 8> keywords = {{
            {"global_defs", &FileReader::take_globals, KeepalivedForm::blocks},
            {"vrrp_script", &FileReader::take_script, KeepalivedForm::blocks},
            {"vrrp_track_process", &FileReader::take_process, KeepalivedForm::blocks},
            {"track_file", &FileReader::take_file, KeepalivedForm::blocks},
            {"vrrp_track_file", &FileReader::take_file, KeepalivedForm::blocks},
            {"vrrp_instance", &FileReader::note_instance, KeepalivedForm::blocks},
            {"vrrp_sync_group", &FileReader::take_group, KeepalivedForm::blocks},
            {"garp_group", &FileReader::take_garp_group, KeepalivedForm::blocks},
        }};
        const std::vector<KeepalivedLine> lines = read_lines(text_, report_);
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
        note_mail(globals_.mail_place);
    }

    /// One warning for all the mail keywords of the file.
    void note_mail(const std::optional<Place>& place) {
        if (place && !std::exchange(has_told_mail_, true)) {
            report_.warning(*place, "no mail is sent: the mail keywords have no effect here",
                            "let what reads the log tell you of \"state changed\"");
        }
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
        note_mail(group.mail_place);
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
        return {.announce_interval =
                    std::max({globals_.garp_interval, globals_.gna_interval, group_interval_}),
                .realtime_priority = globals_.realtime_priority,
                .lock_memory = globals_.lock_memory};
    }

    void take_instance(const KeepalivedLine& line) {
        KeepalivedInstance instance = read_keepalived_instance(line, globals_, report_);
        const std::string& name = instance.router.router.name;
        note_mail(instance.mail_place);
        if (name.empty()) {
            return;
        }
        const auto [first, is_new] = router_names_.try_emplace(name, instance.router.place);
        if (!is_new) {
            report_twice("vrrp_instance", name, instance.router.place, first->second);
            return;
        }
        draft_.routers.push_back(std::move(instance.router));
    }

    void report_twice(std::string_view keyword, const std::string& name, Place place, Place first) {
        report_.error(place,
                      fmt::format("{} {} is defined already (line {})", keyword, name, first.line),
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
    }

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
    bool has_told_mail_ = false;
};

}  // namespace

Config read_keepalived(std::string_view text, Report& report) {
    return FileReader(text, report).read();
}

}  // namespace config
