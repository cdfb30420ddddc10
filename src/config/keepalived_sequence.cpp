#include "config/keepalived_sequence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>
#include <utility>

namespace config {

namespace {

constexpr std::int64_t largest = 0xFFFFFFFF;
constexpr std::array<std::string_view, 3> words = {"~SEQ(", "~SEQx(", "~LST("};

std::unexpected<Complaint> complain(std::string message, std::string advice) {
    return std::unexpected(Complaint{std::move(message), std::move(advice)});
}

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
    return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

/// The parts between commas that stand in no braces, without the blanks around them.
std::vector<std::string_view> split(std::string_view text) {
    std::vector<std::string_view> parts;
    std::size_t begin = 0;
    int depth = 0;
    for (std::size_t index = 0; index <= text.size(); ++index) {
        const char letter = index < text.size() ? text[index] : ',';
        depth += letter == '{' ? 1 : letter == '}' ? -1 : 0;
        if (letter == ',' && (depth == 0 || index == text.size())) {
            parts.push_back(trimmed(text.substr(begin, index - begin)));
            begin = index + 1;
        }
    }
    return parts;
}

/// "{a, b}" as its parts, anything else as itself.
std::vector<std::string> unwrapped(std::string_view text) {
    if (!text.starts_with('{') || !text.ends_with('}')) {
        return {std::string(text)};
    }
    std::vector<std::string> parts;
    for (const std::string_view part : split(text.substr(1, text.size() - 2))) {
        parts.emplace_back(part);
    }
    return parts;
}

bool is_name(std::string_view text) {
    return !text.empty() && (text.front() < '0' || text.front() > '9') &&
           std::ranges::all_of(text, [](char letter) {
               return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') ||
                      (letter >= 'A' && letter <= 'Z') || letter == '_';
           });
}

/// Decimal, behind 0x hexadecimal, behind another 0 octal.
std::optional<std::int64_t> to_integer(std::string_view text) {
    const bool is_negative = text.starts_with('-');
    text.remove_prefix(is_negative ? 1 : 0);
    int base = 10;
    if (text.starts_with("0x") || text.starts_with("0X")) {
        base = 16;
        text.remove_prefix(2);
    } else if (text.size() > 1 && text.starts_with('0')) {
        base = 8;
    }
    std::uint64_t number = 0;
    const auto [stop, error] =
        std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (text.empty() || error != std::errc{} || stop != text.data() + text.size() ||
        number > static_cast<std::uint64_t>(largest)) {
        return std::nullopt;
    }
    const auto value = static_cast<std::int64_t>(number);
    return is_negative ? -value : value;
}

Checked<KeepalivedSequence> to_numbers(KeepalivedSequence sequence,
                                       std::span<const std::string_view> parts) {
    constexpr std::string_view form =
        "write ~SEQ(NAME, START, STEP, END); STEP, and START with it, may be missing";
    std::vector<std::int64_t> numbers;
    for (const std::string_view part : parts) {
        const auto number = to_integer(part);
        if (!number) {
            return complain("the sequence has a bound that is no whole number up to 32 bits",
                            std::string(form));
        }
        numbers.push_back(*number);
    }
    if (sequence.names.size() != 1 || numbers.empty() || numbers.size() > 3) {
        return complain("a sequence takes a name and one to three numbers", std::string(form));
    }
    sequence.end = numbers.back();
    sequence.start = numbers.size() > 1 ? numbers.front() : sequence.end < 0 ? -1 : 1;
    sequence.step = numbers.size() == 3 ? numbers[1] : sequence.start > sequence.end ? -1 : 1;
    const bool is_upwards = sequence.end >= sequence.start;
    if (sequence.step == 0 ||
        (sequence.start != sequence.end && (sequence.step > 0) != is_upwards)) {
        return complain("the sequence never reaches its end",
                        "a step of 1 counts up, one of -1 down");
    }
    return sequence;
}

Checked<KeepalivedSequence> to_list(KeepalivedSequence sequence,
                                    std::span<const std::string_view> parts) {
    sequence.is_list = true;
    for (const std::string_view part : parts) {
        std::vector<std::string> row = sequence.names.size() == 1
                                           ? std::vector<std::string>{std::string(part)}
                                           : unwrapped(part);
        if (row.size() != sequence.names.size()) {
            return complain(fmt::format("an entry of the list has {} values for {} names",
                                        row.size(), sequence.names.size()),
                            "write ~LST({A, B}, {1, 2}, {3, 4})");
        }
        sequence.rows.push_back(std::move(row));
    }
    if (sequence.rows.empty()) {
        return complain("the list has no value", "write ~LST(NAME, VALUE, VALUE)");
    }
    return sequence;
}

}  // namespace

std::size_t KeepalivedSequence::count() const {
    return is_list ? rows.size() : static_cast<std::size_t>((end - start) / step) + 1;
}

std::vector<std::string> KeepalivedSequence::values(std::size_t index) const {
    if (is_list) {
        return rows[index];
    }
    const std::int64_t number = start + step * static_cast<std::int64_t>(index);
    return {is_hexadecimal ? fmt::format("{:x}", number) : fmt::format("{}", number)};
}

std::size_t sequence_word_size(std::string_view text) {
    const auto word = std::ranges::find_if(
        words, [text](std::string_view candidate) { return text.starts_with(candidate); });
    return word == words.end() ? 0 : word->size();
}

Checked<KeepalivedSequence> to_sequence(std::string_view word, std::string_view arguments) {
    const std::vector<std::string_view> parts = split(arguments);
    KeepalivedSequence sequence;
    sequence.names = unwrapped(parts.front());
    sequence.is_hexadecimal = word == "~SEQx(";
    if (!std::ranges::all_of(sequence.names, is_name)) {
        return complain("the first word in the parentheses is no name",
                        "names have letters, digits and _, and no digit at their beginning");
    }
    const auto rest = std::span(parts).subspan(1);
    return word == "~LST(" ? to_list(std::move(sequence), rest)
                           : to_numbers(std::move(sequence), rest);
}

}  // namespace config
