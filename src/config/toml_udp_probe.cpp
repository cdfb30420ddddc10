#include "config/address_values.hpp"
#include "config/text.hpp"
#include "config/toml_probes.hpp"

#include <fmt/format.h>

#include <cstddef>

namespace config {

namespace {

/// What fits into one packet on any network that we know of.
constexpr std::size_t longest_payload = 1200;

std::optional<std::string> read_payload(TomlSection& section, const std::string& key) {
    return section.converted(key, [&key](const std::string& text) -> Checked<std::string> {
        if (text.empty() || text.size() > longest_payload) {
            return std::unexpected(Complaint{
                fmt::format("{} has {} bytes, expected 1 to {}", key, text.size(), longest_payload),
                text.empty() ? fmt::format("leave {} out", key) : ""});
        }
        return text;
    });
}

}  // namespace

health::ProbeConfig read_udp_probe(TomlSection& section, Report& report) {
    health::UdpProbeConfig probe;
    const auto address = read_peer_address(section, "udp");
    probe.address = address.value_or(probe.address);
    section.require("port", "514");
    probe.port = read_port(section).value_or(probe.port);
    probe.send = read_payload(section, "send").value_or("");
    probe.expect = read_payload(section, "expect").value_or("");
    probe.source = read_source_for(section, "udp", address, report);
    return probe;
}

}  // namespace config
