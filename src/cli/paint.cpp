#include "cli/paint.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace cli {

namespace {

constexpr std::array<std::string_view, 5> sequences{"\033[1m", "\033[31m", "\033[32m", "\033[33m",
                                                    "\033[36m"};

}  // namespace

std::string paint(std::string_view text, Colour colour) {
    static const bool is_coloured =
        isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
    if (!is_coloured) {
        return std::string(text);
    }
    return fmt::format("{}{}\033[0m", sequences[static_cast<std::size_t>(colour)], text);
}

}  // namespace cli
