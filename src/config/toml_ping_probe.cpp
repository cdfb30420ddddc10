#include "config/text.hpp"
#include "config/toml_probes.hpp"

#include <fmt/format.h>

namespace config {

namespace {

constexpr Range ping_count_range{1, 100};
constexpr Range loss_range{0, 99};

std::optional<vrrp::Duration> read_round_trip(TomlSection& section) {
    return section.duration(
        "max_round_trip",
        [](std::string_view text, vrrp::Duration duration) -> Checked<vrrp::Duration> {
            if (duration <= vrrp::Duration::zero() || duration > max_script_time) {
                return std::unexpected(Complaint{
                    fmt::format("max_round_trip is {}, expected 1ms to 1h", in_quotes(text)), ""});
            }
            return duration;
        });
}

}  // namespace

health::ProbeConfig read_ping_probe(TomlSection& section, Report& report) {
    health::PingProbeConfig probe;
    const auto address = read_peer_address(section, "ping");
    probe.address = address.value_or(probe.address);
    probe.count = section.number("count", ping_count_range).value_or(probe.count);
    probe.max_loss_percent = section.number("max_loss", loss_range).value_or(0);
    probe.max_round_trip = read_round_trip(section);
    probe.source = read_source_for(section, "ping", address, report);
    return probe;
}

}  // namespace config
