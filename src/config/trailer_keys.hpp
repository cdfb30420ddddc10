#pragma once

#include "auth/trailer_config.hpp"
#include "config/placed.hpp"
#include "config/report.hpp"
#include "config/secret.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace config {

inline constexpr Range key_id_range{1, 255};
inline constexpr std::chrono::seconds shortest_window{1};
inline constexpr std::chrono::seconds longest_window{300};

/// The window where none is given.
[[nodiscard]] inline std::chrono::seconds usual_window(vrrp::Duration interval) {
    return std::min(auth::default_window(interval), longest_window);
}

/// The keys of a router while they are read, in either format. No message tells a secret.
class TrailerKeys {
public:
    /// `report` outlives it.
    TrailerKeys(SecretForm form, Report& report) : form_(form), report_(report) {}

    /// Reads a key, and what it names where it is this host's.
    void add(int id, std::string_view text, Place place, bool is_here);

    /// Says that something that should have been a key is none; so that too few keys are no
    /// mistake of their own.
    void note_mistake() { has_mistakes_ = true; }

    /// Gives the trailer its keys, and the active one: the one that is said, or the only one. What
    /// is missing is reported at `place`.
    void complete(auth::TrailerConfig& trailer, const std::optional<Placed<int>>& active,
                  std::string_view active_word, Place place);

    /// Where each of the keys is read from, in the order of their numbers; empty: it stands in the
    /// file.
    [[nodiscard]] std::vector<std::string> references() const;

private:
    SecretForm form_;
    Report& report_;
    bool has_mistakes_ = false;
    std::vector<auth::Key> keys_;
    std::map<std::uint8_t, std::string> references_;  ///< by the number of the key
};

}  // namespace config
