#include "os/error.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

namespace os {

std::string Error::message() const {
    return doing + ": " + strerrordesc_np(code);
}

Error last_error(std::string doing) {
    return Error{errno, std::move(doing)};
}

}  // namespace os
