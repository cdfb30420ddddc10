#include "engine/script_queue.hpp"

#include <utility>

namespace engine {

std::string_view word_of(const Notice& notice) {
    return notice.is_lower_master ? "MASTER_RX_LOWER_PRI" : to_text(notice.to);
}

std::optional<Notice> ScriptQueue::add(Notice notice) {
    if (notice.is_lower_master) {
        // However often it is heard, it is one thing.
        lower_master_ = std::move(notice);
        return std::nullopt;
    }
    // What it heard as a master is of no use to one that is none, and the script of a new master
    // does all that is to be done.
    lower_master_.reset();
    return std::exchange(state_, std::move(notice));
}

std::optional<Notice> ScriptQueue::next() {
    if (is_busy_) {
        return std::nullopt;
    }
    std::optional<Notice> notice = std::exchange(state_, std::nullopt);
    if (!notice) {
        notice = std::exchange(lower_master_, std::nullopt);
    }
    is_busy_ = notice.has_value();
    return notice;
}

}  // namespace engine
