#include "config/toml_probes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/text.hpp"
#include "health/expression.hpp"
#include "health/url.hpp"

namespace config {

namespace {

constexpr Range status_range{100, 599};
constexpr Range redirect_range{0, 10};
constexpr std::size_t max_headers = 50;
constexpr std::size_t max_header_size = 8192;

constexpr std::string_view capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/// What the name of a header may have beside letters and digits (RFC 9110 section 5.6.2).
constexpr std::string_view token_marks = "!#$%&'*+-.^_`|~";

constexpr std::string_view status_advice =
    "write a number such as 200, a range such as \"200-399\", or a list of them";

/// The URL is never shown: it may have a password in it.
Checked<std::string> to_url(const std::string& text) {
    const auto url = health::parse_url(text);
    if (!url) {
        return std::unexpected(
            Complaint{"http " + url.error(), "write http = \"http://127.0.0.1:8080/healthz\""});
    }
    return text;
}

Checked<std::string> to_method(const std::string& text) {
    if (text.empty() || text.size() > 20 || text == "CONNECT" || text == "TRACE" ||
        text.find_first_not_of(capitals) != std::string::npos) {
        return std::unexpected(
            Complaint{fmt::format("method is {}, which no check can use", in_quotes(text)),
                      "write GET, HEAD, OPTIONS, POST or another method in capital letters"});
    }
    return text;
}

bool is_token(char c) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return is_letter || (c >= '0' && c <= '9') || token_marks.find(c) != std::string_view::npos;
}

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

bool is_host_header(std::string_view name) {
    return name.size() == 4 &&
           std::ranges::equal(name, std::string_view("host"), [](char a, char b) {
               return (a >= 'A' && a <= 'Z' ? a + ('a' - 'A') : a) == b;
           });
}

/// The value is never shown: it may be a token.
Checked<std::string> to_header(const std::string& text) {
    const std::string_view name = std::string_view(text).substr(0, text.find(':'));
    if (name.size() == text.size() || name.empty() || !std::ranges::all_of(name, is_token) ||
        std::ranges::any_of(text, is_control) || text.size() > max_header_size) {
        return std::unexpected(Complaint{"a text of headers is no header",
                                         "write headers = [\"Name: value\"], each on one line"});
    }
    if (is_host_header(name)) {
        return std::unexpected(Complaint{"headers has Host", "write host = \"…\" instead"});
    }
    if (text.find_first_not_of(" \t", name.size() + 1) == std::string::npos) {
        return std::unexpected(
            Complaint{fmt::format("header {} has no value", in_quotes(name)), ""});
    }
    return text;
}

std::optional<std::vector<std::string>> read_headers(TomlSection& section, Report& report) {
    return section.value(
        "headers", [&](const TomlNode& node) -> std::optional<std::vector<std::string>> {
            if (node.kind() != TomlKind::list || node.items().size() > max_headers) {
                report.error(node.place(),
                             fmt::format("headers is no list of at most {} texts", max_headers),
                             "write headers = [\"Accept: text/plain\"]");
                return std::nullopt;
            }
            std::vector<std::string> headers;
            for (const TomlNode& item : node.items()) {
                const auto text = section.text_of("a header", item, "text in quotes");
                if (!text) {
                    continue;
                }
                auto header = to_header(*text);
                if (!header) {
                    report.error(item.place(), header.error());
                    continue;
                }
                headers.push_back(std::move(*header));
            }
            return headers;
        });
}

Checked<std::string> to_host(const std::string& text) {
    const bool has_port = health::parse_endpoint(text).has_value();
    const bool is_ipv6 = health::parse_endpoint(text + ":80").has_value();
    if (!has_port && !health::is_host(text) && !is_ipv6) {
        return std::unexpected(
            Complaint{fmt::format("host is {}, which names no host", in_quotes(text)),
                      "write what the Host header is to say: host = \"www.example.org\""});
    }
    return text;
}

std::optional<health::StatusRange> to_statuses(const TomlNode& node) {
    if (node.kind() == TomlKind::whole_number) {
        const auto number = node.whole_number();
        if (!status_range.contains(number)) {
            return std::nullopt;
        }
        return health::StatusRange{static_cast<int>(number), static_cast<int>(number)};
    }
    if (node.kind() != TomlKind::text) {
        return std::nullopt;
    }
    const std::string text = node.text();
    const std::size_t dash = text.find('-');
    const auto first = to_whole_number(std::string_view(text).substr(0, dash));
    const auto last = dash == std::string::npos
                          ? first
                          : to_whole_number(std::string_view(text).substr(dash + 1));
    if (!first || !last || *first > *last || !status_range.contains(*first) ||
        !status_range.contains(*last)) {
        return std::nullopt;
    }
    return health::StatusRange{*first, *last};
}

std::optional<std::vector<health::StatusRange>> read_statuses(TomlSection& section,
                                                              Report& report) {
    return section.value(
        "status", [&](const TomlNode& node) -> std::optional<std::vector<health::StatusRange>> {
            const bool is_list = node.kind() == TomlKind::list;
            const std::vector<TomlNode> nodes =
                is_list ? node.items() : std::vector<TomlNode>{node};
            std::vector<health::StatusRange> statuses;
            for (const TomlNode& entry : nodes) {
                const auto range = to_statuses(entry);
                if (!range) {
                    report.error(entry.place(), "status is neither 100 to 599 nor a range of these",
                                 status_advice);
                    return std::nullopt;
                }
                statuses.push_back(*range);
            }
            if (statuses.empty()) {
                report.error(node.place(), "status is an empty list", status_advice);
                return std::nullopt;
            }
            return statuses;
        });
}

std::optional<std::string> read_expression(TomlSection& section) {
    return section.converted("body_matches", [](const std::string& text) -> Checked<std::string> {
        const auto expression = health::Expression::compile(text);
        if (text.empty() || !expression) {
            return std::unexpected(Complaint{
                fmt::format("body_matches is {}, which cannot be used: {}", in_quotes(text),
                            text.empty() ? "it is empty" : expression.error()),
                "write a regular expression such as \"^(ok|ready)$\", in RE2's syntax"});
        }
        return text;
    });
}

}  // namespace

health::ProbeConfig read_http_probe(TomlSection& section, Report& report) {
    health::HttpProbeConfig probe;
    probe.url = section.converted("http", to_url).value_or("");
    probe.method = section.converted("method", to_method).value_or(probe.method);
    probe.headers = read_headers(section, report).value_or(std::vector<std::string>());
    probe.host = section.converted("host", to_host).value_or("");
    probe.statuses = read_statuses(section, report).value_or(probe.statuses);
    if (probe.method == "HEAD") {
        section.refuse("body", "has no meaning with method = \"HEAD\", whose answers have none");
        section.refuse("body_matches", "has no meaning with method = \"HEAD\"");
    }
    probe.body_contains = read_text(section, "body").value_or("");
    probe.body_matches = read_expression(section).value_or("");
    probe.redirects = section.number("redirects", redirect_range).value_or(0);
    probe.uses_http2 = section.flag("http2").value_or(false);
    probe.unix_socket = read_path(section, "unix_socket").value_or("");
    if (section.has("unix_socket")) {
        section.refuse("source", "has no meaning with unix_socket");
        section.refuse("source_interface", "has no meaning with unix_socket");
    }
    probe.source = read_probe_source(section);
    const auto url = health::parse_url(probe.url);
    if (url && !section.has("unix_socket")) {
        check_source_of(section, "http", url->server.host, probe.source, report);
    }
    if (url && !url->is_tls && probe.redirects == 0) {
        refuse_tls_settings(section, "has no meaning for a url with http://");
    }
    probe.tls = read_tls_settings(section, report);
    return probe;
}

}  // namespace config
