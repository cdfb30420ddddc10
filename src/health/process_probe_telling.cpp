#include "health/process_probe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "health/duration_text.hpp"

// What a process probe says, and when it looks or listens next.

namespace health {

namespace {

/// How often to look for new processes while there are too few, and the kernel does not tell them.
constexpr vrrp::Duration short_interval = std::chrono::milliseconds(50);

/// And while there are enough, but may be too many.
constexpr vrrp::Duration good_interval = std::chrono::milliseconds(200);

/// Where the kernel does tell them while there are too few: a look costs little, and a service that
/// is taken for dead costs much.
constexpr vrrp::Duration told_interval = std::chrono::seconds(1);

/// How often to look once there are enough, or too few. A process that was seen between its fork
/// and its exec is not known by its name; after this second all have been looked at again.
constexpr int looks_afterwards = 20;

}  // namespace

bool ProcessProbe::wants_new() const {
    return is_short() || config_.max;
}

/// To know of the first process is to know all that matters.
bool ProcessProbe::first_suffices() const {
    return min_ <= 1 && config_.max.value_or(0) == 0;
}

bool ProcessProbe::wants_events() const {
    const ProcessFinder::News news = finder_->news();
    return wants_new() && !news.tells_all && !(news.tells_first && first_suffices());
}

/// Whether the kernel tells of all new processes that matter.
bool ProcessProbe::is_told() const {
    const ProcessFinder::News news = finder_->news();
    return news.tells_all || (news.tells_first && first_suffices()) ||
           (events_ != nullptr && !news.needs_looks);
}

/// Children of ours matter where one of them is not enough, or one too many.
ProcessWish ProcessProbe::wish() const {
    ProcessWish wish{.comm = finder_->news().comm, .parents = {}};
    if (!first_suffices()) {
        for (const auto& [pid, process] : watched_) {
            wish.parents.push_back(pid);
        }
    }
    return wish;
}

void ProcessProbe::listen() {
    has_tried_events_ = true;
    auto events = ProcessEvents::open(
        loop_, wish(),
        [this](const ProcessEvents::News& news, vrrp::Instant now) { on_started(news, now); });
    if (events) {
        events_ = std::move(*events);
        note("new processes are told by the kernel");
    } else {
        note(fmt::format("new processes are looked for each {} ({})", to_text(short_interval),
                         events.error().message()));
    }
}

/// Listens to what matters now, or no more.
void ProcessProbe::choose_events() {
    if (!wants_events()) {
        events_.reset();
        has_tried_events_ = false;
        return;
    }
    if (events_ != nullptr && events_->wish() != wish()) {
        // A child that has come meanwhile is seen by a look.
        looks_ = std::max(looks_, 1);
        if (!events_->set_wish(wish())) {
            events_.reset();
        }
    }
}

void ProcessProbe::begin_looks() {
    looks_ = looks_afterwards;
}

/// How long after a look the next one is due; nullopt: when something is told.
std::optional<vrrp::Duration> ProcessProbe::look_interval() const {
    if (looks_ > 0 || repeats_ > 0) {
        return short_interval;
    }
    if (!wants_new() || (is_told() && !is_short())) {
        return std::nullopt;
    }
    if (is_told()) {
        return told_interval;
    }
    return is_short() ? short_interval : good_interval;
}

void ProcessProbe::schedule(vrrp::Instant now) {
    const auto interval = look_interval();
    look_at_ = interval ? std::optional(looked_at_ + *interval) : std::nullopt;
    std::optional<vrrp::Instant> next = look_at_;
    const auto sooner = [&next](vrrp::Instant at) { next = std::min(next.value_or(at), at); };
    if (repeats_ > 0) {
        sooner(repeat_at_);
    }
    if (bad_since_ && reported_ && reported_->is_good) {
        sooner(*bad_since_ + config_.grace);
    }
    if (!started_.empty() || (wants_events() && !has_tried_events_)) {
        sooner(now);
    }
    if (next) {
        timer_.arm(*next);
    } else {
        timer_.disarm();
    }
}

ProcessCount ProcessProbe::known() const {
    ProcessCount known{.alive = count(),
                       .min = min_,
                       .max = {},
                       .error = error_,
                       .none = finder_->describe_none(),
                       .end = {}};
    if (config_.max) {
        known.max = static_cast<std::size_t>(*config_.max);
    }
    if (ended_) {
        known.end = ended_->end;
    }
    return known;
}

/// Reports what is new, and what the check must hear again to make up its mind.
void ProcessProbe::conclude(vrrp::Instant now) {
    if (config_.max && count() > static_cast<std::size_t>(*config_.max)) {
        // It must be sure when it first says so.
        is_good_ == false ? forget_some() : forget_others(watched_.size());
    }
    const bool is_good = known().is_good();
    if (is_good_ != is_good) {
        is_good_ = is_good;
        begin_looks();
        if (is_good) {
            ended_.reset();
        }
    }
    learn_wait_status();
    ProbeResult result = judge(known());
    bear(result, now);
    if (!reported_ || reported_->is_good != result.is_good) {
        repeats_ = result.is_good ? good_repeats_ : bad_repeats_;
        repeat_at_ = now;
    }
    const bool is_repeated = repeats_ > 0 && now >= repeat_at_;
    const bool is_news = is_repeated || result != reported_;
    if (is_repeated) {
        --repeats_;
        repeat_at_ = now + short_interval;
    }
    reported_ = result;
    choose_events();
    schedule(now);
    if (is_news) {
        report_(result, now);
    }
}

/// What was good stays good for a while.
void ProcessProbe::bear(ProbeResult& result, vrrp::Instant now) {
    if (result.is_good) {
        bad_since_.reset();
        return;
    }
    if (config_.grace == vrrp::Duration::zero() || !reported_ || !reported_->is_good) {
        return;
    }
    bad_since_ = bad_since_.value_or(now);
    if (now < *bad_since_ + config_.grace) {
        result.is_good = true;
        result.detail += fmt::format(", borne for {}", to_text(config_.grace));
    }
}

void ProcessProbe::note(const std::string& step) const {
    if (note_) {
        note_(step);
    }
}

}  // namespace health
