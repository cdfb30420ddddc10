#pragma once

#include <string>

namespace os {

/// A failed request to the kernel: its errno, and what was being done to what.
struct Error {
    int code = 0;       ///< errno
    std::string doing;  ///< "open the VRRP socket on eth0"

    /// "open the VRRP socket on eth0: Operation not permitted"
    [[nodiscard]] std::string message() const;
};

/// The Error of the call that just failed: takes errno.
[[nodiscard]] Error last_error(std::string doing);

}  // namespace os
