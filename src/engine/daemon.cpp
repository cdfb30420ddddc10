#include "engine/daemon.hpp"

#include "engine/leased_router.hpp"
#include "health/probe.hpp"
#include "net/link_dump.hpp"
#include "os/log.hpp"
#include "os/scheduling.hpp"
#include "os/service.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace engine {

std::expected<std::unique_ptr<Daemon>, os::Error> Daemon::start(const config::Config& config,
                                                                os::Loop& loop) {
    auto executor = Executor::open(loop, config.daemon.announce_interval);
    if (!executor) {
        return std::unexpected(executor.error());
    }
    std::unique_ptr<Daemon> daemon(new Daemon(config, loop, std::move(*executor)));
    if (const auto built = daemon->build(config); !built) {
        return std::unexpected(built.error());
    }
    // What can fail comes before the first router, and the first results come from the loop.
    if (const auto started = daemon->monitor_.start(); !started) {
        return std::unexpected(started.error());
    }
    const vrrp::Instant now = loop.now();
    daemon->is_settling_ = true;
    daemon->update_segments(now);
    daemon->remove_strays();
    const auto resuming = daemon->find_resuming(now);
    for (const auto& instance : daemon->instances_) {
        const bool resumes = std::ranges::find(resuming, instance.get()) != resuming.end();
        instance->start(resumes, now);
    }
    daemon->is_settling_ = false;
    daemon->settle(now);
    // No callback is running at whose end it would be done.
    daemon->executor_.flush();
    return daemon;
}

Daemon::Daemon(const config::Config& config, os::Loop& loop, Executor executor)
    : loop_(loop),
      started_at_(loop.now()),
      config_(config),
      configuration_{.loaded_at = loop.wall_time(started_at_)},
      executor_(std::move(executor)),
      host_probes_(links_, instances_),
      monitor_(
          config.checks, config::users_of_checks(config), loop,
          [this](const health::CheckConfig& check, health::ProbeContext context) {
              return host_probes_.start(check, std::move(context));
          },
          [this](const health::Check& check, vrrp::Instant now) { take_verdict(check, now); }) {}

std::expected<void, os::Error> Daemon::build(const config::Config& config) {
    auto links = net::LinkMirror::open(loop_, interfaces_of(config),
                                       [this](vrrp::Instant now) { take_links(now); });
    if (!links) {
        return std::unexpected(links.error());
    }
    links_.emplace(std::move(*links));
    auto notifier = Notifier::create(config, loop_);
    if (!notifier) {
        return std::unexpected(notifier.error());
    }
    notifier_ = std::move(*notifier);
    const int stretch = stretch_of(config);
    for (const config::Router& router : config.routers) {
        auto instance = create_instance(
            router, stretch,
            fitness_of(router, [this](const auto& name) { return &monitor_.find(name); }));
        if (!instance) {
            return std::unexpected(instance.error());
        }
        introduce(**instance);
        instances_.push_back(std::move(*instance));
    }
    arrange_segments(loop_.now());
    arrange_groups();
    return {};
}

/// One that takes no part yet, and hears nothing.
std::expected<std::unique_ptr<Instance>, os::Error> Daemon::create_instance(
    const config::Router& router, int stretch, Fitness fitness) {
    auto entry = ledger_.claim(router);
    if (!entry) {
        return std::unexpected(entry.error());
    }
    auto segment = segment_of(router);
    if (!segment) {
        return std::unexpected(segment.error());
    }
    const LeasedRouter leased = leased_router(router, stretch);
    auto instance = Instance::create(leased.router, leased.lease, *entry, std::move(fitness),
                                     **segment, executor_, loop_);
    if (instance) {
        (*instance)->on_event([this, self = instance->get()](vrrp::Instant now) {
            note_event(*self, now);
            settle(now);
        });
    }
    return instance;
}

/// Lets each segment know who speaks there. A router may move addresses of the family that its
/// adverts don't speak: routers of that family are not to speak from them. A segment where nobody
/// speaks any more ends.
void Daemon::arrange_segments(vrrp::Instant now) {
    std::map<const Segment*, std::vector<Instance*>> members;
    using Place = std::pair<std::string_view, vrrp::Family>;
    std::map<Place, std::vector<vrrp::VirtualAddress>> moved;
    for (const auto* const instances : {&instances_, &retiring_}) {
        for (const auto& instance : *instances) {
            members[&instance->segment()].push_back(instance.get());
            const Place place(instance->interface(), instance->segment().family());
            std::ranges::copy(instance->addresses(), std::back_inserter(moved[place]));
        }
    }
    std::set<std::string_view> told;
    for (const auto& segment : segments_) {
        const bool is_ipv4 = segment->family() == vrrp::Family::ipv4;
        const vrrp::Family other = is_ipv4 ? vrrp::Family::ipv6 : vrrp::Family::ipv4;
        segment->set_members(members[segment.get()], moved[Place(segment->interface(), other)],
                             now);
        segment->set_tells_link(!members[segment.get()].empty() &&
                                told.insert(segment->interface()).second);
    }
    std::erase_if(segments_, [&members](const std::unique_ptr<Segment>& segment) {
        return members[segment.get()].empty();
    });
}

/// Who shares its fate with whom, in the order of the configuration.
void Daemon::arrange_groups() {
    for (const auto& group : groups_) {
        group->clear();
    }
    for (const auto& instance : instances_) {
        const std::string& name = instance->group();
        if (name.empty()) {
            continue;
        }
        auto group = std::ranges::find_if(
            groups_, [&name](const std::unique_ptr<Fate>& known) { return known->name() == name; });
        if (group == groups_.end()) {
            group = groups_.insert(groups_.end(), std::make_unique<Fate>(name));
        }
        (*group)->join(*instance);
    }
    std::erase_if(groups_, [](const std::unique_ptr<Fate>& group) { return group->is_empty(); });
}

std::expected<Segment*, os::Error> Daemon::segment_of(const config::Router& router) {
    for (const auto& segment : segments_) {
        if (segment->interface() == router.interface &&
            segment->family() == router.protocol.family()) {
            return segment.get();
        }
    }
    auto segment = Segment::create(router.interface, router.protocol.family(), loop_);
    if (!segment) {
        return std::unexpected(segment.error());
    }
    return segments_.emplace_back(std::move(*segment)).get();
}

/// Routers of one group resume together or not at all.
std::vector<Instance*> Daemon::find_resuming(vrrp::Instant now) const {
    const auto can_resume = [now](const auto& instance) { return instance->can_resume(now); };
    std::vector<Instance*> resuming;
    for (const auto& instance : instances_) {
        const std::string& group = instance->group();
        const auto is_stranger = [&group](const auto& other) { return other->group() != group; };
        if (group.empty() ? can_resume(instance)
                          : std::ranges::all_of(instances_, [&](const auto& other) {
                                return is_stranger(other) || can_resume(other);
                            })) {
            resuming.push_back(instance.get());
        }
    }
    return resuming;
}

/// Addresses with our mark that an earlier run left behind, and that the file does not list any
/// more. Another daemon of this host may have put them there.
void Daemon::remove_strays() {
    const auto dump = net::dump_links();
    if (!dump) {
        os::log::error("can't look for addresses left over from an earlier run",
                       {{"error", dump.error().message()}});
        return;
    }
    for (const net::Link& link : dump->table.links()) {
        for (const net::LinkAddress& address : link.addresses) {
            const vrrp::VirtualAddress stray{address.address, address.prefix_length};
            if (address.protocol == net::our_address_protocol) {
                remove_stray(link, stray);
            }
        }
    }
}

void Daemon::remove_stray(const net::Link& link, const vrrp::VirtualAddress& stray) {
    // With another prefix length than the file's an IPv4 address is another one to the kernel.
    bool is_claimed_here = false;
    for (const auto& instance : instances_) {
        const auto& listed = instance->addresses();
        const auto known = std::ranges::find(listed, stray.address, &vrrp::VirtualAddress::address);
        if (instance->interface() == link.name && known != listed.end()) {
            if (*known == stray || stray.address.family() == vrrp::Family::ipv6) {
                return;
            }
            is_claimed_here = true;
        }
    }
    if (!is_claimed_here && !ledger_.claim_address(link.name, stray.address)) {
        return;
    }
    os::log::warning(
        "an address left over from an earlier run is removed: no router of this file has it",
        {{"interface", link.name}, {"address", to_text(stray)}});
    if (const auto removed = executor_.remove(link, {&stray, 1}); !removed) {
        os::log::error("can't remove it", {{"error", removed.error().message()}});
    }
    if (!is_claimed_here) {
        ledger_.release_address(link.name, stray.address);
    }
}

void Daemon::take_links(vrrp::Instant now) {
    const bool is_inner = std::exchange(is_settling_, true);
    update_segments(now);
    is_settling_ = is_inner;
    host_probes_.take_links();
    settle(now);
}

void Daemon::update_segments(vrrp::Instant now) {
    for (const auto& segment : segments_) {
        segment->update(*links_, now);
    }
}

void Daemon::take_verdict(const health::Check& check, vrrp::Instant now) {
    const bool is_inner = std::exchange(is_settling_, true);
    for (const auto& instance : instances_) {
        instance->take_verdict(check, now);
    }
    is_settling_ = is_inner;
    settle(now);
}

/// Brings the groups into agreement after something has happened to an instance. What that does to
/// others comes here again, and needs no answer. Who stops needs no group: everybody goes.
void Daemon::settle(vrrp::Instant now) {
    if (std::exchange(is_settling_, true)) {
        return;
    }
    if (!is_stopping_) {
        for (const auto& group : groups_) {
            group->settle(now);
        }
    }
    is_settling_ = false;
    tell(now);
    if (is_stopping_) {
        end_when_idle(now);
    }
    host_probes_.take_routers(now);
    if (!retiring_.empty()) {
        loop_.at_end([this](vrrp::Instant /*at*/) { forget_idle(); });
    }
}

void Daemon::stop(vrrp::Instant now) {
    is_impatient_ = std::exchange(is_stopping_, true);
    os::log::info(is_impatient_ ? "stopping at once" : "stopping");
    os::notify_stopping();
    if (is_impatient_) {
        notifier_->mute();
    }
    for (const auto& instance : instances_) {
        if (is_impatient_) {
            instance->stop_at_once(now);
        } else {
            instance->stop(now);
        }
    }
    for (const auto& instance : retiring_) {
        if (is_impatient_) {
            instance->stop_at_once(now);
        }
    }
    end_when_idle(now);
}

void Daemon::pause(vrrp::Instant now) {
    if (is_stopping_) {
        return;
    }
    os::log::info("ends without releasing anything: the daemon that is started next resumes");
    for (const auto* const instances : {&instances_, &retiring_}) {
        for (const auto& instance : *instances) {
            instance->pause(now);
        }
    }
    loop_.stop(0);
}

void Daemon::stop_at_once(vrrp::Instant now) {
    for (const auto* const instances : {&instances_, &retiring_}) {
        for (const auto& instance : *instances) {
            instance->stop_at_once(now);
        }
    }
}

void Daemon::end_when_idle(vrrp::Instant now) {
    const auto is_idle = [](const std::unique_ptr<Instance>& instance) {
        return instance->is_idle();
    };
    if (!std::ranges::all_of(instances_, is_idle) || !std::ranges::all_of(retiring_, is_idle)) {
        return;
    }
    if (is_impatient_) {
        loop_.stop(0);
    } else {
        notifier_->finish([this] { loop_.stop(0); }, now);
    }
}

Snapshot Daemon::snapshot() const {
    const vrrp::Instant now = loop_.now();
    Snapshot snapshot{
        .host = os::host_name(),
        .version = UNDERSTUDY_VERSION,
        .pid = getpid(),
        .taken_at = loop_.wall_time(now),
        .started_at = loop_.wall_time(started_at_),
        .process = {.realtime_priority = os::realtime_priority(),
                    .is_memory_locked = os::is_memory_locked()},
        .configuration = configuration_,
        .lag = loop_.lag(),
        .routers = {},
        .checks = monitor_.snapshot(),
        .scripts = notifier_->scripts(),
        .fifos = notifier_->fifos(),
    };
    for (const auto* const instances : {&instances_, &retiring_}) {
        for (const auto& instance : *instances) {
            snapshot.routers.push_back(instance->snapshot());
        }
    }
    return snapshot;
}

}  // namespace engine
