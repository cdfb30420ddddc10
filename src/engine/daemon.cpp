#include "engine/daemon.hpp"

#include "os/lock.hpp"
#include "os/log.hpp"
#include "os/service.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace engine {

std::expected<std::unique_ptr<Daemon>, os::Error> Daemon::start(const config::Config& config,
                                                                os::Loop& loop) {
    auto executor = Executor::open(loop);
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
    daemon->take_links(now);
    daemon->is_settling_ = true;
    for (const auto& instance : daemon->instances_) {
        instance->start(now);
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
      monitor_(config.checks, loop, [this](const health::Check& check, vrrp::Instant now) {
          take_verdict(check, now);
      }) {}

std::expected<void, os::Error> Daemon::build(const config::Config& config) {
    auto links = net::LinkMirror::open(loop_, [this](vrrp::Instant now) { take_links(now); });
    if (!links) {
        return std::unexpected(links.error());
    }
    links_.emplace(std::move(*links));
    for (const config::Router& router : config.routers) {
        if (const auto added = add_router(router); !added) {
            return added;
        }
    }
    return {};
}

/// Two daemons would take each other's addresses as left over.
std::expected<void, os::Error> Daemon::claim(const config::Router& router) {
    const int id = router.protocol.virtual_router_id;
    const bool is_ipv4 = router.protocol.family() == vrrp::Family::ipv4;
    std::vector<std::string> claims{
        fmt::format("{}-id-{}{}", router.interface, id, is_ipv4 ? "" : "-ipv6")};
    for (const vrrp::VirtualAddress& address : router.addresses) {
        claims.push_back(fmt::format("{}-{}", router.interface, address.address.to_text()));
    }
    for (const std::string& claim : claims) {
        auto lock = os::lock(
            claim, fmt::format("run router {}: another understudy runs its id {} or one of its "
                               "addresses on {}",
                               router.name, id, router.interface));
        if (!lock) {
            return std::unexpected(lock.error());
        }
        locks_.push_back(std::move(*lock));
    }
    return {};
}

std::expected<void, os::Error> Daemon::add_router(const config::Router& router) {
    if (const auto claimed = claim(router); !claimed) {
        return claimed;
    }
    std::vector<const health::Check*> checks;
    for (const std::string& name : router.checks) {
        checks.push_back(&monitor_.find(name));
    }
    auto segment = segment_of(router);
    if (!segment) {
        return std::unexpected(segment.error());
    }
    auto instance = Instance::create(router, std::move(checks), **segment, executor_, loop_);
    if (!instance) {
        return std::unexpected(instance.error());
    }
    (*instance)->on_event([this](vrrp::Instant now) { settle(now); });
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
    for (const auto& segment : segments_) {
        segment->update(links_->find(segment->interface()), now);
    }
    is_settling_ = false;
    settle(now);
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
    if (is_stopping_) {
        end_when_idle();
    } else {
        for (const auto& group : groups_) {
            group->settle(now);
        }
    }
    is_settling_ = false;
}

void Daemon::stop(vrrp::Instant now) {
    const bool is_impatient = std::exchange(is_stopping_, true);
    os::log::info(is_impatient ? "stopping at once" : "stopping");
    os::notify_stopping();
    for (const auto& instance : instances_) {
        if (is_impatient) {
            instance->stop_at_once(now);
        } else {
            instance->stop(now);
        }
    }
    end_when_idle();
}

void Daemon::stop_at_once(vrrp::Instant now) {
    for (const auto& instance : instances_) {
        instance->stop_at_once(now);
    }
}

void Daemon::rekey(const config::Config& config) {
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

void Daemon::end_when_idle() {
    const auto is_idle = [](const std::unique_ptr<Instance>& instance) {
        return instance->is_idle();
    };
    if (std::ranges::all_of(instances_, is_idle)) {
        loop_.stop(0);
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
        .lag = loop_.lag(),
        .routers = {},
        .checks = monitor_.snapshot(),
    };
    for (const auto& instance : instances_) {
        snapshot.routers.push_back(instance->snapshot());
    }
    return snapshot;
}

}  // namespace engine
