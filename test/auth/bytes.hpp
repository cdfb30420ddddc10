#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace auth {

using Bytes = std::vector<std::byte>;

/// The bytes of hexadecimal text; blanks are skipped.
inline Bytes from_hex(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    Bytes bytes;
    bool is_second = false;
    for (const char letter : text) {
        if (letter == ' ') {
            continue;
        }
        const auto digit = static_cast<std::byte>(digits.find(letter));
        if (is_second) {
            bytes.back() = bytes.back() << 4 | digit;
        } else {
            bytes.push_back(digit);
        }
        is_second = !is_second;
    }
    return bytes;
}

inline std::string to_hex(std::span<const std::byte> bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const std::byte byte : bytes) {
        text += digits[std::to_integer<std::size_t>(byte >> 4)];
        text += digits[std::to_integer<std::size_t>(byte & std::byte{0x0f})];
    }
    return text;
}

inline Bytes from_text(std::string_view text) {
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

/// first, first + 1, first + 2 ...
inline Bytes counting(std::uint8_t first, std::size_t size) {
    Bytes bytes;
    for (std::size_t index = 0; index < size; ++index) {
        bytes.push_back(static_cast<std::byte>(first + index));
    }
    return bytes;
}

}  // namespace auth
