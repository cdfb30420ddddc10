#include "health/http_request.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace health {

namespace {

constexpr std::size_t max_body = 256UL * 1024UL;

/// A host without the port that may follow it in a header.
std::string_view without_port(std::string_view host) {
    const std::size_t bracket = host.find(']');
    if (bracket != std::string_view::npos) {
        return host.substr(1, bracket - 1);
    }
    return host.substr(0, host.find(':'));
}

bool is_same_server(const HttpProbeConfig& config, const Url& url, const Url& target) {
    const std::string& host = target.server.host;
    const bool is_its_name = host == url.server.host || host == config.tls.server_name ||
                             (!config.host.empty() && host == without_port(config.host));
    const bool is_upgrade =
        !url.is_tls && target.is_tls && url.server.port == 80 && target.server.port == 443;
    // Behind a Unix socket no port tells anything.
    return is_its_name &&
           (target.server.port == url.server.port || is_upgrade || !config.unix_socket.empty());
}

std::string method_after(const std::string& method, int status) {
    const bool keeps_method = status == 307 || status == 308 || method == "HEAD";
    return keeps_method ? method : "GET";
}

}  // namespace

TransferRequest to_request(const HttpProbeConfig& config, const Url& url) {
    TransferRequest request{
        .url = url,
        .connect_host = url.server.host,
        .unix_socket = config.unix_socket,
        .source = config.source,
        .tls = config.tls,
        .method = config.method,
        .headers = {},
        .uses_http2 = config.uses_http2,
        .max_body = max_body,
    };
    if (url.is_tls && !config.tls.server_name.empty()) {
        request.url.server.host = config.tls.server_name;
    }
    request.headers.push_back("Host: " + (config.host.empty() ? host_header(url) : config.host));
    if (config.method == "POST" || config.method == "PUT" || config.method == "PATCH") {
        request.headers.emplace_back("Content-Length: 0");
    }
    request.headers.insert(request.headers.end(), config.headers.begin(), config.headers.end());
    return request;
}

TransferRequest to_next_request(const HttpProbeConfig& config, const Url& url, int status,
                                const Url& target) {
    HttpProbeConfig next = config;
    Url place = target;
    next.method = method_after(config.method, status);
    const bool is_same = is_same_server(config, url, target);
    const bool may_know = is_same && (target.is_tls || !url.is_tls);
    place.user_info = may_know ? url.user_info : "";
    if (is_same) {
        // By its address, whatever name it calls itself.
        place.server.host = url.server.host;
    } else {
        next.host = "";
        next.unix_socket = "";
        next.tls.server_name = "";
        next.tls.client_certificate = "";
        next.tls.client_key = "";
    }
    if (!may_know) {
        next.headers.clear();
    }
    return to_request(next, place);
}

}  // namespace health
