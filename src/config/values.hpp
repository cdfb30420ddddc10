#pragma once

#include "config/report.hpp"
#include "vrrp/advertisement.hpp"
#include "vrrp/time.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace config {

template <class Value>
using Checked = std::expected<Value, Complaint>;

/// Whole numbers, both ends included.
struct Range {
    int first = 0;
    int last = 0;

    [[nodiscard]] constexpr bool contains(std::int64_t number) const {
        return number >= first && number <= last;
    }
};

inline constexpr Range router_id_range{1, 255};
inline constexpr Range priority_range{1, 255};
inline constexpr Range count_range{1, 1000};  ///< rise, fall, min
inline constexpr Range weight_range{-253, 253};
/// Of files and processes in keepalived.conf, and of all checks in TOML.
inline constexpr Range track_weight_range{-254, 254};
inline constexpr Range down_adverts_range{1, 100};
inline constexpr Range ttl_range{1, 255};               ///< of what is sent
inline constexpr Range heard_ttl_range{0, 255};         ///< of what is accepted
inline constexpr Range realtime_priority_range{0, 99};  ///< 0 means none

inline constexpr vrrp::Duration max_preempt_delay = std::chrono::seconds(1000);
inline constexpr vrrp::Duration max_start_delay = std::chrono::hours(1);
inline constexpr vrrp::Duration max_announce_interval = std::chrono::seconds(1);

/// The shortest and longest interval and timeout of a script.
inline constexpr vrrp::Duration min_script_time = std::chrono::milliseconds(10);
inline constexpr vrrp::Duration max_script_time = std::chrono::hours(1);

/// The shortest time limit of a script that is told of states; the longest is max_script_time.
inline constexpr vrrp::Duration min_state_script_time = std::chrono::milliseconds(100);

/// A whole number that is all of `text`, without a sign.
[[nodiscard]] std::optional<int> to_whole_number(std::string_view text);

/// "12.5" as 12500 where three decimals are asked for; nullopt for anything but at most six digits
/// with at most so many decimals.
[[nodiscard]] std::optional<std::int64_t> to_scaled(std::string_view text, std::size_t decimals);

/// A number outside of its range, in words.
[[nodiscard]] Complaint out_of_range(std::string_view what, std::string_view found,
                                     const Range& range);

/// A name of a router, check or user: letters, digits, '_', '.', '-'.
[[nodiscard]] Checked<std::string> to_name(std::string_view what, std::string_view text);

/// A name that the kernel could give a link.
[[nodiscard]] Checked<std::string> to_interface(std::string_view text);

/// "1s", "100ms", "2m", "1.5s" (at most three decimals), "1h".
[[nodiscard]] Checked<vrrp::Duration> to_duration(std::string_view what, std::string_view text);

/// The advertisement interval: in version 2 whole seconds, 1 to 255, in version 3 hundredths of
/// a second, 1 to 4095.
[[nodiscard]] Checked<vrrp::Centiseconds> to_interval(std::string_view what,
                                                      vrrp::Duration duration,
                                                      vrrp::Version version);

/// The first eight bytes of a text that is not empty: version 2 carries no more, and the reader
/// warns of a longer one. A complaint never tells the text.
[[nodiscard]] Checked<vrrp::Password> to_password(std::string_view what, std::string_view text);

}  // namespace config
