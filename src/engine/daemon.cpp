#include "engine/daemon.hpp"

#include "engine/fitness.hpp"
#include "health/probe.hpp"
#include "net/link_dump.hpp"
#include "os/log.hpp"
#include "os/scheduling.hpp"
#include "os/service.hpp"
#include "vrrp/lease.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace engine {

namespace {

vrrp::Lease lease_of(const config::Router& router) {
    return vrrp::lease_for(router.protocol.down_adverts, router.protocol.interval);
}

/// The interfaces that routers are on or checks ask for, each once.
std::vector<std::string> interfaces_of(const config::Config& config) {
    std::vector<std::string> names = interfaces_of_checks(config);
    for (const config::Router& router : config.routers) {
        names.push_back(router.interface);
    }
    std::ranges::sort(names);
    const auto repeated = std::ranges::unique(names);
    names.erase(repeated.begin(), repeated.end());
    return names;
}

}  // namespace

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
    double refreshes = 0;
    for (const config::Router& router : config.routers) {
        if (router.lease) {
            refreshes += vrrp::refreshes_each_second(lease_of(router), router.addresses.size());
        }
    }
    const int stretch = vrrp::stretch_for(refreshes);
    for (const config::Router& router : config.routers) {
        if (const auto added = add_router(router, stretch); !added) {
            return added;
        }
    }
    show_mixed_addresses();
    return {};
}

/// A router may move addresses of the family that its adverts don't speak: routers of that family
/// are not to speak from them.
void Daemon::show_mixed_addresses() {
    for (const auto& segment : segments_) {
        for (const auto& instance : instances_) {
            const bool is_neighbour = instance->interface() == segment->interface() &&
                                      instance->router().config().family() != segment->family();
            if (is_neighbour) {
                segment->avoid(instance->addresses());
            }
        }
    }
}

std::expected<void, os::Error> Daemon::add_router(const config::Router& router, int stretch) {
    auto entry = ledger_.claim(router);
    if (!entry) {
        return std::unexpected(entry.error());
    }
    std::vector<TrackedCheck> checks;
    for (const health::CheckUse& use : router.checks) {
        checks.push_back({&monitor_.find(use.name), use.weight, use.is_inverted});
    }
    Fitness fitness(router.protocol.priority, router.protocol.last_resort, std::move(checks));
    auto segment = segment_of(router);
    if (!segment) {
        return std::unexpected(segment.error());
    }
    config::Router leased = router;
    std::optional<std::chrono::seconds> lifetime;
    if (router.lease) {
        const vrrp::Lease lease = vrrp::stretched(lease_of(router), stretch);
        leased.protocol.refresh_each = lease.refresh_each;
        lifetime = lease.lifetime;
    }
    auto instance =
        Instance::create(leased, lifetime, *entry, std::move(fitness), **segment, executor_, loop_);
    if (!instance) {
        return std::unexpected(instance.error());
    }
    (*instance)->on_event(
        [this, self = instance->get(), member = notifier_->join(router)](vrrp::Instant now) {
            note(*self, member, now);
            settle(now);
        });
    join_group(router.group, **instance);
    instances_.push_back(std::move(*instance));
    return {};
}

std::expected<Segment*, os::Error> Daemon::segment_of(const config::Router& router) {
    bool is_first_of_link = true;
    for (const auto& segment : segments_) {
        if (segment->interface() == router.interface) {
            is_first_of_link = false;
            if (segment->family() == router.protocol.family()) {
                return segment.get();
            }
        }
    }
    auto segment =
        Segment::create(router.interface, router.protocol.family(), is_first_of_link, loop_);
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

void Daemon::join_group(const std::string& name, Instance& instance) {
    if (name.empty()) {
        return;
    }
    auto group = std::ranges::find_if(
        groups_, [&name](const std::unique_ptr<Fate>& known) { return known->name() == name; });
    if (group == groups_.end()) {
        group = groups_.insert(groups_.end(), std::make_unique<Fate>(name));
    }
    (*group)->join(instance);
}

void Daemon::take_links(vrrp::Instant now) {
    is_settling_ = true;
    update_segments(now);
    is_settling_ = false;
    host_probes_.take_links();
    settle(now);
}

void Daemon::update_segments(vrrp::Instant now) {
    for (const auto& segment : segments_) {
        segment->update(*links_, now);
    }
}

void Daemon::take_verdict(const health::Check& check, vrrp::Instant now) {
    is_settling_ = true;
    for (const auto& instance : instances_) {
        instance->take_verdict(check, now);
    }
    is_settling_ = false;
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
}

void Daemon::note(const Instance& instance, std::size_t member, vrrp::Instant now) {
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
    if (instance.hears_lower_master()) {
        notifier_->hear_lower_master(member, "a master of lower rank is heard", now);
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
    end_when_idle(now);
}

void Daemon::pause(vrrp::Instant now) {
    if (is_stopping_) {
        return;
    }
    os::log::info("ends without releasing anything: the daemon that is started next resumes");
    for (const auto& instance : instances_) {
        instance->pause(now);
    }
    loop_.stop(0);
}

void Daemon::stop_at_once(vrrp::Instant now) {
    for (const auto& instance : instances_) {
        instance->stop_at_once(now);
    }
}

void Daemon::rekey(const config::Config& config, vrrp::Instant now) {
    notifier_->adopt(config, now);
    for (const config::Router& router : config.routers) {
        for (const auto& instance : instances_) {
            const bool is_same = instance->name() == router.name &&
                                 instance->router().config().family() == router.protocol.family();
            if (is_same) {
                instance->rekey(router);
            }
        }
    }
}

void Daemon::end_when_idle(vrrp::Instant now) {
    const auto is_idle = [](const std::unique_ptr<Instance>& instance) {
        return instance->is_idle();
    };
    if (!std::ranges::all_of(instances_, is_idle)) {
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
        .lag = loop_.lag(),
        .routers = {},
        .checks = monitor_.snapshot(),
        .scripts = notifier_->scripts(),
        .fifos = notifier_->fifos(),
    };
    for (const auto& instance : instances_) {
        snapshot.routers.push_back(instance->snapshot());
    }
    return snapshot;
}

}  // namespace engine
