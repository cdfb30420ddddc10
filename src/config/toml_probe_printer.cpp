#include "config/toml_probe_printer.hpp"

#include "config/command.hpp"
#include "health/url.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace config {

namespace {

constexpr std::string_view hidden = "\"…\"";

/// Words that a command line gives back as they are, without quotes.
bool is_plain(const std::string& word) {
    return !word.empty() && std::ranges::all_of(word, [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
               (letter >= '0' && letter <= '9') ||
               std::string_view("/._-+=:,@%").find(letter) != std::string_view::npos;
    });
}

std::string to_text(const health::StatusRange& range) {
    return range.first == range.last ? std::to_string(range.first)
                                     : fmt::format("\"{}-{}\"", range.first, range.last);
}

/// Describes one probe, kind by kind.
class ProbePrinter {
public:
    explicit ProbePrinter(bool is_inverted) : is_inverted_(is_inverted) {}

    std::vector<TomlEntry> take() { return std::move(entries_); }

    void operator()(const health::ProcessProbeConfig& probe) {
        std::visit([this](const auto& pattern) { describe(pattern); }, probe.pattern);
        const int usual_min = probe.max == 0 ? 0 : 1;
        add("min", std::to_string(probe.min), probe.min == usual_min);
        if (probe.max) {
            add("max", std::to_string(*probe.max));
        }
        // What hold_good is for, with invert.
        if (!is_inverted_) {
            add("grace", toml_duration(probe.grace), probe.grace == vrrp::Duration::zero());
        }
    }

    void operator()(const health::ScriptProbeConfig& probe) {
        const std::vector<std::string>& command = probe.command;
        if (command.size() == 3 && !command[2].empty() && command == shell_command(command[2])) {
            add("shell", toml_quoted(command[2]));
        } else if (std::ranges::all_of(command, is_plain)) {
            add("script", toml_quoted(fmt::format("{}", fmt::join(command, " "))));
        } else {
            add("script", toml_texts(command));
        }
        add_text("user", probe.user);
        add_text("group", probe.group);
        const bool is_verdict = probe.exit == health::ExitMeaning::verdict;
        add("exit", is_verdict ? "\"verdict\"" : "\"weight\"", is_verdict);
    }

    void operator()(const health::HttpProbeConfig& probe) {
        const health::HttpProbeConfig usual;
        add("http", toml_quoted(probe.url));
        if (probe.url.find('@') != std::string::npos) {
            entries_.back().shown = hidden;
        }
        add("method", toml_quoted(probe.method), probe.method == usual.method);
        add("headers", toml_texts(probe.headers), probe.headers.empty());
        hide_headers(probe.headers);
        add_text("host", probe.host);
        add_statuses(probe.statuses);
        add_text("body", probe.body_contains);
        add_text("body_matches", probe.body_matches);
        add("redirects", std::to_string(probe.redirects), probe.redirects == usual.redirects);
        add("http2", toml_flag(probe.uses_http2), !probe.uses_http2);
        add_text("unix_socket", probe.unix_socket);
        add_source(probe.source);
        const auto url = health::parse_url(probe.url);
        if ((url && url->is_tls) || probe.redirects > 0) {
            add_tls(probe.tls);
        }
    }

    void operator()(const health::TcpProbeConfig& probe) { describe("tcp", probe); }

    void operator()(const health::TlsProbeConfig& probe) {
        describe("tls", probe.tcp);
        add_tls(probe.tls);
    }

    void operator()(const health::UdpProbeConfig& probe) {
        add("udp", toml_quoted(probe.address.to_text()));
        add("port", std::to_string(probe.port));
        add_text("send", probe.send);
        add_text("expect", probe.expect);
        add_source(probe.source);
    }

    void operator()(const health::DnsProbeConfig& probe) {
        const health::DnsProbeConfig usual;
        add("dns", toml_quoted(probe.name));
        add("server", toml_quoted(probe.server.to_text()));
        add("port", std::to_string(probe.port), probe.port == usual.port);
        add("type", toml_quoted(probe.type), probe.type == usual.type);
        add_text("expect", probe.expect);
        add_source(probe.source);
    }

    void operator()(const health::PingProbeConfig& probe) {
        const health::PingProbeConfig usual;
        add("ping", toml_quoted(probe.address.to_text()));
        add("count", std::to_string(probe.count), probe.count == usual.count);
        add("max_loss", std::to_string(probe.max_loss_percent), probe.max_loss_percent == 0);
        if (probe.max_round_trip) {
            add("max_round_trip", toml_duration(*probe.max_round_trip));
        }
        add_source(probe.source);
    }

    void operator()(const health::FileProbeConfig& probe) {
        add("file", toml_quoted(probe.path));
        switch (probe.wish) {
            case health::FileWish::present: add("want", "\"present\"", true); break;
            case health::FileWish::absent: add("want", "\"absent\""); break;
            case health::FileWish::number: add("want", "\"number\""); break;
            case health::FileWish::number_or_zero: add("want", "\"number-or-zero\""); break;
        }
    }

    void operator()(const health::InterfaceProbeConfig& probe) {
        add("interface", toml_quoted(probe.interface));
    }

    void operator()(const health::RouteProbeConfig& probe) {
        const bool is_default_of_ipv4 = probe.network == vrrp::VirtualAddress{vrrp::IpAddress(), 0};
        add("route",
            is_default_of_ipv4 ? "\"default\"" : toml_quoted(vrrp::to_text(probe.network)));
        if (probe.table) {
            add("table", std::to_string(*probe.table));
        } else {
            add("table", "\"main\"", true);
        }
        add_text("via", probe.via ? probe.via->to_text() : "");
        add_text("on", probe.interface);
    }

    void operator()(const health::AddressProbeConfig& probe) {
        add("address", toml_quoted(probe.address.to_text()));
        add_text("on", probe.interface);
    }

    void operator()(const health::PeersProbeConfig& probe) {
        add("peers", toml_quoted(probe.router));
    }

    void operator()(const health::CombinationConfig& probe) {
        const auto count = static_cast<int>(probe.members.size());
        if (probe.needed != 1 && probe.needed != count) {
            add("at_least", std::to_string(probe.needed));
            add("of", toml_texts(probe.members));
        } else {
            add(probe.needed == count ? "all" : "any", toml_texts(probe.members));
        }
    }

private:
    void add(std::string_view key, std::string value, bool is_default = false) {
        entries_.push_back(
            {.key = std::string(key), .value = std::move(value), .is_default = is_default});
    }

    /// A key that is left out where there is nothing to say.
    void add_text(std::string_view key, const std::string& text) {
        if (!text.empty()) {
            add(key, toml_quoted(text));
        }
    }

    void describe(const health::ProcessName& pattern) { add("process", toml_quoted(pattern.name)); }
    void describe(const health::ProcessExecutable& pattern) {
        add("executable", toml_quoted(pattern.path));
    }
    void describe(const health::ProcessPidFile& pattern) {
        add("pid_file", toml_quoted(pattern.path));
    }
    void describe(const health::ProcessUnit& pattern) { add("unit", toml_quoted(pattern.name)); }
    void describe(const health::ProcessCommandLine& pattern) {
        add("command_line", toml_quoted(pattern.text));
        switch (pattern.match) {
            case health::Match::exact: add("match", "\"exact\"", true); break;
            case health::Match::prefix: add("match", "\"prefix\""); break;
            case health::Match::expression: add("match", "\"regex\""); break;
        }
    }

    void describe(std::string_view kind, const health::TcpProbeConfig& probe) {
        const bool is_ipv6 = probe.host.find(':') != std::string::npos;
        add(kind, toml_quoted(fmt::format("{}{}{}:{}", is_ipv6 ? "[" : "", probe.host,
                                          is_ipv6 ? "]" : "", probe.port)));
        add_text("send", probe.send);
        add_text("expect", probe.expect);
        add_source(probe.source);
    }

    /// What a header says may be a token.
    void hide_headers(const std::vector<std::string>& headers) {
        std::vector<std::string> names;
        for (const std::string& header : headers) {
            names.push_back(header.substr(0, header.find(':')) + ": …");
        }
        entries_.back().shown = headers.empty() ? "" : toml_texts(names);
    }

    void add_statuses(const std::vector<health::StatusRange>& statuses) {
        const health::HttpProbeConfig usual;
        std::vector<std::string> values;
        for (const health::StatusRange& range : statuses) {
            values.push_back(to_text(range));
        }
        add("status", values.size() == 1 ? values.front() : toml_list(values),
            statuses == usual.statuses);
    }

    void add_source(const health::ProbeSource& source) {
        add_text("source", source.address ? source.address->to_text() : "");
        add_text("source_interface", source.interface);
    }

    void add_tls(const health::TlsSettings& tls) {
        const health::TlsSettings usual;
        add("verify", toml_flag(tls.verifies), tls.verifies == usual.verifies);
        add_text("server_name", tls.server_name);
        add_text("ca_file", tls.ca_file);
        add_text("client_certificate", tls.client_certificate);
        add_text("client_key", tls.client_key);
        add("certificate_warning", toml_duration(tls.warn_before),
            tls.warn_before == usual.warn_before);
    }

    bool is_inverted_;
    std::vector<TomlEntry> entries_;
};

}  // namespace

std::vector<TomlEntry> describe_probe(const health::ProbeConfig& probe, bool is_inverted) {
    ProbePrinter printer(is_inverted);
    std::visit(printer, probe);
    return printer.take();
}

}  // namespace config
