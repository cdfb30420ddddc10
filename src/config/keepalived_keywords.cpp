#include "config/keepalived_keywords.hpp"

#include "config/keepalived_definitions.hpp"
#include "config/keepalived_grammar.hpp"
#include "config/nearest.hpp"
#include "config/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <chrono>
#include <cstddef>

namespace config {

namespace {

constexpr std::size_t few_keywords = 12;  ///< so many are told to who looks for one

/// A line within authentication or auth_hmac may hold a secret where a keyword belongs, and so may
/// what follows a brace in it.
bool may_hold_password(const KeepalivedLine& line, std::string_view where) {
    return where == "authentication" || where == "auth_hmac" || line.may_hold_password;
}

bool may_be_secret(const KeepalivedLine& line) {
    return line.may_hold_password || line.keyword().starts_with("auth_");
}

bool says_no(std::string_view word) {
    return word == "off" || word == "no" || word == "false" || word == "0";
}

/// Whether a word is a keyword of any block: it may have lost its line.
bool is_keyword(const KeepalivedToken& word) {
    return std::ranges::any_of(keepalived_blocks(), [&word](const KeepalivedBlock& block) {
        return find_row(block.name, word.text) != nullptr;
    });
}

/// Where a keyword belongs that is none of the block.
std::string block_advice(std::string_view keyword, std::string_view block) {
    for (const KeepalivedBlock& other : keepalived_blocks()) {
        const KeepalivedRow* const row = find_row(other.name, keyword);
        const bool is_block = other.title.starts_with('`');  // not what follows an entry
        if (row == nullptr || other.name == block) {
            continue;
        }
        if (other.name == "keepalived.conf") {
            return "it stands outside of all blocks";
        }
        if (is_block) {
            return fmt::format("it belongs into a block {}", other.name);
        }
    }
    const std::vector<std::string> known = keywords_of(block);
    return known.size() <= few_keywords
               ? fmt::format("known in {}: {}", block, fmt::join(known, ", "))
               : std::string("keepalived passes over it, so remove it, or write what was meant");
}

void report_unknown(const KeepalivedLine& line, std::string_view block, Report& report) {
    const std::string& keyword = line.keyword();
    if (const auto mention = find_mention(keyword); mention && mention->is_replaced) {
        return;  // it is not defined, which was told
    }
    const std::vector<std::string> known = keywords_of(block);
    const std::string shown = may_hold_password(line, block) ? "this keyword" : in_quotes(keyword);
    const std::string message = fmt::format("{} is not a keyword of {}", shown, block);
    const std::string_view meant = nearest(keyword, known);
    const KeepalivedRow* const row = meant.empty() ? nullptr : find_row(block, meant);
    if (row != nullptr &&
        (row->effect == KeywordClass::no_effect || row->effect == KeywordClass::translated)) {
        report.warning(
            line.place(), fmt::format("{}: it is left out, here as in keepalived", message),
            fmt::format("did you mean {}? Nothing here depends on it: leave it out", meant));
    } else if (row != nullptr) {
        report.error(line.place(), message, suggest(keyword, known));
    } else if (report.is_lenient() && !may_hold_password(line, block)) {
        report.warning(line.place(),
                       fmt::format("{}: it is left out, here as in keepalived", message));
    } else {
        report.error(line.place(), message, block_advice(keyword, block));
    }
}

void report_form(const KeepalivedLine& line, KeepalivedForm form, Report& report) {
    if (!is_block(form)) {
        report.error(line.place(), fmt::format("{} takes no block in braces", line.keyword()));
    } else {
        report.error(line.place(), fmt::format("{} has no block in braces", line.keyword()));
    }
}

/// Whether the one word after a keyword says that it is not wanted, or asks for what is done.
bool is_harmless(const KeepalivedLine& line, const KeepalivedRow& row) {
    if (line.words.size() != 2) {
        return false;
    }
    const std::string& value = line.words[1].text;
    return says_no(value) || value == row.harmless;
}

void tell(const KeepalivedLine& line, const KeepalivedRow& row, Report& report) {
    if (row.telling == Telling::once) {
        report.warning_once(line.place(), row.text, row.advice);
    } else if (row.telling == Telling::each) {
        const bool is_translated = row.effect == KeywordClass::translated;
        report.warning(line.place(),
                       fmt::format("{}{}: {}", row.keyword,
                                   is_translated ? "" : " has no effect here", row.text),
                       row.advice);
    }
}

/// Told once for a block, however much is in it.
void refuse(const KeepalivedLine& line, const KeepalivedRow& row, Report& report) {
    if (report.is_lenient()) {
        report.warning(line.place(), fmt::format("{} is left out: {}", row.keyword, row.text),
                       row.advice);
    } else {
        report.error(line.place(), fmt::format("{} is not supported: {}", row.keyword, row.text),
                     row.advice);
    }
}

}  // namespace

const KeepalivedRow* admit(const KeepalivedLine& line, std::string_view block, Report& report) {
    const KeepalivedRow* const row = find_row(block, line.keyword());
    if (row == nullptr) {
        report_unknown(line, block, report);
    } else if (row->effect == KeywordClass::unsupported) {
        refuse(line, *row, report);
    } else if (line.has_block != is_block(row->form)) {
        report_form(line, row->form, report);
    } else if (row->effect == KeywordClass::no_effect) {
        pass_over(line, *row, block, report);
    } else {
        return row;
    }
    return nullptr;
}

void pass_over(const KeepalivedLine& line, const KeepalivedRow& row, std::string_view block,
               Report& report) {
    if (row.effect == KeywordClass::honoured) {
        report.error(line.place(), fmt::format("{} is not read yet in {}", row.keyword, block));
        return;
    }
    const auto words = std::span(line.words).subspan(1);
    if (line.has_block || matches_grammar(row.grammar, words)) {
        if (!is_harmless(line, row)) {
            tell(line, row, report);
        }
    } else if (row.grammar.empty()) {
        report.warning(line.value_place(),
                       fmt::format("{} takes no value; what follows it has no effect, here as in "
                                   "keepalived",
                                   row.keyword),
                       row.advice);
    } else {
        report.warning(line.value_place(), fmt::format("{} is left out: keepalived expects {} {}",
                                                       row.keyword, row.keyword, row.grammar));
    }
}

void report_twice(const KeepalivedLine& line, std::string_view block, Report& report) {
    report.warning(line.place(),
                   fmt::format("{} stands twice in {}; {}", line.keyword(), block,
                               line.has_block ? "both count" : "the later one counts"));
}

std::optional<std::string> single_value(const KeepalivedLine& line, Report& report) {
    if (line.words.size() == 1) {
        report.error(line.place(), fmt::format("{} has no value", line.keyword()));
        return std::nullopt;
    }
    if (line.words.size() > 2 && (may_be_secret(line) || is_keyword(line.words[2]))) {
        report.error(line.words[2].place,
                     fmt::format("{} takes one word, here begins a second one", line.keyword()),
                     "a value with spaces stands in double quotes; each keyword has its own line");
        return std::nullopt;
    }
    if (line.words.size() > 2) {
        report.warning(line.words[2].place,
                       fmt::format("{} takes one word; what follows is left out, here as in "
                                   "keepalived",
                                   line.keyword()),
                       "begin a remark with # or !");
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
        Complaint complaint = out_of_range(what, in_quotes(text), range);
        if (error == std::errc{} && range.contains(number) &&
            std::none_of(stop, end,
                         [](unsigned char letter) { return std::isalnum(letter) != 0; })) {
            complaint.advice =
                fmt::format("write {} alone: keepalived passes over what follows it", number);
        }
        report.error(token.place, complaint);
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
    if (line.words.size() == 1) {
        return;
    }
    if (says_no(line.words[1].text)) {
        report.error(line.value_place(),
                     fmt::format("{} takes no value: whatever follows, it counts", line.keyword()),
                     "leave the line out if it is not wanted");
    } else if (line.has_block || may_be_secret(line) || is_keyword(line.words[1])) {
        report.error(line.value_place(), fmt::format("{} takes no value", line.keyword()),
                     "each keyword has its own line");
    } else {
        report.warning(line.value_place(),
                       fmt::format("{} takes no value; what follows is left out, here as in "
                                   "keepalived",
                                   line.keyword()),
                       "begin a remark with # or !");
    }
}

}  // namespace config
