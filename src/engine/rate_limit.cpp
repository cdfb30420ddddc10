#include "engine/rate_limit.hpp"

#include <algorithm>
#include <chrono>

namespace engine {

namespace {

constexpr vrrp::Duration gap = std::chrono::minutes(1);
constexpr std::size_t most_senders = 32;

}  // namespace

bool RateLimit::allows(const vrrp::IpAddress& sender, std::size_t subject, vrrp::Instant now) {
    std::erase_if(told_, [now](const Told& told) { return now - told.at >= gap; });
    const bool is_crowded = told_.size() >= most_senders;
    const vrrp::IpAddress key = is_crowded ? vrrp::IpAddress{} : sender;
    const bool was_told = std::ranges::any_of(told_, [&](const Told& told) {
        return told.subject == subject && (told.sender == sender || told.sender == key);
    });
    if (was_told || told_.size() >= 2 * most_senders) {
        return false;
    }
    told_.push_back({key, subject, now});
    return true;
}

}  // namespace engine
