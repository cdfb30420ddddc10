#include "health/transfer_failure.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "health/printable.hpp"

namespace health {

namespace {

constexpr std::size_t longest_text = 200;

/// libcurl's words, or the meaning of its code.
std::string words_of(const TransferFailure& failure) {
    const std::string text = printable(failure.text, longest_text);
    return text.empty() ? curl_easy_strerror(static_cast<CURLcode>(failure.code)) : text;
}

std::string describe_connection(const TransferFailure& failure) {
    if (failure.error_number == ECONNREFUSED) {
        return "connection refused by " + failure.peer;
    }
    const char* const reason =
        failure.error_number == 0 ? nullptr : strerrordesc_np(failure.error_number);
    if (reason == nullptr && failure.peer.starts_with('/')) {
        // libcurl speaks of the url's host there.
        return fmt::format("cannot connect to {}", failure.peer);
    }
    return fmt::format("cannot connect to {}: {}", failure.peer,
                       reason == nullptr ? words_of(failure) : reason);
}

std::string describe_distrust(const TransferFailure& failure) {
    constexpr std::string_view problem = "SSL certificate problem: ";
    const std::string text = words_of(failure);
    const std::size_t at = text.find(problem);
    if (at != std::string::npos) {
        const std::string reason = text.substr(at + problem.size());
        return reason == "certificate has expired"
                   ? "the certificate has expired"
                   : fmt::format("the certificate is not trusted: {}", reason);
    }
    const bool is_name = text.find("subject name") != std::string::npos ||
                         text.find("not match") != std::string::npos;
    return is_name ? fmt::format("the certificate is not one for {}", failure.name)
                   : fmt::format("the certificate is not trusted: {}", text);
}

}  // namespace

std::string describe(const TransferFailure& failure) {
    switch (failure.code) {
        case CURLE_COULDNT_CONNECT: return describe_connection(failure);
        case CURLE_PEER_FAILED_VERIFICATION: return describe_distrust(failure);
        case CURLE_SSL_CACERT_BADFILE:
            return fmt::format(
                "cannot read the trusted certificates{}: is it a PEM file that the "
                "daemon may read?",
                failure.ca_file.empty() ? "" : " in " + failure.ca_file);
        case CURLE_SSL_CERTPROBLEM:
            return fmt::format("cannot use the client's certificate {}: {}",
                               failure.client_certificate, words_of(failure));
        case CURLE_SSL_CONNECT_ERROR:
            return fmt::format("no TLS with {}: {}", failure.peer, words_of(failure));
        case CURLE_GOT_NOTHING:
            return fmt::format("{} closed the connection without an answer", failure.peer);
        case CURLE_PARTIAL_FILE:
            return fmt::format("{} closed the connection before the answer's end", failure.peer);
        case CURLE_UNSUPPORTED_PROTOCOL:
        case CURLE_WEIRD_SERVER_REPLY:
            return fmt::format("the answer of {} is not HTTP", failure.peer);
        default: return fmt::format("no answer of {}: {}", failure.peer, words_of(failure));
    }
}

}  // namespace health
