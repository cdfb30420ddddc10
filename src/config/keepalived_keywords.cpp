#include "config/keepalived_keywords.hpp"

#include "config/keepalived_definitions.hpp"
#include "config/nearest.hpp"
#include "config/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <chrono>

namespace config {

namespace {

/// A line within authentication or auth_hmac may hold a secret where a keyword belongs, and so may
/// what follows a brace in it.
bool may_hold_password(const KeepalivedLine& line, std::string_view where) {
    return where == "authentication" || where == "auth_hmac" || line.may_hold_password;
}

}  // namespace

void report_unknown(const KeepalivedLine& line, std::string_view where,
                    const std::vector<std::string>& known, Report& report) {
    const std::string& keyword = line.keyword();
    if (const auto mention = find_mention(keyword); mention && mention->is_replaced) {
        return;  // it is not defined, which was told
    }
    const std::string shown = may_hold_password(line, where) ? "this keyword" : in_quotes(keyword);
    if (nearest(keyword, known).empty()) {
        report.error(line.place(), fmt::format("{} is not read yet in {}", shown, where),
                     fmt::format("read in {}: {}", where, fmt::join(known, ", ")));
    } else {
        report.error(line.place(), fmt::format("{} is not a keyword of {}", shown, where),
                     suggest(keyword, known));
    }
}

void report_form(const KeepalivedLine& line, KeepalivedForm form, Report& report) {
    if (!is_block(form)) {
        report.error(line.place(), fmt::format("{} takes no block in braces", line.keyword()));
    } else {
        report.error(line.place(), fmt::format("{} has no block in braces", line.keyword()));
    }
}

void report_twice(const KeepalivedLine& line, std::string_view where, Report& report) {
    report.warning(line.place(),
                   fmt::format("{} stands twice in {}; {}", line.keyword(), where,
                               line.has_block ? "both count" : "the later one counts"));
}

std::optional<std::string> single_value(const KeepalivedLine& line, Report& report) {
    if (line.words.size() == 1) {
        report.error(line.place(), fmt::format("{} has no value", line.keyword()));
        return std::nullopt;
    }
    if (line.words.size() > 2) {
        report.error(line.words[2].place,
                     fmt::format("{} takes one word, here begins a second one", line.keyword()),
                     "a value with spaces stands in double quotes; each keyword has its own line");
        return std::nullopt;
    }
    return line.words[1].text;
}

std::optional<int> to_number(const KeepalivedToken& token, std::string_view what,
                             const Range& range, Report& report) {
    const std::string& text = token.text;
    int number = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (text.empty() || stop != end || error != std::errc{} || !range.contains(number)) {
        report.error(token.place, out_of_range(what, in_quotes(text), range));
        return std::nullopt;
    }
    return number;
}

std::optional<int> number_value(const KeepalivedLine& line, const Range& range, Report& report) {
    return single_value(line, report) ? to_number(line.words[1], line.keyword(), range, report)
                                      : std::nullopt;
}

std::optional<vrrp::Duration> seconds_value(const KeepalivedLine& line, Report& report) {
    const auto text = single_value(line, report);
    if (!text) {
        return std::nullopt;
    }
    const auto duration = to_duration(line.keyword(), *text + "s");
    if (!duration) {
        report.error(line.value_place(),
                     fmt::format("{} is {}, expected seconds with at most three decimals",
                                 line.keyword(), in_quotes(*text)));
        return std::nullopt;
    }
    return *duration;
}

std::optional<vrrp::Duration> pace_value(const KeepalivedLine& line, Report& report) {
    const auto text = single_value(line, report);
    if (!text) {
        return std::nullopt;
    }
    const auto microseconds = to_scaled(*text, 6);
    const vrrp::Duration pace = std::chrono::microseconds(microseconds.value_or(0));
    if (!microseconds || pace > max_announce_interval) {
        report.error(line.value_place(),
                     fmt::format("{} is {}, expected 0 to 1 seconds with at most six decimals",
                                 line.keyword(), in_quotes(*text)));
        return std::nullopt;
    }
    return pace;
}

std::optional<vrrp::Duration> delay_value(const KeepalivedLine& line, vrrp::Duration longest,
                                          Report& report) {
    const auto delay = seconds_value(line, report);
    if (delay && *delay > longest) {
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(longest).count();
        report.error(line.value_place(),
                     fmt::format("{} is {}, expected 0 to {} seconds", line.keyword(),
                                 in_quotes(line.words[1].text), seconds));
        return std::nullopt;
    }
    return delay;
}

bool flag_value(const KeepalivedLine& line, Report& report) {
    if (line.words.size() == 1) {
        return true;
    }
    const auto text = single_value(line, report);
    if (!text || *text == "on" || *text == "true" || *text == "yes") {
        return true;
    }
    if (*text != "off" && *text != "false" && *text != "no") {
        report.error(line.value_place(),
                     fmt::format("{} is {}, expected on, off, true, false, yes or no",
                                 line.keyword(), in_quotes(*text)));
        return true;
    }
    return false;
}

void expect_alone(const KeepalivedLine& line, Report& report) {
    if (line.words.size() > 1) {
        report.error(line.value_place(), fmt::format("{} takes no value", line.keyword()),
                     "each keyword has its own line");
    }
}

}  // namespace config
