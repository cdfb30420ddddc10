#include "vrrp/timing.hpp"

#include <algorithm>

namespace vrrp {

using namespace std::chrono_literals;

Duration skew_time(Version version, Centiseconds interval, std::uint8_t priority) {
    const Duration whole = version == Version::v2 ? Duration(1s) : Duration(interval);
    return whole * (256 - priority) / 256;
}

Duration master_down_interval(Version version, Centiseconds interval, std::uint8_t priority,
                              int down_adverts) {
    return down_adverts * Duration(interval) + skew_time(version, interval, priority);
}

Duration handover_skew(Version version, Centiseconds interval, std::uint8_t priority) {
    const Duration fixed = Duration(100us) * (256 - priority);
    return std::min(fixed, skew_time(version, interval, priority));
}

}  // namespace vrrp
