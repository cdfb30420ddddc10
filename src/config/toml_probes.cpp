#include "config/toml_probes.hpp"

#include "config/address_values.hpp"
#include "config/text.hpp"

#include <fmt/format.h>

namespace config {

health::ProbeSource read_probe_source(TomlSection& section) {
    health::ProbeSource source;
    source.address = section.converted(
        "source", [](const std::string& text) { return to_host_address("source", text); });
    source.interface = section.converted("source_interface", to_interface).value_or("");
    return source;
}

std::optional<std::string> read_text(TomlSection& section, const std::string& key) {
    return section.converted(key, [&key](const std::string& text) -> Checked<std::string> {
        if (text.empty() || text.find('\0') != std::string::npos) {
            return std::unexpected(Complaint{
                fmt::format("{} is {}", key, text.empty() ? "empty" : "a text with a zero byte"),
                ""});
        }
        return text;
    });
}

std::optional<std::string> read_path(TomlSection& section, const std::string& key) {
    return section.converted(key, [&key](const std::string& text) -> Checked<std::string> {
        if (!text.starts_with('/') || text.find('\0') != std::string::npos) {
            return std::unexpected(Complaint{
                fmt::format("{} is {}, which is not an absolute path", key, in_quotes(text)),
                "write the path from the root on, with a leading slash"});
        }
        return text;
    });
}

}  // namespace config
