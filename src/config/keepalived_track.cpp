#include "config/keepalived_track.hpp"

#include "config/keepalived_keywords.hpp"
#include "config/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace config {

namespace {

void read_weight(const KeepalivedLine& entry, const Range& weights, CheckMention& mention,
                 Report& report) {
    mention.weight = to_number(entry.words[2], "weight", weights, report);
    if (entry.words.size() == 4) {
        mention.is_reversed = entry.words[3].text == "reverse";
    }
}

/// How many words of an entry have a meaning.
std::size_t known_words(const KeepalivedLine& entry) {
    if (entry.words.size() < 3 || entry.words[1].text != "weight") {
        return 1;
    }
    const bool has_direction = entry.words.size() > 3 && (entry.words[3].text == "reverse" ||
                                                          entry.words[3].text == "noreverse");
    return has_direction ? 4 : 3;
}

constexpr std::string_view interface_kind = "track_interface";
constexpr std::string_view process_kind = "vrrp_track_process";
constexpr std::string_view file_kind = "track_file";

/// The weight that counts for a mention: 0 for a fatal one.
int weight_of(const CheckMention& mention, const std::vector<CheckDraft>& checks) {
    if (mention.weight) {
        return *mention.weight;
    }
    const auto check = std::ranges::find_if(checks, [&mention](const CheckDraft& known) {
        return known.kind == mention.kind && known.check.name == mention.name;
    });
    return check != checks.end() ? check->check.weight.value_or(0) : 0;
}

bool is_of_own_interface(const CheckMention& mention, const RouterDraft& router) {
    return mention.kind == interface_kind && mention.name == router.router.interface;
}

void make_interface_check(const CheckMention& mention, std::vector<CheckDraft>& checks,
                          Report& report) {
    const bool is_made = std::ranges::any_of(checks, [&mention](const CheckDraft& known) {
        return known.kind == interface_kind && known.check.name == mention.name;
    });
    if (is_made) {
        return;
    }
    if (const auto valid = to_interface(mention.name); !valid) {
        report.error(mention.place, valid.error());
    }
    CheckDraft draft{.check = {},
                     .place = mention.place,
                     .probe_place = mention.place,
                     .user_place = {},
                     .references = {},
                     .kind = std::string(interface_kind)};
    draft.check.name = mention.name;
    draft.check.probe = health::InterfaceProbeConfig{mention.name};
    checks.push_back(std::move(draft));
}

}  // namespace

void read_tracks(const KeepalivedLine& line, const std::string& kind, const Range& weights,
                 std::vector<CheckMention>& mentions, Report& report) {
    expect_alone(line, report);
    for (const KeepalivedLine& entry : line.block) {
        CheckMention mention{.name = entry.keyword(), .place = entry.place(), .kind = kind};
        const std::size_t known = known_words(entry);
        if (entry.words.size() > known || entry.has_block) {
            report.error(entry.words.size() > known ? entry.words[known].place : entry.place(),
                         fmt::format("an entry of {} is a name and maybe \"weight NUMBER "
                                     "[reverse|noreverse]\"",
                                     line.keyword()));
        } else if (known > 1) {
            read_weight(entry, weights, mention, report);
        }
        mentions.push_back(std::move(mention));
    }
}

std::optional<std::pair<int, bool>> read_weight_line(const KeepalivedLine& line,
                                                     const Range& weights, Report& report) {
    const bool has_direction = line.words.size() == 3 && (line.words[2].text == "reverse" ||
                                                          line.words[2].text == "noreverse");
    if (line.words.size() < 2 || (line.words.size() > 2 && !has_direction)) {
        report.error(line.place(), "weight takes a number and maybe \"reverse\" or \"noreverse\"");
        return std::nullopt;
    }
    const auto weight = to_number(line.words[1], "weight", weights, report);
    const bool is_reversed = has_direction && line.words[2].text == "reverse";
    return weight ? std::optional(std::pair(*weight, is_reversed)) : std::nullopt;
}

void drop_member_weights(const std::vector<CheckDraft>& checks, RouterDraft& member,
                         Report& report) {
    std::erase_if(member.checks, [&](CheckMention& mention) {
        const int weight = weight_of(mention, checks);
        if (weight == 0 || mention.kind == process_kind || is_of_own_interface(mention, member)) {
            return false;
        }
        const bool becomes_fatal =
            mention.kind == interface_kind || (mention.kind == file_kind && weight == 1);
        report.warning(
            mention.place,
            fmt::format("the weight of {} has no effect in a vrrp_sync_group: {}", mention.name,
                        becomes_fatal ? "it counts as 0, which is fatal"
                                      : member.router.name + " does not track it"),
            "track it in the group, or write sync_group_tracking_weight there");
        mention.weight = 0;
        return !becomes_fatal;
    });
}

void add_group_tracks(const std::vector<CheckMention>& tracks,
                      const std::vector<CheckDraft>& checks, RouterDraft& member) {
    for (const CheckMention& track : tracks) {
        const auto own = std::ranges::find_if(member.checks, [&track](const CheckMention& known) {
            return known.kind == track.kind && known.name == track.name;
        });
        if (own == member.checks.end()) {
            member.checks.push_back(track);
        } else if (weight_of(*own, checks) != 0) {
            *own = track;
        }
    }
}

void make_interface_checks(Draft& draft, Report& report) {
    for (RouterDraft& router : draft.routers) {
        for (const CheckMention& mention : router.checks) {
            if (is_of_own_interface(mention, router)) {
                report.warning(mention.place,
                               fmt::format("{} is the interface of {} itself, which always leaves "
                                           "with it: tracking it has no effect",
                                           mention.name, router.router.name));
            } else if (mention.kind == interface_kind) {
                make_interface_check(mention, draft.checks, report);
            }
        }
        std::erase_if(router.checks, [&router](const CheckMention& mention) {
            return is_of_own_interface(mention, router);
        });
    }
}

}  // namespace config
