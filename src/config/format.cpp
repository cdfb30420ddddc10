#include "config/format.hpp"

#include <cstddef>

namespace config {

namespace {

/// The first line that is neither blank nor a comment of either language, without its indent.
std::string_view first_line(std::string_view text) {
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        const std::string_view line = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        const std::size_t start = line.find_first_not_of(" \t");
        if (start != std::string_view::npos && line[start] != '#' && line[start] != '!') {
            return line.substr(start);
        }
    }
    return {};
}

}  // namespace

bool begins_as_keepalived(std::string_view text) {
    const std::string_view line = first_line(text);
    return line.starts_with("global_defs") || line.starts_with("vrrp_");
}

Format format_of(std::string_view path, std::string_view text) {
    if (path.ends_with(".toml")) {
        return Format::toml;
    }
    const std::string_view line = first_line(text);
    if (line.empty() || line.starts_with('[')) {
        return Format::toml;
    }
    // In TOML a key is followed by = at once; keepalived's definitions begin with $.
    const std::size_t key_end = line.find_first_of(" \t={");
    const std::size_t next =
        line.find_first_not_of(" \t", key_end == std::string_view::npos ? line.size() : key_end);
    const bool is_assignment = next != std::string_view::npos && line[next] == '=';
    return is_assignment && !line.starts_with('$') ? Format::toml : Format::keepalived;
}

}  // namespace config
