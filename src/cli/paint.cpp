#include "cli/paint.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace cli {

namespace {

constexpr std::array<std::string_view, 5> sequences{"\033[1m", "\033[31m", "\033[32m", "\033[33m",
                                                    "\033[36m"};

bool shows_colours(int fd) {
    return isatty(fd) != 0 && std::getenv("NO_COLOR") == nullptr;
}

std::string painted(std::string_view text, Colour colour) {
    return fmt::format("{}{}\033[0m", sequences[static_cast<std::size_t>(colour)], text);
}

}  // namespace

std::string paint(std::string_view text, Colour colour) {
    static const bool is_coloured = shows_colours(STDOUT_FILENO);
    return is_coloured ? painted(text, colour) : std::string(text);
}

std::string paint_error(std::string_view text, Colour colour) {
    static const bool is_coloured = shows_colours(STDERR_FILENO);
    return is_coloured ? painted(text, colour) : std::string(text);
}

}  // namespace cli
