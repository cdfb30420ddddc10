#include "health/probe.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <string_view>
#include <utility>
#include <variant>

#include "health/dns_probe.hpp"
#include "health/file_probe.hpp"
#include "health/http_probe.hpp"
#include "health/ping_probe.hpp"
#include "health/process_probe.hpp"
#include "health/script_probe.hpp"
#include "health/tcp_probe.hpp"
#include "health/udp_probe.hpp"
#include "health/url.hpp"

namespace health {

namespace {

/// One overload for each kind of probe that this folder has.
struct Start {
    const CheckConfig& check;
    ProbeContext& context;

    StartedProbe operator()(const ProcessProbeConfig& config) const {
        return ProcessProbe::start(check, config, std::move(context));
    }
    StartedProbe operator()(const ScriptProbeConfig& config) const {
        return ScriptProbe::start(check, config, std::move(context));
    }
    StartedProbe operator()(const UdpProbeConfig& config) const {
        return start_udp_probe(check, config, std::move(context));
    }
    StartedProbe operator()(const DnsProbeConfig& config) const {
        return start_dns_probe(check, config, std::move(context));
    }
    StartedProbe operator()(const PingProbeConfig& config) const {
        return start_ping_probe(check, config, std::move(context));
    }
    StartedProbe operator()(const HttpProbeConfig& config) const {
        return start_http_probe(check, config, std::move(context));
    }
    StartedProbe operator()(const TcpProbeConfig& config) const {
        return start_tcp_probe(check, config, std::move(context));
    }
    StartedProbe operator()(const TlsProbeConfig& config) const {
        return start_tls_probe(check, config, std::move(context));
    }
    StartedProbe operator()(const FileProbeConfig& config) const {
        return FileProbe::start(check, config, std::move(context));
    }
    template <class Other>
    StartedProbe operator()(const Other& /*config*/) const {
        return std::unexpected(os::Error{ENOSYS, "start the probe of check " + check.name});
    }
};

struct DescribePattern {
    std::string operator()(const ProcessName& pattern) const { return pattern.name; }
    std::string operator()(const ProcessExecutable& pattern) const { return pattern.path; }
    std::string operator()(const ProcessCommandLine& pattern) const {
        constexpr std::array<std::string_view, 3> ways = {"", "beginning with ", "matching "};
        return fmt::format("with a command line {}{}",
                           ways[static_cast<std::size_t>(pattern.match)], pattern.text);
    }
    std::string operator()(const ProcessPidFile& pattern) const {
        return fmt::format("of {}", pattern.path);
    }
    std::string operator()(const ProcessUnit& pattern) const {
        return fmt::format("of unit {}", pattern.name);
    }
};

std::string on(const std::string& interface) {
    return interface.empty() ? "" : " on " + interface;
}

struct Describe {
    std::string operator()(const ProcessProbeConfig& probe) const {
        return "process " + std::visit(DescribePattern{}, probe.pattern);
    }
    std::string operator()(const ScriptProbeConfig& probe) const {
        return fmt::format("script {}", fmt::join(probe.command, " "));
    }
    std::string operator()(const HttpProbeConfig& probe) const {
        return fmt::format("{} {}", probe.method, url_for_people(probe.url));
    }
    std::string operator()(const TcpProbeConfig& probe) const {
        return fmt::format("tcp {} port {}", probe.host, probe.port);
    }
    std::string operator()(const TlsProbeConfig& probe) const {
        return fmt::format("tls {} port {}", probe.tcp.host, probe.tcp.port);
    }
    std::string operator()(const UdpProbeConfig& probe) const {
        return fmt::format("udp {} port {}", probe.address.to_text(), probe.port);
    }
    std::string operator()(const DnsProbeConfig& probe) const {
        return fmt::format("dns {} {} at {}", probe.name, probe.type, probe.server.to_text());
    }
    std::string operator()(const PingProbeConfig& probe) const {
        return "ping " + probe.address.to_text();
    }
    std::string operator()(const FileProbeConfig& probe) const {
        switch (probe.wish) {
            case FileWish::present: break;
            case FileWish::absent: return "no file " + probe.path;
            case FileWish::number:
            case FileWish::number_or_zero: return "number in " + probe.path;
        }
        return "file " + probe.path;
    }
    std::string operator()(const InterfaceProbeConfig& probe) const {
        return "interface " + probe.interface;
    }
    std::string operator()(const RouteProbeConfig& probe) const {
        return fmt::format("route {}{}{}{}", vrrp::to_text(probe.network),
                           probe.via ? " via " + probe.via->to_text() : "", on(probe.interface),
                           probe.table ? fmt::format(" in table {}", *probe.table) : "");
    }
    std::string operator()(const AddressProbeConfig& probe) const {
        return fmt::format("address {}{}", probe.address.to_text(), on(probe.interface));
    }
    std::string operator()(const PeersProbeConfig& probe) const {
        return fmt::format("another master of {}", probe.router);
    }
    std::string operator()(const CombinationConfig& probe) const {
        return fmt::format("{} of {}", probe.needed, fmt::join(probe.members, ", "));
    }
};

}  // namespace

StartedProbe start_probe(const CheckConfig& config, ProbeContext context) {
    return std::visit(Start{config, context}, config.probe);
}

std::string describe(const ProbeConfig& config) {
    return std::visit(Describe{}, config);
}

}  // namespace health
