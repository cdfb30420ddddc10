#pragma once

#include "config/report.hpp"
#include "config/toml_section.hpp"
#include "health/probe_config.hpp"
#include "vrrp/address.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace config {

// One reader for each kind of probe: it takes from a check's table the keys that are the probe's
// own. What it reports as wrong keeps its default.

[[nodiscard]] health::ProbeConfig read_process_probe(TomlSection& section, Report& report);
[[nodiscard]] health::ProbeConfig read_script_probe(TomlSection& section, Report& report);
[[nodiscard]] health::ProbeConfig read_shell_probe(TomlSection& section, Report& report);
[[nodiscard]] health::ProbeConfig read_http_probe(TomlSection& section, Report& report);
[[nodiscard]] health::ProbeConfig read_tcp_probe(TomlSection& section, Report& report);
[[nodiscard]] health::ProbeConfig read_tls_probe(TomlSection& section, Report& report);
[[nodiscard]] health::ProbeConfig read_udp_probe(TomlSection& section, Report& report);
[[nodiscard]] health::ProbeConfig read_dns_probe(TomlSection& section, Report& report);
[[nodiscard]] health::ProbeConfig read_ping_probe(TomlSection& section, Report& report);
[[nodiscard]] health::ProbeConfig read_file_probe(TomlSection& section, Report& report);
[[nodiscard]] health::ProbeConfig read_interface_probe(TomlSection& section, Report& report);
[[nodiscard]] health::ProbeConfig read_route_probe(TomlSection& section, Report& report);
[[nodiscard]] health::ProbeConfig read_address_probe(TomlSection& section, Report& report);
[[nodiscard]] health::ProbeConfig read_peers_probe(TomlSection& section, Report& report);
[[nodiscard]] health::ProbeConfig read_combination(TomlSection& section, Report& report);

/// The keys source and source_interface, which all probes of the network have.
[[nodiscard]] health::ProbeSource read_probe_source(TomlSection& section);

/// The same, for a probe that speaks with `address`, which stands at `key` if it is known: of the
/// same family, and with the link on which a link-local address is.
[[nodiscard]] health::ProbeSource read_source_for(TomlSection& section, const std::string& key,
                                                  const std::optional<vrrp::IpAddress>& address,
                                                  Report& report);

/// The address of another host, or of this one.
[[nodiscard]] std::optional<vrrp::IpAddress> read_peer_address(TomlSection& section,
                                                               const std::string& key);

/// The key port: 1 to 65535.
[[nodiscard]] std::optional<std::uint16_t> read_port(TomlSection& section);

/// Says where the source is of another family than the host, if this is an address, and where a
/// link-local one has no interface.
void check_source_of(TomlSection& section, const std::string& kind, const std::string& host,
                     const health::ProbeSource& source, Report& report);

/// The keys verify, server_name, ca_file, client_certificate, client_key and certificate_warning.
[[nodiscard]] health::TlsSettings read_tls_settings(TomlSection& section, Report& report);

/// Says of each of these keys that is there that it has no meaning.
void refuse_tls_settings(TomlSection& section, const std::string& reason);

/// The text of a key, which must not be empty where it is there.
[[nodiscard]] std::optional<std::string> read_text(TomlSection& section, const std::string& key);

/// An absolute path.
[[nodiscard]] std::optional<std::string> read_path(TomlSection& section, const std::string& key);

}  // namespace config
