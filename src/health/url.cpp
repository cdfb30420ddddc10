#include "health/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <system_error>
#include <utility>

#include "vrrp/address.hpp"

namespace health {

namespace {

constexpr std::size_t max_url_size = 2048;
constexpr std::size_t max_host_size = 253;

constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view digits = "0123456789";

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size() || port == 0) {
        return std::nullopt;
    }
    return port;
}

/// A server's name, brackets around an IPv6 address, and what follows after a colon, if one does.
struct Authority {
    std::string_view host;
    std::optional<std::string_view> port;
};

std::expected<Authority, std::string> split(std::string_view text) {
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        const std::string_view host = text.substr(1, end == std::string_view::npos ? 0 : end - 1);
        const auto address = vrrp::IpAddress::from_text(host);
        if (!address || address->family() != vrrp::Family::ipv6) {
            return std::unexpected("has no IPv6 address in its brackets");
        }
        const std::string_view rest = text.substr(end + 1);
        if (!rest.empty() && rest.front() != ':') {
            return std::unexpected("goes on after its brackets without a colon");
        }
        return Authority{host, rest.empty() ? std::nullopt : std::optional(rest.substr(1))};
    }
    const std::size_t colon = text.find(':');
    const std::string_view host = text.substr(0, colon);
    if (colon != std::string_view::npos && text.find(':', colon + 1) != std::string_view::npos) {
        return std::unexpected("has more than one colon: an IPv6 address stands in brackets");
    }
    if (!is_host(host)) {
        return std::unexpected("names no host");
    }
    return Authority{host, colon == std::string_view::npos ? std::nullopt
                                                           : std::optional(text.substr(colon + 1))};
}

bool is_ipv6(const std::string& host) {
    return host.find(':') != std::string::npos;
}

std::string in_brackets(const std::string& host) {
    return is_ipv6(host) ? fmt::format("[{}]", host) : host;
}

std::uint16_t usual_port(const Url& url) {
    return url.is_tls ? 443 : 80;
}

}  // namespace

bool is_host(std::string_view text) {
    const std::string known = fmt::format("{}{}.-_", letters, digits);
    if (text.empty() || text.size() > max_host_size || text.starts_with('.') ||
        text.starts_with('-') || text.find("..") != std::string_view::npos ||
        text.find_first_not_of(known) != std::string_view::npos) {
        return false;
    }
    // The C library takes 10.1 and 0x7f000001 for addresses, which nobody means.
    const std::string_view last = text.substr(text.find_last_of('.') + 1);
    const bool is_numeric = last.empty() || digits.find(last.front()) != std::string_view::npos;
    return !is_numeric || vrrp::IpAddress::from_text(text).has_value() ||
           (last.find_first_of(letters) != std::string_view::npos && !last.starts_with("0x"));
}

std::expected<Endpoint, std::string> parse_endpoint(std::string_view text) {
    const auto authority = split(text);
    if (!authority) {
        return std::unexpected(authority.error());
    }
    if (!authority->port) {
        return std::unexpected("has no port");
    }
    const auto port = parse_port(*authority->port);
    if (!port) {
        return std::unexpected("has a port that is not 1 to 65535");
    }
    return Endpoint{std::string(authority->host), *port};
}

std::string to_text(const Endpoint& endpoint) {
    return fmt::format("{} port {}", endpoint.host, endpoint.port);
}

std::expected<Url, std::string> parse_url(std::string_view text) {
    Url url;
    url.is_tls = text.starts_with("https://");
    if (!url.is_tls && !text.starts_with("http://")) {
        return std::unexpected("does not begin with http:// or https://");
    }
    if (text.size() > max_url_size) {
        return std::unexpected(fmt::format("is longer than {} characters", max_url_size));
    }
    const auto is_wrong = [](char c) {
        return c <= ' ' || c == 0x7f ||
               std::string_view("\"<>\\^`{|}").find(c) != std::string_view::npos;
    };
    if (std::ranges::any_of(text, is_wrong)) {
        return std::unexpected("has a character that is to be written as % and two digits");
    }
    if (text.find('#') != std::string_view::npos) {
        return std::unexpected("has a fragment (#), which no server is told");
    }
    text.remove_prefix(url.is_tls ? 8 : 7);
    const std::size_t end = std::min(text.find_first_of("/?"), text.size());
    url.target = text.substr(end);
    if (!url.target.starts_with('/')) {
        url.target.insert(0, "/");
    }
    std::string_view place = text.substr(0, end);
    if (const std::size_t at = place.rfind('@'); at != std::string_view::npos) {
        url.user_info = place.substr(0, at);
        place.remove_prefix(at + 1);
    }
    const auto authority = split(place);
    if (!authority) {
        return std::unexpected(authority.error());
    }
    const auto port = authority->port ? parse_port(*authority->port) : usual_port(url);
    if (!port) {
        return std::unexpected("has a port that is not 1 to 65535");
    }
    url.server = {std::string(authority->host), *port};
    return url;
}

std::string to_request(const Url& url) {
    return fmt::format("{}://{}{}{}:{}{}", url.is_tls ? "https" : "http", url.user_info,
                       url.user_info.empty() ? "" : "@", in_brackets(url.server.host),
                       url.server.port, url.target);
}

std::string to_text(const Url& url) {
    const std::size_t query = url.target.find('?');
    return fmt::format("{}://{}{}{}", url.is_tls ? "https" : "http", host_header(url),
                       url.target.substr(0, query), query == std::string::npos ? "" : "?…");
}

std::string url_for_people(std::string_view text) {
    const auto url = parse_url(text);
    return url ? to_text(*url) : "a URL that can't be read";
}

std::string host_header(const Url& url) {
    const std::string host = in_brackets(url.server.host);
    return url.server.port == usual_port(url) ? host : fmt::format("{}:{}", host, url.server.port);
}

}  // namespace health
