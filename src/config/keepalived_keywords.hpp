#pragma once

#include "config/keepalived_line.hpp"
#include "config/report.hpp"
#include "config/values.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace config {

/// What stands after a keyword: a value or a block, once or as often as you like.
enum class KeepalivedForm : std::uint8_t { line, lines, block, blocks };

[[nodiscard]] constexpr bool is_block(KeepalivedForm form) {
    return form == KeepalivedForm::block || form == KeepalivedForm::blocks;
}

[[nodiscard]] constexpr bool is_repeatable(KeepalivedForm form) {
    return form == KeepalivedForm::lines || form == KeepalivedForm::blocks;
}

/// A keyword of a block, and the function of the block's reader that takes it.
template <class Reader>
struct KeepalivedKeyword {
    std::string_view name;
    void (Reader::*take)(const KeepalivedLine& line);
    KeepalivedForm form = KeepalivedForm::line;
};

/// Says that a keyword is not known in `where`, with the one that may have been meant.
void report_unknown(const KeepalivedLine& line, std::string_view where,
                    const std::vector<std::string>& known, Report& report);

/// Says that a keyword came without its block, or with one that it does not have.
void report_form(const KeepalivedLine& line, KeepalivedForm form, Report& report);

/// Says that a keyword stands for a second time: of lines the later one counts, of blocks both do.
void report_twice(const KeepalivedLine& line, std::string_view where, Report& report);

/// Hands each line of a block to its keyword's function. One that stands twice is told.
template <class Reader>
void read_keywords(const std::vector<KeepalivedLine>& lines, std::string_view where,
                   std::span<const KeepalivedKeyword<Reader>> keywords, Reader& reader,
                   Report& report) {
    std::set<std::string_view> seen;
    for (const KeepalivedLine& line : lines) {
        const auto keyword =
            std::ranges::find(keywords, line.keyword(), &KeepalivedKeyword<Reader>::name);
        if (keyword == keywords.end()) {
            std::vector<std::string> known;
            for (const auto& candidate : keywords) {
                known.emplace_back(candidate.name);
            }
            report_unknown(line, where, known, report);
            continue;
        }
        if (line.has_block != is_block(keyword->form)) {
            report_form(line, keyword->form, report);
            continue;
        }
        if (!seen.insert(keyword->name).second && !is_repeatable(keyword->form)) {
            report_twice(line, where, report);
        }
        (reader.*keyword->take)(line);
    }
}

/// The one word after the keyword; nullopt after an error.
[[nodiscard]] std::optional<std::string> single_value(const KeepalivedLine& line, Report& report);

/// The same as a whole number; a sign is allowed where the range has negative numbers.
[[nodiscard]] std::optional<int> number_value(const KeepalivedLine& line, const Range& range,
                                              Report& report);

/// The same as seconds with at most three decimals and without a unit.
[[nodiscard]] std::optional<vrrp::Duration> seconds_value(const KeepalivedLine& line,
                                                          Report& report);

/// The same as seconds with at most six decimals, between two addresses' announcements.
[[nodiscard]] std::optional<vrrp::Duration> pace_value(const KeepalivedLine& line, Report& report);

/// The same as seconds, at most so many.
[[nodiscard]] std::optional<vrrp::Duration> delay_value(const KeepalivedLine& line,
                                                        vrrp::Duration longest, Report& report);

/// A word that says yes or no; none says yes, as the wrong one does after an error.
[[nodiscard]] bool flag_value(const KeepalivedLine& line, Report& report);

/// A word as a whole number of a range; nullopt after an error.
[[nodiscard]] std::optional<int> to_number(const KeepalivedToken& token, std::string_view what,
                                           const Range& range, Report& report);

/// Says that a keyword that stands alone has words after it.
void expect_alone(const KeepalivedLine& line, Report& report);

}  // namespace config
