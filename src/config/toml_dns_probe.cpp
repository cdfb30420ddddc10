#include "config/address_values.hpp"
#include "config/text.hpp"
#include "config/toml_probes.hpp"
#include "health/dns_message.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <utility>

namespace config {

namespace {

constexpr auto type_choices = [] {
    std::array<std::pair<std::string_view, std::string_view>, health::dns_types.size()> choices;
    for (std::size_t i = 0; i < choices.size(); ++i) {
        choices[i] = {health::dns_types[i], health::dns_types[i]};
    }
    return choices;
}();

Checked<std::string> to_dns_name(const std::string& text) {
    if (vrrp::IpAddress::from_text(text)) {
        return std::unexpected(
            Complaint{fmt::format("dns is {}, which is an address", in_quotes(text)),
                      "write the name to ask for; server is the address of whom to ask"});
    }
    const bool has_zero = text.find('\0') != std::string::npos;
    if (text.empty() || has_zero || !health::encode_dns_query(text, "A", 0)) {
        return std::unexpected(
            Complaint{fmt::format("dns is {}, which is no name", in_quotes(text)),
                      "write dns = \"www.example.com\""});
    }
    return text;
}

/// The address that A and AAAA records are expected to be.
Checked<std::string> to_expected(const std::string& text, const std::string& type) {
    const auto address = vrrp::IpAddress::from_text(text);
    const bool is_ipv6 = type == "AAAA";
    if ((is_ipv6 || type == "A") &&
        (!address || (address->family() == vrrp::Family::ipv6) != is_ipv6)) {
        return std::unexpected(
            Complaint{fmt::format("expect is {}, which is no {} address", in_quotes(text),
                                  family_text(is_ipv6 ? vrrp::Family::ipv6 : vrrp::Family::ipv4)),
                      fmt::format("type is {}", type)});
    }
    if (text.empty()) {
        return std::unexpected(Complaint{"expect is empty", "leave expect out"});
    }
    return text;
}

}  // namespace

health::ProbeConfig read_dns_probe(TomlSection& section, Report& report) {
    health::DnsProbeConfig probe;
    probe.name = section.converted("dns", to_dns_name).value_or("");
    section.require("server", "\"127.0.0.1\"");
    const auto server = read_peer_address(section, "server");
    probe.server = server.value_or(probe.server);
    probe.port = read_port(section).value_or(probe.port);
    probe.type = section.choice("type", type_choices).value_or(probe.type);
    probe.expect =
        section
            .converted("expect",
                       [&](const std::string& text) { return to_expected(text, probe.type); })
            .value_or("");
    probe.source = read_source_for(section, "server", server, report);
    return probe;
}

}  // namespace config
