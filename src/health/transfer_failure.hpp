#pragma once

#include <string>

namespace health {

/// What is known of a transfer that failed.
struct TransferFailure {
    int code = 0;          ///< libcurl's CURLcode
    int error_number = 0;  ///< errno of the connection; 0: unknown
    std::string text;      ///< libcurl's words, may be empty
    std::string peer;      ///< "127.0.0.1 port 80", or the path of a socket
    std::string name;      ///< of the server, that its certificate was to have
    std::string ca_file;
    std::string client_certificate;
};

/// The failure in one line, for people: "connection refused by 127.0.0.1 port 80".
[[nodiscard]] std::string describe(const TransferFailure& failure);

}  // namespace health
