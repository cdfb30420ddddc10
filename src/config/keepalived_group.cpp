#include "config/keepalived_group.hpp"

#include "config/keepalived_keywords.hpp"
#include "config/keepalived_notify.hpp"
#include "config/keepalived_track.hpp"
#include "config/nearest.hpp"
#include "config/text.hpp"
#include "config/values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace config {

namespace {

class GroupReader {
public:
    explicit GroupReader(Report& report) : report_(report) {}

    KeepalivedGroup read(const KeepalivedLine& line) {
        static constexpr auto keywords = std::to_array<KeepalivedKeyword<GroupReader>>({
            {"group", &GroupReader::take_members},
            {"track_script", &GroupReader::take_scripts},
            {"track_process", &GroupReader::take_processes},
            {"track_file", &GroupReader::take_files},
            {"track_interface", &GroupReader::take_interfaces},
            {"sync_group_tracking_weight", &GroupReader::take_member_weights},
            {"global_tracking", &GroupReader::take_member_weights},
            {"notify_master", &GroupReader::take_notify},
            {"notify_backup", &GroupReader::take_notify},
            {"notify_fault", &GroupReader::take_notify},
            {"notify_stop", &GroupReader::take_notify},
            {"notify", &GroupReader::take_notify},
            {"notify_priority_changes", &GroupReader::take_priority_notices},
        });
        group_.place = line.value_place();
        take_name(line);
        read_keywords(line.block, "vrrp_sync_group",
                      std::span<const KeepalivedKeyword<GroupReader>>(keywords), *this, report_);
        if (group_.members.empty()) {
            report_.error(group_.place, fmt::format("vrrp_sync_group {} has no members", title()),
                          "add a block such as: group { VI_1 VI_2 }");
        } else if (group_.members.size() == 1) {
            report_.warning(group_.place,
                            fmt::format("vrrp_sync_group {} has one member, which it keeps "
                                        "together with nobody",
                                        title()));
        }
        return group_;
    }

private:
    [[nodiscard]] std::string title() const {
        return group_.name.empty() ? "without a name" : group_.name;
    }

    void take_name(const KeepalivedLine& line) {
        const auto name = single_value(line, report_);
        if (!name) {
            return;
        }
        const auto valid = to_name("the group's name", *name);
        if (!valid) {
            report_.error(line.value_place(), valid.error());
            return;
        }
        group_.name = *name;
    }

    /// All words of all lines are members.
    void take_members(const KeepalivedLine& line) {
        expect_alone(line, report_);
        for (const KeepalivedLine& entry : line.block) {
            if (entry.has_block) {
                report_.error(entry.place(), "a member takes no block in braces");
            }
            for (const KeepalivedToken& word : entry.words) {
                group_.members.push_back({word.text, word.place});
            }
        }
    }

    void take_scripts(const KeepalivedLine& line) {
        read_tracks(line, "vrrp_script", weight_range, group_.checks, report_);
    }
    void take_processes(const KeepalivedLine& line) {
        read_tracks(line, "vrrp_track_process", track_weight_range, group_.checks, report_);
    }
    void take_files(const KeepalivedLine& line) {
        read_tracks(line, "track_file", track_weight_range, group_.checks, report_);
    }
    void take_interfaces(const KeepalivedLine& line) {
        read_tracks(line, "track_interface", weight_range, group_.checks, report_);
    }
    void take_member_weights(const KeepalivedLine& line) {
        expect_alone(line, report_);
        group_.has_member_weights = true;
    }
    void take_notify(const KeepalivedLine& line) {
        read_keepalived_notify(line, group_.scripts, report_);
    }
    void take_priority_notices(const KeepalivedLine& line) {
        group_.tells_priority = flag_value(line, report_);
    }

    Report& report_;
    KeepalivedGroup group_;
};

void join(const KeepalivedGroup& group, const Placed<std::string>& member,
          const std::vector<CheckDraft>& checks, RouterDraft& draft, Report& report) {
    Router& router = draft.router;
    if (!router.group.empty()) {
        report.error(member.place,
                     fmt::format("{} is in the group {} already", router.name, router.group),
                     "an instance is in one group, once");
        return;
    }
    router.group = group.name;
    router.protocol.is_grouped = true;
    router.scripts.tells_priority = group.tells_priority.value_or(router.scripts.tells_priority);
    router.protocol.breaks_ties = &member == &group.members.front();
    if (!group.has_member_weights) {
        drop_member_weights(checks, draft, report);
    }
    add_group_tracks(group.checks, checks, draft);
}

}  // namespace

KeepalivedGroup read_keepalived_group(const KeepalivedLine& line, Report& report) {
    return GroupReader(report).read(line);
}

void apply_keepalived_groups(const std::vector<KeepalivedGroup>& groups,
                             const std::vector<CheckDraft>& checks,
                             std::vector<RouterDraft>& routers, Report& report) {
    std::vector<std::string> known;
    for (const RouterDraft& router : routers) {
        known.push_back(router.router.name);
    }
    for (const KeepalivedGroup& group : groups) {
        for (const Placed<std::string>& member : group.members) {
            const auto found = std::ranges::find(known, member.value);
            if (found != known.end()) {
                join(group, member, checks,
                     routers[static_cast<std::size_t>(found - known.begin())], report);
            } else if (!report.is_full()) {
                report.error(member.place,
                             fmt::format("there is no vrrp_instance {}", in_quotes(member.value)),
                             suggest(member.value, known));
            }
        }
    }
}

}  // namespace config
