#include "auth/sequence.hpp"

#include <ratio>

namespace auth {

Sequence sequence_at(WallTime time) {
    using Ticks = std::chrono::duration<std::int64_t, std::ratio<1, 65536>>;
    // floor: before 1970 the seconds wrap, and the fraction still counts up.
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    const auto fraction = std::chrono::floor<Ticks>(time - seconds);
    return static_cast<Sequence>(seconds.time_since_epoch().count()) << 32 |
           static_cast<Sequence>(fraction.count()) << 16;
}

}  // namespace auth
