#include "health/printable.hpp"

namespace health {

std::string printable(std::string_view text, std::size_t longest) {
    std::string line;
    for (const char c : text.substr(0, longest)) {
        const bool is_blank = c == '\n' || c == '\r' || c == '\t';
        line += is_blank ? ' ' : (c < ' ' || c == 0x7f ? '?' : c);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    return text.size() > longest ? line + "…" : line;
}

}  // namespace health
