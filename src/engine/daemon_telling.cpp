// What a daemon tells scripts and FIFOs of its routers.
#include "engine/daemon.hpp"

#include <algorithm>
#include <utility>

namespace engine {

/// From now on the notifier hears of it.
void Daemon::introduce(const Instance& instance) {
    told_as_[&instance] = notifier_->join(instance.settings());
}

void Daemon::note(const Instance& instance, vrrp::Instant now) {
    const auto found = told_as_.find(&instance);
    if (found == told_as_.end()) {
        return;  // of one that the file has no more
    }
    const std::size_t member = found->second;
    const Standing standing = instance.standing();
    const std::uint8_t priority = instance.router().priority();
    if (notifier_->is_news(member, standing, priority)) {
        notifier_->note(member,
                        {.standing = standing,
                         .priority = priority,
                         .reason = instance.reason(),
                         .has_resumed = instance.has_resumed()},
                        now);
    }
}

/// What the event in hand has shown, beside where the router stands after it.
void Daemon::note_event(const Instance& instance, vrrp::Instant now) {
    note(instance, now);
    const auto found = told_as_.find(&instance);
    if (found != told_as_.end() && instance.hears_lower_master()) {
        notifier_->hear_lower_master(found->second, "a master of lower rank is heard", now);
    }
}

/// Scripts find the addresses where they are said to be: what waits for the end of the callback is
/// done first.
void Daemon::tell(vrrp::Instant now) {
    if (!notifier_->has_unsettled() || std::exchange(is_telling_, true)) {
        return;
    }
    executor_.after([this, now] {
        is_telling_ = false;
        notifier_->settle(now);
    });
}

/// Nothing is told of it from now on. Of a router that is moved, scripts hear what it becomes; of
/// one that is gone, only that, when it has gone.
std::size_t Daemon::forget(const Instance& instance) {
    const auto found = told_as_.find(&instance);
    const std::size_t member = found->second;
    told_as_.erase(found);
    return member;
}

/// All routers have become what the file says, and these have gone.
void Daemon::tell_changes(const std::vector<std::size_t>& left, vrrp::Instant now) {
    for (const auto& instance : instances_) {
        note(*instance, now);
    }
    for (const std::size_t member : left) {
        notifier_->leave(member, now);
    }
}

}  // namespace engine
