#include "config/toml_probes.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <string>

#include "config/text.hpp"
#include "health/url.hpp"

namespace config {

namespace {

constexpr vrrp::Duration max_warning = std::chrono::hours(10L * 365 * 24);

/// A PEM file, which should be there when the check runs.
std::string read_pem_file(TomlSection& section, const std::string& key, Report& report) {
    const auto path = read_path(section, key);
    if (path && access(path->c_str(), R_OK) != 0) {
        report.warning(section.place_of(key),
                       fmt::format("{} cannot be read: {}", in_quotes(*path), strerror(errno)),
                       "the check fails until it can");
    }
    return path.value_or("");
}

Checked<std::string> to_server_name(const std::string& text) {
    if (!health::is_host(text)) {
        return std::unexpected(
            Complaint{fmt::format("server_name is {}, which is no host's name", in_quotes(text)),
                      "write the name that the certificate has, such as \"www.example.org\""});
    }
    return text;
}

Checked<vrrp::Duration> to_warning_time(std::string_view text, vrrp::Duration duration) {
    if (duration > max_warning) {
        return std::unexpected(Complaint{
            fmt::format("certificate_warning is {}, expected 0s to 87600h", in_quotes(text)), ""});
    }
    return duration;
}

}  // namespace

health::TlsSettings read_tls_settings(TomlSection& section, Report& report) {
    health::TlsSettings tls;
    tls.verifies = section.flag("verify").value_or(tls.verifies);
    tls.server_name = section.converted("server_name", to_server_name).value_or("");
    if (!tls.verifies) {
        section.refuse("ca_file", "has no meaning with verify = false");
    }
    tls.ca_file = read_pem_file(section, "ca_file", report);
    tls.client_certificate = read_pem_file(section, "client_certificate", report);
    if (tls.client_certificate.empty() && !section.has("client_certificate")) {
        section.refuse("client_key", "has no meaning without client_certificate");
    }
    tls.client_key = read_pem_file(section, "client_key", report);
    tls.warn_before =
        section.duration("certificate_warning", to_warning_time).value_or(tls.warn_before);
    return tls;
}

void refuse_tls_settings(TomlSection& section, const std::string& reason) {
    static constexpr std::array<const char*, 6> keys = {"verify",     "server_name",
                                                        "ca_file",    "client_certificate",
                                                        "client_key", "certificate_warning"};
    for (const char* const key : keys) {
        section.refuse(key, reason);
    }
}

}  // namespace config
