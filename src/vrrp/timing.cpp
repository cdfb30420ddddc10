#include "vrrp/timing.hpp"

namespace vrrp {

using namespace std::chrono_literals;

Duration skew_time(std::uint8_t priority) {
    return Duration(1s) * (256 - priority) / 256;
}

Duration master_down_interval(Centiseconds interval, std::uint8_t priority) {
    return 3 * Duration(interval) + skew_time(priority);
}

Duration handover_skew(std::uint8_t priority) {
    return Duration(100us) * (256 - priority);
}

}  // namespace vrrp
