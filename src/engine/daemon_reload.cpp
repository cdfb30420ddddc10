// How a daemon goes on with another configuration: what can fail is acquired first, and nothing
// that runs is touched before.
#include "engine/daemon.hpp"

#include "engine/leased_router.hpp"
#include "os/log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <utility>

namespace engine {

namespace {

/// More changes than these are told in the answer to who asked, not in the log.
constexpr std::size_t most_logged = 100;

/// Whether a router that goes can't be left alone until it has gone: another one is to have its id,
/// or an address of its, on the same link.
bool is_in_the_way(const config::Router& going, const config::Config& wanted) {
    return std::ranges::any_of(wanted.routers, [&going](const config::Router& router) {
        const bool has_same_id =
            router.protocol.virtual_router_id == going.protocol.virtual_router_id &&
            router.protocol.family() == going.protocol.family();
        const auto has_address = [&router](const vrrp::VirtualAddress& address) {
            return std::ranges::find(router.addresses, address.address,
                                     &vrrp::VirtualAddress::address) != router.addresses.end();
        };
        return router.interface == going.interface &&
               (has_same_id || std::ranges::any_of(going.addresses, has_address));
    });
}

void log_changes(const config::Plan& plan) {
    const std::size_t logged = std::min(plan.lines.size(), most_logged);
    for (std::size_t index = 0; index < logged; ++index) {
        os::log::info("changed", {{"what", plan.lines[index]}});
    }
    if (logged < plan.lines.size()) {
        os::log::info("changed", {{"more", std::to_string(plan.lines.size() - logged)}});
    }
}

}  // namespace

/// What is acquired on the way to another configuration.
struct Daemon::Reload {
    using Key = std::pair<std::string_view, vrrp::Family>;
    struct Adjustment {
        Instance* instance;
        Makeover next;
        bool is_tried = false;  ///< its new addresses are on the link
    };

    const config::Config& wanted;
    config::Plan plan;
    int stretch = 1;
    std::map<Key, Instance*> running;
    std::map<Key, const config::Router*> routers;  ///< that are wanted
    bool has_other_leases = false;                 ///< there are more addresses, or fewer, to renew
    std::optional<Monitor::Change> checks;
    std::vector<Adjustment> adjusted;
    std::vector<std::unique_ptr<Instance>> started;
    std::vector<std::size_t> left;  ///< the notifier's numbers of those that go
    std::vector<std::unique_ptr<Instance>>
        dismissed;  ///< they have gone, but are still referred to
};

config::Plan Daemon::plan(const config::Config& wanted) const {
    return config::plan(config_, wanted);
}

std::expected<config::Plan, os::Error> Daemon::reload(const config::Config& wanted,
                                                      vrrp::Instant now) {
    if (is_stopping_) {
        return std::unexpected(os::Error{ECANCELED, "read the file again: the daemon stops"});
    }
    Reload reload{.wanted = wanted, .plan = plan(wanted), .stretch = stretch_of(wanted)};
    for (const auto& instance : instances_) {
        reload.running.emplace(
            Reload::Key(instance->name(), instance->settings().protocol.family()), instance.get());
    }
    reload.has_other_leases = reload.stretch != stretch_of(config_);
    for (const config::Router& router : wanted.routers) {
        reload.routers.emplace(Reload::Key(router.name, router.protocol.family()), &router);
    }
    if (const auto acquired = acquire(reload, now); !acquired) {
        give_back(reload, now);
        note_failed_reload(acquired.error().message(), now);
        return std::unexpected(acquired.error());
    }
    commit(reload, now);
    configuration_.loaded_at = loop_.wall_time(now);
    configuration_.failed_at.reset();
    configuration_.failure.clear();
    ++configuration_.reloads_good;
    log_changes(reload.plan);
    os::log::info("the file was read again",
                  {{"changes", std::to_string(reload.plan.lines.size())}});
    return reload.plan;
}

void Daemon::note_failed_reload(std::string reason, vrrp::Instant now) {
    os::log::error("the file was read again, and nothing is changed", {{"error", reason}});
    ++configuration_.reloads_failed;
    configuration_.failed_at = loop_.wall_time(now);
    configuration_.failure = std::move(reason);
}

std::expected<void, os::Error> Daemon::acquire(Reload& reload, vrrp::Instant now) {
    if (const auto followed = links_->follow(interfaces_of(reload.wanted), now); !followed) {
        return followed;
    }
    auto checks = monitor_.prepare(reload.wanted.checks, config::users_of_checks(reload.wanted));
    if (!checks) {
        return std::unexpected(checks.error());
    }
    reload.checks.emplace(std::move(*checks));
    for (const config::RouterStep& step : reload.plan.routers) {
        if (const auto acquired = acquire_router(reload, step); !acquired) {
            return acquired;
        }
    }
    // The last that may fail, and the first that anybody sees.
    for (Reload::Adjustment& adjustment : reload.adjusted) {
        if (auto tried = adjustment.instance->try_addresses(adjustment.next, now); !tried) {
            return tried;
        }
        adjustment.is_tried = true;
    }
    return {};
}

std::expected<void, os::Error> Daemon::acquire_router(Reload& reload,
                                                      const config::RouterStep& step) {
    const bool is_kept = step.action == config::Action::keep && !reload.has_other_leases;
    if (step.action == config::Action::stop || is_kept) {
        return {};
    }
    const config::Router& router = *reload.routers.at({step.name, step.family});
    const auto find = [&reload](const std::string& name) { return &reload.checks->find(name); };
    if (step.action == config::Action::start || step.action == config::Action::move) {
        auto instance = create_instance(router, reload.stretch, fitness_of(router, find));
        if (!instance) {
            return std::unexpected(instance.error());
        }
        reload.started.push_back(std::move(*instance));
        return {};
    }
    Instance* const instance = reload.running.at({step.name, step.family});
    LeasedRouter leased = leased_router(router, reload.stretch);
    if (instance->is_like(leased.router, leased.lease)) {
        return {};
    }
    if (const auto claimed = ledger_.claim(router); !claimed) {
        return std::unexpected(claimed.error());
    }
    auto carrier = Carrier::create(router);
    if (!carrier) {
        return std::unexpected(carrier.error());
    }
    Fitness fitness = fitness_of(router, find);
    fitness.succeed(instance->fitness());
    reload.adjusted.push_back({instance, Makeover{std::move(leased.router), leased.lease,
                                                  std::move(*carrier), std::move(fitness)}});
    return {};
}

/// As if nothing had been tried.
void Daemon::give_back(Reload& reload, vrrp::Instant now) {
    for (const Reload::Adjustment& adjustment : reload.adjusted) {
        if (adjustment.is_tried) {
            adjustment.instance->give_addresses_back(adjustment.next, now);
        }
    }
    reload.started.clear();
    reload.checks.reset();
    arrange_segments(now);
    release_claims();
    if (const auto followed = links_->follow(interfaces_of(config_), now); !followed) {
        os::log::error("links not read", {{"error", followed.error().message()}});
    }
}

/// Nothing in here fails as a whole: what the kernel refuses of it is told, and tried again by
/// those whose business it is, as ever.
void Daemon::commit(Reload& reload, vrrp::Instant now) {
    executor_.flush();
    is_settling_ = true;
    notifier_->adopt(reload.wanted, now);
    for (const auto& instance : reload.started) {
        introduce(*instance);
    }
    dismiss(reload, now);
    make_over(reload, now);
    replace_instances(reload, now);
    for (const auto& instance : instances_) {
        instance->expect_changes(reload.checks->changed());
    }
    monitor_.commit(std::move(*reload.checks), now);
    host_probes_.take_instances();
    host_probes_.take_links();
    if (executor_.change_announce_interval(reload.wanted.daemon.announce_interval)) {
        // What was still to be announced is announced from the beginning.
        for (const auto& instance : instances_) {
            instance->take_new_mac(now);
        }
    }
    config_ = reload.wanted;
    executor_.flush();
    reload.dismissed.clear();
    release_claims();
    tell_changes(reload.left, now);
    is_settling_ = false;
    settle(now);
}

/// Lets those go that the file does not have any more, and those that are moved.
void Daemon::dismiss(Reload& reload, vrrp::Instant now) {
    const auto goes_at_once = [&reload](const std::unique_ptr<Instance>& instance) {
        return is_in_the_way(instance->settings(), reload.wanted);
    };
    std::vector<std::unique_ptr<Instance>> going = std::exchange(retiring_, {});
    for (const config::RouterStep& step : reload.plan.routers) {
        if (step.action != config::Action::stop && step.action != config::Action::move) {
            continue;
        }
        const Instance* const former = reload.running.at({step.name, step.family});
        const auto found = std::ranges::find_if(
            instances_, [former](const auto& instance) { return instance.get() == former; });
        left_as_[found->get()] = forget(**found);
        (*found)->retire(now);
        going.push_back(std::move(*found));
        instances_.erase(found);
    }
    for (auto& instance : going) {
        if (goes_at_once(instance)) {
            instance->retire_at_once(now);
            reload.left.push_back(left_as_.at(instance.get()));
            left_as_.erase(instance.get());
            reload.dismissed.push_back(std::move(instance));
        } else {
            retiring_.push_back(std::move(instance));
        }
    }
    executor_.flush();  // nothing that waits is to outlive their segments
}

/// An address may go from one router to another that serves: it stays where it is.
void Daemon::make_over(Reload& reload, vrrp::Instant now) {
    if (reload.adjusted.empty()) {
        return;
    }
    std::map<std::string_view, std::vector<vrrp::VirtualAddress>> served;
    for (const config::Router& router : reload.wanted.routers) {
        const auto found = reload.running.find({router.name, router.protocol.family()});
        const bool is_kept =
            found != reload.running.end() && found->second->interface() == router.interface &&
            found->second->router().config().virtual_router_id == router.protocol.virtual_router_id;
        if (is_kept && found->second->is_serving()) {
            auto& addresses = served[router.interface];
            addresses.insert(addresses.end(), router.addresses.begin(), router.addresses.end());
        }
    }
    for (Reload::Adjustment& adjustment : reload.adjusted) {
        const auto found = served.find(adjustment.next.router.interface);
        const std::vector<vrrp::VirtualAddress> kept =
            found == served.end() ? std::vector<vrrp::VirtualAddress>() : found->second;
        Instance& instance = *adjustment.instance;
        const bool has_other_group = instance.group() != adjustment.next.router.group;
        instance.become(std::move(adjustment.next), kept, now);
        if (has_other_group) {
            reload.left.push_back(forget(instance));
            introduce(instance);
        }
    }
}

/// Those of the file in its order, the new ones among them.
void Daemon::replace_instances(Reload& reload, vrrp::Instant now) {
    std::map<const Instance*, std::unique_ptr<Instance>> available;
    std::map<Reload::Key, Instance*> by_key;
    std::vector<Instance*> started;
    for (const auto& instance : reload.started) {
        started.push_back(instance.get());
    }
    for (auto* const instances : {&instances_, &reload.started}) {
        for (auto& instance : *instances) {
            by_key[{instance->name(), instance->settings().protocol.family()}] = instance.get();
            available[instance.get()] = std::move(instance);
        }
        instances->clear();
    }
    for (const config::Router& router : reload.wanted.routers) {
        const Instance* const wanted = by_key.at({router.name, router.protocol.family()});
        instances_.push_back(std::move(available.at(wanted)));
    }
    arrange_segments(now);
    arrange_groups();
    update_segments(now);
    // Whoever joins a group in office is master with it, or all would have to leave. Nobody else
    // can be: a group elsewhere that has it too is no master either.
    std::set<std::string> in_office;
    for (const auto& instance : instances_) {
        if (instance->router().state() == vrrp::State::master) {
            in_office.insert(instance->group());
        }
    }
    in_office.erase("");
    for (Instance* const instance : started) {
        instance->join(in_office.contains(instance->group()), now);
    }
}

/// Others may run what nobody runs here any more.
void Daemon::release_claims() {
    std::vector<const config::Router*> routers;
    for (const auto* const instances : {&instances_, &retiring_}) {
        for (const auto& instance : *instances) {
            routers.push_back(&instance->settings());
        }
    }
    ledger_.release_all_but(routers);
}

void Daemon::forget_idle() {
    const auto is_idle = [](const std::unique_ptr<Instance>& instance) {
        return instance->is_idle();
    };
    if (std::ranges::none_of(retiring_, is_idle)) {
        return;
    }
    executor_.flush();
    std::vector<std::unique_ptr<Instance>> gone;
    const auto rest = std::ranges::stable_partition(retiring_, std::not_fn(is_idle));
    std::ranges::move(rest, std::back_inserter(gone));
    retiring_.erase(rest.begin(), rest.end());
    for (const auto& instance : gone) {
        notifier_->leave(left_as_.at(instance.get()), loop_.now());
        left_as_.erase(instance.get());
    }
    arrange_segments(loop_.now());
    release_claims();
}

}  // namespace engine
