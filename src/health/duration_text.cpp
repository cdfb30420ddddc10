#include "health/duration_text.hpp"

#include <fmt/format.h>

#include <chrono>

namespace health {

std::string to_text(vrrp::Duration duration) {
    return fmt::format("{:g} s", std::chrono::duration<double>(duration).count());
}

std::string to_milliseconds_text(vrrp::Duration duration) {
    return fmt::format("{:.1f} ms", std::chrono::duration<double, std::milli>(duration).count());
}

}  // namespace health
