#include "health/transfer_handle.hpp"

#include <fmt/format.h>

namespace health {

namespace {

/// Longer than any check may take: the check's own time limit is what counts.
constexpr long no_time_limit_ms = 2L * 60 * 60 * 1000;

/// "www.example.org:443:[2001:db8::1]"
std::string to_entry(const Endpoint& server, const vrrp::IpAddress& address) {
    const bool is_ipv4 = address.family() == vrrp::Family::ipv4;
    return fmt::format("{}:{}:{}{}{}", server.host, server.port, is_ipv4 ? "" : "[",
                       address.to_text(), is_ipv4 ? "" : "]");
}

}  // namespace

TransferHandle::TransferHandle(const TransferRequest& request,
                               const std::optional<vrrp::IpAddress>& address)
    : easy_(curl_easy_init()) {
    CURL* const easy = easy_.get();
    if (easy == nullptr) {
        return;
    }
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error_.data());
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, no_time_limit_ms);
    set_place(request, address);
    if (request.url.is_tls) {
        set_tls(request.tls, !request.only_connects);
    }
    if (request.only_connects) {
        curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
    } else {
        set_request(request);
    }
}

void TransferHandle::append(List& list, const std::string& text) {
    if (curl_slist* const longer = curl_slist_append(list.get(), text.c_str())) {
        static_cast<void>(list.release());
        list.reset(longer);
    }
}

void TransferHandle::set_place(const TransferRequest& request,
                               const std::optional<vrrp::IpAddress>& address) {
    CURL* const easy = easy_.get();
    curl_easy_setopt(easy, CURLOPT_URL, to_request(request.url).c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    // Not even one that the environment names.
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    if (!request.unix_socket.empty()) {
        curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, request.unix_socket.c_str());
    } else if (address) {
        append(resolve_, to_entry(request.url.server, *address));
        curl_easy_setopt(easy, CURLOPT_RESOLVE, resolve_.get());
    }
}

void TransferHandle::set_tls(const TlsSettings& tls, bool has_alpn) {
    CURL* const easy = easy_.get();
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, tls.verifies ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, tls.verifies ? 2L : 0L);
    const char* const folder = curl_version_info(CURLVERSION_NOW)->capath;
    if (!tls.ca_file.empty()) {
        // This one alone: not beside those of the system.
        curl_easy_setopt(easy, CURLOPT_CAINFO, tls.ca_file.c_str());
        curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
    } else if (folder != nullptr || !tls.verifies) {
        // In the folder the one that is needed is found by its name; to read the file with all of
        // them would hold the daemon up for many milliseconds each time.
        curl_easy_setopt(easy, CURLOPT_CAINFO, nullptr);
        curl_easy_setopt(easy, CURLOPT_CAPATH, tls.verifies ? folder : nullptr);
    }
    if (!tls.client_certificate.empty()) {
        const std::string& key = tls.client_key.empty() ? tls.client_certificate : tls.client_key;
        curl_easy_setopt(easy, CURLOPT_SSLCERT, tls.client_certificate.c_str());
        curl_easy_setopt(easy, CURLOPT_SSLKEY, key.c_str());
        // An encrypted key would have its pass phrase asked for on the terminal.
        curl_easy_setopt(easy, CURLOPT_KEYPASSWD, "");
    }
    curl_easy_setopt(easy, CURLOPT_SSL_ENABLE_ALPN, has_alpn ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_CERTINFO, 1L);
}

void TransferHandle::set_request(const TransferRequest& request) {
    CURL* const easy = easy_.get();
    long version = CURL_HTTP_VERSION_1_1;
    if (request.uses_http2) {
        version = request.url.is_tls ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE;
    }
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, version);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "understudy/" UNDERSTUDY_VERSION);
    if (request.method == "HEAD") {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    } else if (request.method != "GET") {
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }
    for (const std::string& header : request.headers) {
        append(headers_, header);
    }
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_.get());
}

}  // namespace health
