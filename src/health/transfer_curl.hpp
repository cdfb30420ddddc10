#pragma once

#include "health/transfer.hpp"
#include "health/transfer_handle.hpp"

#include <curl/curl.h>

#include <memory>
#include <vector>

namespace health {

/// What a transfer has of libcurl: one connection.
struct Transfer::Curl {
    struct Clean {
        void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
    };
    std::unique_ptr<CURLM, Clean> multi{curl_multi_init()};
    TransferHandle handle;

    Curl(const TransferRequest& request, const std::vector<vrrp::IpAddress>& addresses)
        : handle(request, addresses) {}
    Curl(const Curl&) = delete;
    Curl& operator=(const Curl&) = delete;
    ~Curl() { curl_multi_remove_handle(multi.get(), handle.get()); }
};

}  // namespace health
