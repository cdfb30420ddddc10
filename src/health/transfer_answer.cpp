#include <curl/curl.h>
#include <fmt/format.h>

#include <cstddef>
#include <utility>

#include "health/printable.hpp"
#include "health/transfer_curl.hpp"

namespace health {

namespace {

constexpr std::size_t longest_name = 200;

}  // namespace

int Transfer::status() const {
    long status = 0;
    curl_easy_getinfo(curl_->handle.get(), CURLINFO_RESPONSE_CODE, &status);
    return static_cast<int>(status);
}

bool Transfer::was_http2() const {
    long version = 0;
    curl_easy_getinfo(curl_->handle.get(), CURLINFO_HTTP_VERSION, &version);
    return version == CURL_HTTP_VERSION_2_0;
}

std::string Transfer::redirect() const {
    const char* url = nullptr;
    curl_easy_getinfo(curl_->handle.get(), CURLINFO_REDIRECT_URL, &url);
    return url == nullptr ? "" : url;
}

std::optional<Certificate> Transfer::certificate() const {
    curl_certinfo* chain = nullptr;
    if (!curl_ || curl_easy_getinfo(curl_->handle.get(), CURLINFO_CERTINFO, &chain) != CURLE_OK ||
        chain == nullptr || chain->num_of_certs < 1) {
        return std::nullopt;
    }
    Certificate certificate;
    for (const curl_slist* entry = chain->certinfo[0]; entry != nullptr; entry = entry->next) {
        const std::string_view line(entry->data);
        const std::size_t colon = line.find(':');
        const std::string_view key = line.substr(0, colon);
        const std::string_view value = colon == line.npos ? "" : line.substr(colon + 1);
        if (key == "Subject") {
            certificate.subject = printable(value, longest_name);
        } else if (key == "Issuer") {
            certificate.issuer = printable(value, longest_name);
        } else if (key == "Expire date") {
            certificate.end = parse_certificate_time(value);
        }
    }
    return certificate;
}

int Transfer::socket() const {
    curl_socket_t fd = CURL_SOCKET_BAD;
    curl_easy_getinfo(curl_->handle.get(), CURLINFO_ACTIVESOCKET, &fd);
    return fd;
}

std::expected<std::size_t, std::string> Transfer::send(std::string_view data) {
    std::size_t sent = 0;
    const CURLcode code = curl_easy_send(curl_->handle.get(), data.data(), data.size(), &sent);
    if (code != CURLE_OK && code != CURLE_AGAIN) {
        return std::unexpected(
            fmt::format("cannot send to {}: {}", peer_, curl_easy_strerror(code)));
    }
    return code == CURLE_AGAIN ? 0 : sent;
}

std::expected<std::optional<std::size_t>, std::string> Transfer::receive(std::span<char> buffer) {
    std::size_t received = 0;
    const CURLcode code =
        curl_easy_recv(curl_->handle.get(), buffer.data(), buffer.size(), &received);
    if (code == CURLE_AGAIN) {
        return std::nullopt;
    }
    if (code != CURLE_OK) {
        return std::unexpected(
            fmt::format("cannot receive from {}: {}", peer_, curl_easy_strerror(code)));
    }
    return received;
}

}  // namespace health
