#pragma once

#include "engine/standing.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace engine {

/// What scripts are told of a router or a group.
struct Notice {
    Standing to = Standing::unknown;
    Standing from = Standing::unknown;
    bool is_lower_master = false;  ///< no change: a master that hears another one of lower rank
    std::uint8_t priority = 0;
    std::string reason;

    friend bool operator==(const Notice&, const Notice&) = default;
};

/// "MASTER", "MASTER_RX_LOWER_PRI"
[[nodiscard]] std::string_view word_of(const Notice& notice);

/// The notices of one router or group, each in its turn: one at a time, and of those that wait the
/// newest alone, as an older state is no longer so.
class ScriptQueue {
public:
    /// Lets a notice wait. The state that it takes the place of, which nobody will be told.
    [[nodiscard]] std::optional<Notice> add(Notice notice);

    /// The notice whose turn begins; nullopt while another has its turn, and where none waits.
    [[nodiscard]] std::optional<Notice> next();

    /// The turn is over; only between next() and the next one.
    void done() { is_busy_ = false; }

    [[nodiscard]] bool is_idle() const { return !is_busy_ && !state_ && !lower_master_; }

private:
    bool is_busy_ = false;
    std::optional<Notice> state_;
    std::optional<Notice> lower_master_;
};

}  // namespace engine
