#include "engine/notifier.hpp"

#include "os/log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace engine {

namespace {

/// Adds a word to those that blanks keep apart, unless it is one of them.
void add_word(std::string& words, const std::string& word) {
    if (!fmt::format(" {} ", words).contains(fmt::format(" {} ", word))) {
        words += words.empty() ? word : ' ' + word;
    }
}

}  // namespace

std::expected<std::unique_ptr<Notifier>, os::Error> Notifier::create(const config::Config& config,
                                                                     os::Loop& loop,
                                                                     std::string folder) {
    std::unique_ptr<Notifier> notifier(new Notifier(loop, std::move(folder)));
    auto* const self = notifier.get();
    auto timer = loop.timer(os::Urgency::checks, [self](vrrp::Instant) {
        os::log::warning("state scripts did not end in time; they end with the daemon");
        std::exchange(self->on_done_, nullptr)();
    });
    if (!timer) {
        return std::unexpected(timer.error());
    }
    notifier->stop_timer_ = std::move(*timer);
    notifier->groups_ = config.groups;
    notifier->take_fifos(config.daemon);
    return notifier;
}

void Notifier::take_fifos(const config::DaemonSettings& daemon) {
    tells_priorities_ = daemon.tells_priorities;
    if (daemon.state_fifos == fifo_settings_) {
        return;
    }
    // What waits for a reader, and who reads, stays with a FIFO that stays.
    auto former = std::exchange(fifos_, {});
    fifo_settings_ = daemon.state_fifos;
    for (const config::StateFifo& settings : fifo_settings_) {
        const auto same = std::ranges::find_if(
            former, [&settings](const auto& fifo) { return fifo && fifo->settings() == settings; });
        if (same != former.end()) {
            fifos_.push_back(std::move(*same));
        } else if (auto fifo = StateFifo::create(settings, launcher_, loop_)) {
            fifos_.push_back(std::move(*fifo));
        } else {
            os::log::error("states can't be written to the FIFO",
                           {{"fifo", settings.path}, {"error", fifo.error().message()}});
        }
    }
}

std::size_t Notifier::join(const config::Router& router) {
    const std::size_t member = members_.size();
    Subject& own = subject_of(false, router.name);
    members_.push_back(
        {.router = &own, .company = router.group, .news = {.priority = router.protocol.priority}});
    if (!router.group.empty()) {
        companies_[router.group].push_back(member);
    }
    own.members.push_back(member);
    const auto group = std::ranges::find(groups_, router.group, &config::Group::name);
    if (group != groups_.end()) {
        Subject& whole = subject_of(true, group->name);
        members_.back().group = &whole;
        whole.members.push_back(member);
        whole.self.group = group->name;
        describe(whole, router);
        set_scripts(whole, group->scripts);
        own.self.group = group->name;
    }
    describe(own, router);
    set_scripts(own, router.scripts);
    return member;
}

Notifier::Subject& Notifier::subject_of(bool is_group, const std::string& name) {
    Subject& subject = subjects_[{is_group, name}];
    subject.self.is_group = is_group;
    subject.self.name = name;
    return subject;
}

void Notifier::describe(Subject& subject, const config::Router& router) {
    add_word(subject.self.interface, router.interface);
    for (const vrrp::VirtualAddress& address : router.addresses) {
        add_word(subject.self.addresses, vrrp::to_text(address));
    }
}

/// Describes all subjects of the file as that does now.
void Notifier::describe_anew(const config::Config& config) {
    std::set<Subject*> known;
    const auto take = [&](bool is_group, const std::string& name, const config::Router& router) {
        const auto found = subjects_.find({is_group, name});
        if (found == subjects_.end()) {
            return;
        }
        ScriptSubject& self = found->second.self;
        if (known.insert(&found->second).second) {
            self.interface.clear();
            self.addresses.clear();
            self.group.clear();
        }
        if (std::ranges::find(groups_, router.group, &config::Group::name) != groups_.end()) {
            self.group = router.group;
        }
        describe(found->second, router);
    };
    for (const config::Router& router : config.routers) {
        take(false, router.name, router);
        take(true, router.group, router);
    }
}

/// A subject without scripts needs nobody who runs them.
void Notifier::set_scripts(Subject& subject, const config::StateScripts& scripts) {
    subject.scripts = scripts;
    if (subject.runner) {
        subject.runner->take_scripts(scripts);
        subject.runner->take_subject(subject.self);
        return;
    }
    if (config::scripts_of(scripts).empty()) {
        return;
    }
    if (const auto ready = launcher_.prepare(); !ready) {
        os::log::error("state scripts can't be run yet", {{"error", ready.error().message()}});
    }
    auto runner = ScriptRunner::create(
        subject.self, scripts,
        ToldState(fmt::format("{}/told-{}-{}", folder_, subject.self.is_group ? "group" : "router",
                              subject.self.name)),
        launcher_, loop_, [this](vrrp::Instant) { end_if_idle(); });
    if (runner) {
        subject.runner = std::move(*runner);
    } else {
        os::log::error("state scripts can't be run",
                       {{"owner", title_of(subject.self)}, {"error", runner.error().message()}});
    }
}

void Notifier::leave(std::size_t member, vrrp::Instant now) {
    members_[member].has_left = true;
    Member& left = members_[member];
    std::erase(companies_[left.company], member);
    if (left.group != nullptr) {
        std::erase(left.group->members, member);
    }
    Subject& subject = *left.router;
    std::erase(subject.members, member);
    if (subject.members.empty() && subject.scripts.deleted) {
        tell(subject,
             {.to = Standing::deleted,
              .from = subject.told,
              .priority = left.news.priority,
              .reason = "the file has it no more"},
             now);
    }
    // Should it come back, everything is news.
    for (Subject* const whole : {&subject, left.group}) {
        if (whole != nullptr && whole->members.empty()) {
            whole->told = Standing::unknown;
        }
    }
}

void Notifier::adopt(const config::Config& config, vrrp::Instant now) {
    groups_ = config.groups;
    take_fifos(config.daemon);
    describe_anew(config);
    for (auto& [key, subject] : subjects_) {
        const auto& [is_group, name] = key;
        if (is_group) {
            const auto group = std::ranges::find(groups_, name, &config::Group::name);
            set_scripts(subject, group == groups_.end() ? config::StateScripts() : group->scripts);
        } else if (const auto router =
                       std::ranges::find(config.routers, name, &config::Router::name);
                   router != config.routers.end()) {
            set_scripts(subject, router->scripts);
        }
        if (config.daemon.tells_states_on_reload && subject.told != Standing::unknown &&
            !subject.members.empty()) {
            write_line(subject, to_text(subject.told),
                       members_[subject.members.front()].news.priority, now);
        }
    }
}

bool Notifier::is_news(std::size_t member, Standing standing, std::uint8_t priority) const {
    const News& known = members_[member].news;
    return standing != known.standing || (priority != 0 && priority != known.priority);
}

void Notifier::note(std::size_t member, News news, vrrp::Instant now) {
    Member& known = members_[member];
    const std::uint8_t before = known.news.priority;
    if (news.priority == 0) {
        news.priority = before;
    }
    const Standing stood = known.news.standing;
    known.news = std::move(news);
    if (known.news.standing == stood) {
        tell_priority(member, before, now);
        return;
    }
    if (known.has_left) {
        return;
    }
    mark(known);
    // What is held by a member in fault is in fault too.
    const bool concerns_others = stood == Standing::fault || known.news.standing == Standing::fault;
    if (concerns_others && !known.company.empty()) {
        for (const std::size_t other : companies_[known.company]) {
            mark(members_[other]);
        }
    }
}

void Notifier::mark(const Member& member) {
    has_unsettled_ = true;
    member.router->is_unsettled = true;
    if (member.group != nullptr) {
        member.group->is_unsettled = true;
    }
}

/// Scripts are told of states alone.
void Notifier::tell_priority(std::size_t member, std::uint8_t before, vrrp::Instant now) {
    const Member& known = members_[member];
    const Subject& subject = *known.router;
    const Standing standing = known.news.standing;
    const bool takes_part = standing == Standing::master || standing == Standing::backup;
    if (before == known.news.priority || !takes_part || known.has_left ||
        subject.members.front() != member ||
        !(tells_priorities_ || subject.scripts.tells_priority)) {
        return;
    }
    write_line(subject, standing == Standing::master ? "MASTER_PRIORITY" : "BACKUP_PRIORITY",
               known.news.priority, now);
}

void Notifier::hear_lower_master(std::size_t member, std::string reason, vrrp::Instant now) {
    const Member& known = members_[member];
    Subject& subject = *known.router;
    if (subject.told == Standing::master && !known.has_left) {
        tell(subject,
             {.to = Standing::master,
              .from = Standing::master,
              .is_lower_master = true,
              .priority = known.news.priority,
              .reason = std::move(reason)},
             now);
    }
}

Standing Notifier::effective(const Member& member) const {
    if (member.news.standing != Standing::held) {
        return member.news.standing;
    }
    const auto& company = companies_.at(member.company);
    const bool has_fault = std::ranges::any_of(company, [this](std::size_t other) {
        return members_[other].news.standing == Standing::fault;
    });
    return has_fault ? Standing::fault : Standing::unknown;
}

Standing Notifier::standing_of(const Subject& subject) const {
    std::vector<Standing> standings;
    for (const std::size_t member : subject.members) {
        standings.push_back(effective(members_[member]));
    }
    return common_standing(standings);
}

void Notifier::settle(vrrp::Instant now) {
    has_unsettled_ = false;
    // Members first, then what they make of their group.
    for (auto& [key, subject] : subjects_) {
        if (std::exchange(subject.is_unsettled, false)) {
            settle(subject, now);
        }
    }
    end_if_idle();
}

void Notifier::settle(Subject& subject, vrrp::Instant now) {
    const Standing standing = standing_of(subject);
    if (standing == Standing::unknown || standing == subject.told) {
        return;
    }
    // Why: the member that stands there by itself knows better than one that goes with it.
    const auto cause = std::ranges::find_if(subject.members, [&](std::size_t member) {
        return members_[member].news.standing == standing;
    });
    const News& news =
        members_[cause == subject.members.end() ? subject.members.front() : *cause].news;
    const bool has_resumed = subject.told == Standing::unknown && news.has_resumed;
    const Standing from = std::exchange(subject.told, standing);
    if (has_resumed && (!subject.runner || subject.runner->has_told(standing))) {
        return;  // nothing has changed, and everybody knows
    }
    tell(subject, {.to = standing, .from = from, .priority = news.priority, .reason = news.reason},
         now);
}

void Notifier::tell(Subject& subject, Notice notice, vrrp::Instant now) {
    write_line(subject, word_of(notice), notice.priority, now);
    if (subject.runner && !is_mute_) {
        subject.runner->take(std::move(notice), now);
    }
}

void Notifier::write_line(const Subject& subject, std::string_view word, std::uint8_t priority,
                          vrrp::Instant now) {
    for (const auto& fifo : fifos_) {
        fifo->write(fifo_line(subject.self, word, priority), now);
    }
}

bool Notifier::is_idle() const {
    return !has_unsettled_ && std::ranges::all_of(subjects_, [](const auto& entry) {
        const auto& [key, subject] = entry;
        return !subject.runner || subject.runner->is_idle();
    });
}

void Notifier::end_if_idle() {
    if (on_done_ && is_idle()) {
        stop_timer_.disarm();
        std::exchange(on_done_, nullptr)();
    }
}

void Notifier::finish(std::move_only_function<void()> on_done, vrrp::Instant now) {
    if (std::exchange(is_finishing_, true)) {
        return;
    }
    on_done_ = std::move(on_done);
    stop_timer_.arm(now + stop_patience);
    for (auto& [key, subject] : subjects_) {
        if (subject.runner) {
            subject.runner->hurry(now + stop_patience / 2);
        }
    }
    end_if_idle();
}

std::vector<ScriptSnapshot> Notifier::scripts() const {
    std::vector<ScriptSnapshot> snapshots;
    for (const auto& [key, subject] : subjects_) {
        if (subject.runner) {
            snapshots.push_back(subject.runner->snapshot());
        }
    }
    return snapshots;
}

std::vector<FifoSnapshot> Notifier::fifos() const {
    std::vector<FifoSnapshot> snapshots;
    for (const auto& fifo : fifos_) {
        snapshots.push_back(fifo->snapshot());
    }
    return snapshots;
}

}  // namespace engine
