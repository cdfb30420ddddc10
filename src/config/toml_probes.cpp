#include "config/toml_probes.hpp"

#include "config/address_values.hpp"
#include "config/text.hpp"

#include <fmt/format.h>

namespace config {

namespace {

constexpr Range port_range{1, 65535};

}  // namespace

health::ProbeSource read_probe_source(TomlSection& section) {
    health::ProbeSource source;
    source.address = section.converted(
        "source", [](const std::string& text) { return to_server_address("source", text); });
    source.interface = section.converted("source_interface", to_interface).value_or("");
    return source;
}

health::ProbeSource read_source_for(TomlSection& section, const std::string& key,
                                    const std::optional<vrrp::IpAddress>& address, Report& report) {
    const health::ProbeSource source = read_probe_source(section);
    if (!address) {
        return source;
    }
    if (source.address && source.address->family() != address->family()) {
        report.error(
            section.place_of("source"),
            fmt::format("source is an {} address, and {} an {} one",
                        family_text(source.address->family()), key, family_text(address->family())),
            "give both of one family, or leave source out");
    }
    const bool is_on_one_link = address->family() == vrrp::Family::ipv6 && address->is_link_local();
    if (is_on_one_link && source.interface.empty()) {
        report.error(
            section.place_of(key),
            fmt::format("{} is {}, which each link has for itself", key, address->to_text()),
            "add source_interface = \"eth0\": the link on which it is");
    }
    return source;
}

std::optional<vrrp::IpAddress> read_peer_address(TomlSection& section, const std::string& key) {
    return section.converted(
        key, [&key](const std::string& text) { return to_server_address(key, text); });
}

std::optional<std::uint16_t> read_port(TomlSection& section) {
    const auto port = section.number("port", port_range);
    return port ? std::optional(static_cast<std::uint16_t>(*port)) : std::nullopt;
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
