#pragma once

#include "health/transfer_request.hpp"
#include "vrrp/address.hpp"

#include <curl/curl.h>

#include <array>
#include <memory>
#include <optional>
#include <string>

namespace health {

/// libcurl's description of one request, and the texts that it points to. Pinned.
class TransferHandle {
public:
    /// To be connected to the address, or to the url's host itself where there is none.
    TransferHandle(const TransferRequest& request, const std::optional<vrrp::IpAddress>& address);
    TransferHandle(const TransferHandle&) = delete;
    TransferHandle& operator=(const TransferHandle&) = delete;

    [[nodiscard]] CURL* get() const { return easy_.get(); }

    /// What went wrong, in libcurl's words; empty: nothing, or nothing more than its code says.
    [[nodiscard]] std::string error() const { return error_.data(); }

private:
    struct Clean {
        void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
    };
    struct Free {
        void operator()(curl_slist* list) const { curl_slist_free_all(list); }
    };
    using List = std::unique_ptr<curl_slist, Free>;

    static void append(List& list, const std::string& text);
    void set_place(const TransferRequest& request, const std::optional<vrrp::IpAddress>& address);
    void set_tls(const TlsSettings& tls, bool has_alpn);
    void set_request(const TransferRequest& request);

    std::array<char, CURL_ERROR_SIZE> error_{};
    List resolve_;
    List headers_;
    std::unique_ptr<CURL, Clean> easy_;  ///< goes before what it points to
};

}  // namespace health
