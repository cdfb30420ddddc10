#pragma once

#include "health/probe_config.hpp"
#include "health/url.hpp"
#include "vrrp/time.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace health {

/// What a Transfer is to do.
struct TransferRequest {
    Url url;                   ///< with the server's name as it is told and verified
    std::string connect_host;  ///< an address or a name: where the server is; empty: as in the url
    std::string unix_socket;   ///< an absolute path; empty: TCP
    vrrp::Instant limit;       ///< by then somebody ends it: what its addresses share
    ProbeSource source;
    TlsSettings tls;
    bool only_connects = false;  ///< to talk by oneself afterwards; what follows is of no meaning
    std::string method = "GET";
    std::vector<std::string> headers;  ///< "Name: value"
    bool uses_http2 = false;
    std::size_t max_body = 0;  ///< in bytes; what the server sends beyond is not read
};

}  // namespace health
