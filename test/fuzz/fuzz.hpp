#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string_view>

/// What libFuzzer and the replay call: takes any bytes, always returns 0, and ends the program
/// where a promise is broken.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace fuzz {

/// Ends the program, with what was promised, where it is not so.
inline void expect(bool is_so, std::string_view promise) {
    if (!is_so) {
        std::fprintf(stderr, "broken promise: %.*s\n", static_cast<int>(promise.size()),
                     promise.data());
        std::abort();
    }
}

/// An input taken apart from its front; zeros come after its end.
class Input {
public:
    Input(const std::uint8_t* data, std::size_t size)
        : bytes_(std::as_bytes(std::span(data, size))) {}

    [[nodiscard]] bool is_empty() const { return bytes_.empty(); }

    std::uint8_t number() {
        if (bytes_.empty()) {
            return 0;
        }
        const auto first = std::to_integer<std::uint8_t>(bytes_.front());
        bytes_ = bytes_.subspan(1);
        return first;
    }

    template <class Value, std::size_t size>
    const Value& one_of(const std::array<Value, size>& values) {
        return values[number() % size];
    }

    /// All that has not been taken.
    [[nodiscard]] std::span<const std::byte> rest() const { return bytes_; }

private:
    std::span<const std::byte> bytes_;
};

}  // namespace fuzz
