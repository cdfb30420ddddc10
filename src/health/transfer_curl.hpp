#pragma once

#include "health/transfer.hpp"
#include "health/transfer_handle.hpp"

#include <curl/curl.h>

#include <memory>

namespace health {

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

}  // namespace health
