#include "config/keepalived_track.hpp"

#include "config/keepalived_keywords.hpp"

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

}  // namespace config
