#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace health {

/// A server, and a port of it.
struct Endpoint {
    std::string host;  ///< an address, or a name: letters, digits, '.', '-', '_'
    std::uint16_t port = 0;

    friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// Reads "127.0.0.1:80", "[::1]:80" or "www.example.org:80"; says what is wrong with another text.
[[nodiscard]] std::expected<Endpoint, std::string> parse_endpoint(std::string_view text);

/// "127.0.0.1 port 80"
[[nodiscard]] std::string to_text(const Endpoint& endpoint);

/// Whether a text can be a host's name or address.
[[nodiscard]] bool is_host(std::string_view text);

/// The place of a resource on a web server.
struct Url {
    bool is_tls = false;
    std::string user_info;  ///< "user:password", as it is in the text; empty: none
    Endpoint server;
    std::string target;  ///< path and query; not empty

    friend bool operator==(const Url&, const Url&) = default;
};

/// Reads "http://127.0.0.1:8080/healthz" and the like; says what is wrong with another text, of
/// which it tells nothing.
[[nodiscard]] std::expected<Url, std::string> parse_url(std::string_view text);

/// The whole URL, with its secrets.
[[nodiscard]] std::string to_request(const Url& url);

/// The URL for people: without user and password, and of a query, which may have a token in it,
/// only that there is one.
[[nodiscard]] std::string to_text(const Url& url);

/// The same for the text of a URL; of one that can't be read it tells nothing.
[[nodiscard]] std::string url_for_people(std::string_view text);

/// What a client says in its Host header: "127.0.0.1", "[::1]:8080".
[[nodiscard]] std::string host_header(const Url& url);

}  // namespace health
