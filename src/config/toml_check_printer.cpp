#include "config/toml_check_printer.hpp"

#include "config/toml_probe_printer.hpp"

#include <fmt/format.h>

namespace config {

namespace {

/// A probe that looks from time to time.
bool is_periodic(const health::ProbeConfig& probe) {
    return std::holds_alternative<health::ScriptProbeConfig>(probe) ||
           std::holds_alternative<health::HttpProbeConfig>(probe) ||
           std::holds_alternative<health::TcpProbeConfig>(probe) ||
           std::holds_alternative<health::TlsProbeConfig>(probe) ||
           std::holds_alternative<health::UdpProbeConfig>(probe) ||
           std::holds_alternative<health::DnsProbeConfig>(probe) ||
           std::holds_alternative<health::PingProbeConfig>(probe);
}

}  // namespace

TomlTable describe_check(const health::CheckConfig& check) {
    TomlTable table;
    table.path = {"check", check.name};
    table.entries = describe_probe(check.probe, check.invert);
    const health::CheckConfig usual;
    const auto add = [&table](const char* key, std::string value, bool is_default) {
        table.entries.push_back({.key = key, .value = std::move(value), .is_default = is_default});
    };
    if (is_periodic(check.probe)) {
        add("interval", toml_duration(check.interval), check.interval == usual.interval);
        add("timeout", toml_duration(check.timeout), check.timeout == check.interval);
    }
    add("rise", std::to_string(check.rise), check.rise == usual.rise);
    add("fall", std::to_string(check.fall), check.fall == usual.fall);
    if (check.weight) {
        add("weight", std::to_string(*check.weight), false);
    }
    add("initially", toml_quoted(health::to_text(check.initially)),
        check.initially == usual.initially);
    add("invert", toml_flag(check.invert), !check.invert);
    add("hold_good", toml_duration(check.hold_good), check.hold_good == usual.hold_good);
    if (!check.after.empty()) {
        add("after", toml_quoted(check.after), false);
    }
    return table;
}

}  // namespace config
