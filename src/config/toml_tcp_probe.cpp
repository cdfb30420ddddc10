#include "config/toml_probes.hpp"

#include <fmt/format.h>

#include <optional>
#include <string>

#include "config/text.hpp"
#include "health/url.hpp"
#include "vrrp/address.hpp"

namespace config {

namespace {

constexpr std::size_t max_text_size = 4096;

std::optional<std::string> read_exchange(TomlSection& section, const std::string& key,
                                         Report& report) {
    auto text = read_text(section, key);
    if (text && text->size() > max_text_size) {
        report.error(section.place_of(key),
                     fmt::format("{} is longer than {} bytes", key, max_text_size));
    }
    return text;
}

health::TcpProbeConfig read(TomlSection& section, const std::string& kind, Report& report) {
    health::TcpProbeConfig probe;
    const auto endpoint =
        section.converted(kind, [&kind](const std::string& text) -> Checked<health::Endpoint> {
            auto parsed = health::parse_endpoint(text);
            if (!parsed) {
                return std::unexpected(Complaint{
                    fmt::format("{} is {}, which {}", kind, in_quotes(text), parsed.error()),
                    fmt::format("write {} = \"127.0.0.1:6443\", \"[::1]:6443\" or "
                                "\"name:6443\"",
                                kind)});
            }
            return *parsed;
        });
    probe.host = endpoint ? endpoint->host : "";
    probe.port = endpoint ? endpoint->port : std::uint16_t{0};
    probe.send = read_exchange(section, "send", report).value_or("");
    probe.expect = read_exchange(section, "expect", report).value_or("");
    probe.source = read_probe_source(section);
    check_source_of(section, kind, probe.host, probe.source, report);
    return probe;
}

}  // namespace

void check_source_of(TomlSection& section, const std::string& kind, const std::string& host,
                     const health::ProbeSource& source, Report& report) {
    const auto address = vrrp::IpAddress::from_text(host);
    if (address && source.address && source.address->family() != address->family()) {
        report.error(section.place_of("source"),
                     fmt::format("source {} cannot reach {} {}, which is of the other family",
                                 source.address->to_text(), kind, host));
    }
    const bool is_on_one_link =
        address && address->family() == vrrp::Family::ipv6 && address->is_link_local();
    if (is_on_one_link && source.interface.empty() && !section.has("source_interface")) {
        report.error(section.place_of(kind),
                     fmt::format("{} is at {}, which each link has for itself", kind, host),
                     "add source_interface = \"eth0\": the link on which it is");
    }
}

health::ProbeConfig read_tcp_probe(TomlSection& section, Report& report) {
    return read(section, "tcp", report);
}

health::ProbeConfig read_tls_probe(TomlSection& section, Report& report) {
    health::TlsProbeConfig probe;
    probe.tcp = read(section, "tls", report);
    probe.tls = read_tls_settings(section, report);
    return probe;
}

}  // namespace config
