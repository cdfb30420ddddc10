#pragma once

#include "health/transfer.hpp"
#include "health/transfer_handle.hpp"

#include <curl/curl.h>

#include <cstddef>
#include <memory>

namespace health {

/// Of all headers of an answer together, in bytes.
inline constexpr std::size_t max_header_size = 64UL * 1024UL;
/// How much of what a server says is noted at each step, in bytes.
inline constexpr std::size_t longest_note = 200;

/// What a transfer has of libcurl: one connection, to one address.
struct Transfer::Curl {
    struct Clean {
        void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
    };
    std::unique_ptr<CURLM, Clean> multi{curl_multi_init()};
    TransferHandle handle;

    Curl(const TransferRequest& request, const std::optional<vrrp::IpAddress>& address)
        : handle(request, address) {}
    Curl(const Curl&) = delete;
    Curl& operator=(const Curl&) = delete;
    ~Curl() { curl_multi_remove_handle(multi.get(), handle.get()); }
};

/// What libcurl calls.
struct Transfer::Callbacks {
    static int on_socket(CURL* /*easy*/, curl_socket_t fd, int what, void* self, void* /*socket*/);
    static int on_timeout(CURLM* /*multi*/, long milliseconds, void* self);
    static curl_socket_t open_socket(void* self, curlsocktype purpose, curl_sockaddr* address);
    static std::size_t on_header(const char* line, std::size_t size, std::size_t count, void* self);
    static std::size_t on_body(const char* data, std::size_t size, std::size_t count, void* self);
    static int on_debug(CURL* easy, curl_infotype type, char* data, std::size_t size, void* self);

    static void set(Transfer& transfer);
};

}  // namespace health
