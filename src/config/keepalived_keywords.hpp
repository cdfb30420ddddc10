#pragma once

#include "config/keepalived_line.hpp"
#include "config/keepalived_table.hpp"
#include "config/report.hpp"
#include "config/values.hpp"

#include <algorithm>
#include <cassert>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace config {

/// A keyword of a block, and the function of the block's reader that takes it. All else that is
/// known of a keyword stands in the table, see find_row().
template <class Reader>
struct KeepalivedKeyword {
    std::string_view name;
    void (Reader::*take)(const KeepalivedLine& line);
};

/// The row of a line that is for its block's reader. nullptr where it is not, which has been told
/// where it is to be: the keyword is unknown, has no effect, is not supported, or lacks its block.
[[nodiscard]] const KeepalivedRow* admit(const KeepalivedLine& line, std::string_view block,
                                         Report& report);

/// Says that a keyword stands for a second time: of lines the later one counts, of blocks both do.
void report_twice(const KeepalivedLine& line, std::string_view block, Report& report);

/// What becomes of a keyword that no reader takes: its arguments are looked at, and that it has no
/// effect, or another one, is told as its row says.
void pass_over(const KeepalivedLine& line, const KeepalivedRow& row, std::string_view block,
               Report& report);

/// Hands each line of a block to its keyword's function. One that stands twice is told.
template <class Reader>
void read_keywords(const std::vector<KeepalivedLine>& lines, std::string_view block,
                   std::span<const KeepalivedKeyword<Reader>> keywords, Reader& reader,
                   Report& report) {
    assert(std::ranges::all_of(keywords, [block](const auto& keyword) {
        return find_row(block, keyword.name) != nullptr;
    }));
    std::set<std::string_view> seen;
    for (const KeepalivedLine& line : lines) {
        const KeepalivedRow* const row = admit(line, block, report);
        if (row == nullptr) {
            continue;
        }
        const auto keyword =
            std::ranges::find(keywords, row->keyword, &KeepalivedKeyword<Reader>::name);
        if (keyword == keywords.end()) {
            pass_over(line, *row, block, report);
            continue;
        }
        if (!seen.insert(keyword->name).second && !is_repeatable(row->form)) {
            report_twice(line, block, report);
        }
        (reader.*keyword->take)(line);
    }
}

/// The one word after the keyword; nullopt after an error. More words are a warning, unless they
/// may be a keyword that lost its line, or part of a password.
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

/// Says that a keyword that stands alone has words after it. Those that switch it off, as its
/// writer may believe, and those that are keywords themselves, are an error, all others a warning:
/// they do nothing, in keepalived either.
void expect_alone(const KeepalivedLine& line, Report& report);

}  // namespace config
