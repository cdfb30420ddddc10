#include "cli/print.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace cli {

namespace {

/// fmt::print would throw where this returns false.
bool write(std::string_view text, std::FILE* stream) {
    return std::fwrite(text.data(), 1, text.size(), stream) == text.size() &&
           std::fflush(stream) == 0;
}

}  // namespace

bool print_out(std::string_view text) {
    if (write(text, stdout)) {
        return true;
    }
    print_error(fmt::format("understudy: standard output cannot be written: {}\n",
                            std::generic_category().message(errno)));
    return false;
}

void print_error(std::string_view text) {
    static_cast<void>(write(text, stderr));
}

}  // namespace cli
