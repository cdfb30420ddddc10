#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace auth {

/// A shared secret and the number that names it on the wire. It is never printed.
struct Key {
    std::uint8_t id = 1;            ///< 1 to 255
    std::vector<std::byte> secret;  ///< shortest_secret to longest_secret bytes

    friend bool operator==(const Key&, const Key&) = default;
};

inline constexpr std::size_t shortest_secret = 32;
inline constexpr std::size_t longest_secret = 64;

/// What is sent, and what is demanded. A wrong trailer is refused in every mode. The three are the
/// steps of taking authentication up on running hosts: each may stand beside its neighbours.
enum class Mode : std::uint8_t {
    enforce,       ///< adverts carry the trailer, and are refused without
    permissive,    ///< adverts carry it, and are accepted without
    receive_only,  ///< adverts go without, and are accepted without
};

/// How an advert that was recorded earlier is told from a new one.
enum class Replay : std::uint8_t {
    time,       ///< by its time, which must be within the window, and by its sequence number
    monotonic,  ///< by its sequence number alone, where hosts don't agree on the time
};

/// How a router's adverts are authenticated with keepalived's HMAC trailer.
struct TrailerConfig {
    std::vector<Key> keys;    ///< all of them are accepted; at least one, each id once
    std::uint8_t active = 1;  ///< the id of the one that signs
    Mode mode = Mode::enforce;
    std::chrono::seconds window{5};  ///< 1 to 300; an advert may be so old, or so early
    Replay replay = Replay::time;

    friend bool operator==(const TrailerConfig&, const TrailerConfig&) = default;
};

/// The window where none is given: three intervals, at least five seconds.
[[nodiscard]] constexpr std::chrono::seconds default_window(std::chrono::nanoseconds interval) {
    const auto three_intervals = std::chrono::ceil<std::chrono::seconds>(3 * interval);
    return three_intervals > std::chrono::seconds(5) ? three_intervals : std::chrono::seconds(5);
}

}  // namespace auth
