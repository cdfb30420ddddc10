#include "config/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace config {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::size_t max_quoted_size = 60;

std::uint32_t byte_at(std::string_view text, std::size_t offset) {
    return offset < text.size() ? static_cast<unsigned char>(text[offset]) : 0U;
}

bool is_continuation(std::uint32_t byte) {
    return (byte & 0xC0U) == 0x80U;
}

/// How many bytes follow the first byte of a character; 4 for a byte that begins none.
std::size_t continuation_count(std::uint32_t first) {
    if (first < 0x80U) {
        return 0;
    }
    if (first >= 0xC2U && first <= 0xDFU) {
        return 1;
    }
    if (first >= 0xE0U && first <= 0xEFU) {
        return 2;
    }
    return first >= 0xF0U && first <= 0xF4U ? 3 : 4;
}

/// The size in bytes of the character at `offset`; 0 where there is no valid one. RFC 3629
/// section 4: no overlong forms, no surrogates, nothing above U+10FFFF.
std::size_t character_size(std::string_view text, std::size_t offset) {
    static constexpr std::array<std::uint32_t, 4> smallest = {0, 0x80, 0x800, 0x10000};
    const std::uint32_t first = byte_at(text, offset);
    const std::size_t count = continuation_count(first);
    if (count == 4) {
        return 0;
    }
    std::uint32_t code = count == 0 ? first : first & (0x3FU >> count);
    for (std::size_t index = 1; index <= count; ++index) {
        const std::uint32_t byte = byte_at(text, offset + index);
        if (!is_continuation(byte)) {
            return 0;
        }
        code = (code << 6U) | (byte & 0x3FU);
    }
    const bool is_surrogate = code >= 0xD800U && code <= 0xDFFFU;
    return code < smallest[count] || is_surrogate || code > 0x10FFFFU ? 0 : count + 1;
}

bool is_control(char character) {
    const auto byte = static_cast<unsigned char>(character);
    return (byte < 0x20U && character != '\t' && character != '\n') || byte == 0x7FU;
}

std::string without_carriage_returns(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    for (std::size_t offset = 0; offset < text.size(); ++offset) {
        if (text[offset] != '\r' || byte_at(text, offset + 1) != '\n') {
            result.push_back(text[offset]);
        }
    }
    return result;
}

}  // namespace

std::expected<std::string, TextError> normalize(std::string_view text) {
    if (text.size() > max_text_size) {
        return std::unexpected(
            TextError{{},
                      fmt::format("the file is larger than {} KiB, the most that is read",
                                  max_text_size / 1024)});
    }
    if (text.starts_with(byte_order_mark)) {
        text.remove_prefix(byte_order_mark.size());
    }
    std::string result = without_carriage_returns(text);
    for (std::size_t offset = 0; offset < result.size();) {
        const std::size_t size = character_size(result, offset);
        if (size == 0) {
            return std::unexpected(
                TextError{place_at(result, offset), "this byte is not valid UTF-8"});
        }
        if (is_control(result[offset])) {
            return std::unexpected(
                TextError{place_at(result, offset),
                          fmt::format("control character 0x{:02X}: this is not a text file",
                                      static_cast<unsigned char>(result[offset]))});
        }
        offset += size;
    }
    return result;
}

Place place_at(std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, offset);
    const std::size_t newline = before.rfind('\n');
    const std::string_view line =
        newline == std::string_view::npos ? before : before.substr(newline + 1);
    const auto characters = std::ranges::count_if(
        line, [](char byte) { return !is_continuation(static_cast<unsigned char>(byte)); });
    return {static_cast<std::size_t>(std::ranges::count(before, '\n')) + 1,
            static_cast<std::size_t>(characters) + 1};
}

std::string printable(std::string_view text) {
    std::string result(text);
    std::ranges::replace_if(
        result, [](char byte) { return is_control(byte) || byte == '\n' || byte == '\t'; }, '?');
    return result;
}

std::string in_quotes(std::string_view text) {
    // A text whose quotes end too late may have swallowed a line that nobody should read.
    std::string shown(text.substr(0, std::min(max_quoted_size, text.find('\n'))));
    if (shown.size() < text.size()) {
        while (!shown.empty() && is_continuation(byte_at(text, shown.size()))) {
            shown.pop_back();
        }
        shown += "...";
    }
    return '"' + printable(shown) + '"';
}

}  // namespace config
