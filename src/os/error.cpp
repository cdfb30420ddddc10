#include "os/error.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

namespace os {

std::string Error::message() const {
    // The kernel has errors that the library doesn't know, 524 (ENOTSUPP) for one.
    const char* description = strerrordesc_np(code);
    return doing + ": " + (description != nullptr ? description : "error " + std::to_string(code));
}

Error last_error(std::string doing) {
    return Error{errno, std::move(doing)};
}

}  // namespace os
