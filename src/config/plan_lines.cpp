#include "config/plan_lines.hpp"

#include "config/sameness.hpp"

#include "config/plan.hpp"
#include "health/probe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace config {

namespace {

std::string text_of(bool value) {
    return value ? "true" : "false";
}

std::string text_of(std::integral auto number) {
    return fmt::format("{}", static_cast<int>(number));
}

/// As the file has it: "100ms", "1.5s".
std::string text_of(vrrp::Duration duration) {
    const std::chrono::duration<double> seconds = duration;
    const bool is_short = duration > vrrp::Duration(0) && duration < std::chrono::seconds(1);
    return is_short ? fmt::format("{:g}ms", seconds.count() * 1000)
                    : fmt::format("{:g}s", seconds.count());
}

std::string text_of(const std::string& text) {
    return text.empty() ? "none" : text;
}

std::string text_of(const vrrp::IpAddress& address) {
    return address.to_text();
}

std::string text_of(health::Verdict verdict) {
    return std::string(health::to_text(verdict));
}

template <class Value>
std::string text_of(const std::optional<Value>& value) {
    return value ? text_of(*value) : "none";
}

/// Collects what differs, each key in a line of its own.
class Lines {
public:
    template <class Value>
    void compare(std::string_view key, const Value& running, const Value& wanted) {
        if (running != wanted) {
            add(fmt::format("{} {} -> {}", key, text_of(running), text_of(wanted)));
        }
    }

    /// For what has no short text, or a secret one.
    void changed(std::string_view key, bool differs) {
        if (differs) {
            add(fmt::format("{} changed", key));
        }
    }

    template <class Value>
    void changed(std::string_view key, const std::optional<Value>& running,
                 const std::optional<Value>& wanted) {
        if (running.has_value() != wanted.has_value()) {
            add(fmt::format("{} {}", key, wanted ? "added" : "removed"));
        } else {
            changed(key, running != wanted);
        }
    }

    /// What is only in the wanted list is added, what is only in the running one removed.
    template <class Value, class ToText>
    void compare_lists(std::string_view noun, std::span<const Value> running,
                       std::span<const Value> wanted, ToText to_text) {
        tell_missing(noun, wanted, running, "added", to_text);
        tell_missing(noun, running, wanted, "removed", to_text);
    }

    void add(std::string line) { lines_.push_back(std::move(line)); }
    [[nodiscard]] std::vector<std::string> take() { return std::move(lines_); }
    [[nodiscard]] bool is_empty() const { return lines_.empty(); }

private:
    template <class Value, class ToText>
    void tell_missing(std::string_view noun, std::span<const Value> here,
                      std::span<const Value> there, std::string_view what, ToText to_text) {
        for (const Value& value : here) {
            if (std::ranges::find(there, value) == there.end()) {
                add(fmt::format("{} {} {}", noun, to_text(value), what));
            }
        }
    }

    std::vector<std::string> lines_;
};

std::string text_of_peer(const vrrp::UnicastPeer& peer) {
    const bool has_bounds = peer != vrrp::UnicastPeer{.address = peer.address};
    return has_bounds ? fmt::format("{} (TTL {} to {})", peer.address.to_text(), peer.min_ttl,
                                    peer.max_ttl)
                      : peer.address.to_text();
}

/// Whether adverts carry the address.
bool is_advertised(const Router& router, const vrrp::VirtualAddress& address) {
    const auto& carried = router.protocol.addresses;
    return std::ranges::find(carried, address.address) != carried.end();
}

void compare_addresses(Lines& lines, const Router& running, const Router& wanted) {
    const auto to_text = [](const vrrp::VirtualAddress& address) { return vrrp::to_text(address); };
    lines.compare_lists<vrrp::VirtualAddress>("address", running.addresses, wanted.addresses,
                                              to_text);
    for (const vrrp::VirtualAddress& address : wanted.addresses) {
        const bool was_there =
            std::ranges::find(running.addresses, address) != running.addresses.end();
        const bool is_carried = is_advertised(wanted, address);
        if (was_there && is_advertised(running, address) != is_carried) {
            lines.add(fmt::format("address {} {}", vrrp::to_text(address),
                                  is_carried ? "is advertised" : "is not advertised any more"));
        }
    }
    lines.changed("the order of the addresses",
                  lines.is_empty() && running.addresses != wanted.addresses);
}

void compare_checks(Lines& lines, const Router& running, const Router& wanted) {
    const auto name_of = [](const health::CheckUse& use) { return use.name; };
    const auto find = [](const Router& router, const std::string& name) {
        return std::ranges::find(router.checks, name, &health::CheckUse::name);
    };
    for (const health::CheckUse& use : wanted.checks) {
        const auto before = find(running, use.name);
        if (before == running.checks.end()) {
            lines.add(fmt::format("check {} added", name_of(use)));
            continue;
        }
        lines.compare(fmt::format("check {}: weight", use.name), before->weight, use.weight);
        lines.compare(fmt::format("check {}: invert", use.name), before->is_inverted,
                      use.is_inverted);
    }
    for (const health::CheckUse& use : running.checks) {
        if (find(wanted, use.name) == wanted.checks.end()) {
            lines.add(fmt::format("check {} removed", name_of(use)));
        }
    }
    lines.changed("the order of the checks", lines.is_empty() && running.checks != wanted.checks);
}

std::string text_of_checksum(const vrrp::RouterConfig& protocol) {
    if (protocol.follows_checksum_form) {
        return "auto";
    }
    return protocol.checksum_form == vrrp::ChecksumForm::message ? "message" : "pseudo-header";
}

void compare_election(Lines& lines, const Router& running, const Router& wanted) {
    const vrrp::RouterConfig& before = running.protocol;
    const vrrp::RouterConfig& after = wanted.protocol;
    lines.compare("priority", before.priority, after.priority);
    lines.changed("the other hosts' priorities", running.others != wanted.others);
    lines.compare<vrrp::Duration>("interval", before.interval, after.interval);
    lines.compare("down_adverts", before.down_adverts, after.down_adverts);
    lines.compare("preempt", before.preempt, after.preempt);
    lines.compare("preempt_delay", before.preempt_delay, after.preempt_delay);
    lines.compare("last_resort", before.last_resort, after.last_resort);
    lines.compare("strict", before.strict, after.strict);
    lines.compare("start_delay", running.start_delay, wanted.start_delay);
    lines.compare("group", running.group, wanted.group);
}

void compare_wire(Lines& lines, const Router& running, const Router& wanted) {
    const vrrp::RouterConfig& before = running.protocol;
    const vrrp::RouterConfig& after = wanted.protocol;
    lines.compare_lists<vrrp::UnicastPeer>("unicast peer", before.peers, after.peers, text_of_peer);
    lines.compare("unicast_strangers", before.hears_strangers, after.hears_strangers);
    lines.compare("unicast_ttl", running.ttl, wanted.ttl);
    lines.compare("source", running.source, wanted.source);
    lines.compare("checksum", text_of_checksum(before), text_of_checksum(after));
    lines.changed("password", before.password, after.password);
    lines.changed("hmac", running.trailer, wanted.trailer);
}

/// What follows from changes elsewhere in the file, or is not known here: told all the same.
void tell_rest(Lines& lines, const Router& running, const Router& wanted) {
    if (!lines.is_empty()) {
        return;
    }
    const bool has_other_part = running.protocol.is_grouped != wanted.protocol.is_grouped ||
                                running.protocol.breaks_ties != wanted.protocol.breaks_ties;
    if (has_other_part) {
        lines.changed("its part in the group", true);
    } else {
        lines.changed("other settings", !means_same(running, wanted));
    }
}

}  // namespace

std::vector<std::string> what_moves(const Router& running, const Router& wanted) {
    Lines lines;
    const auto way_of = [](const Router& router) {
        return std::string(router.protocol.auth_type() == vrrp::AuthType::authentication_header
                               ? "ah"
                               : "password or none");
    };
    lines.compare("interface", running.interface, wanted.interface);
    lines.compare("vrid", running.protocol.virtual_router_id, wanted.protocol.virtual_router_id);
    lines.compare("version", static_cast<int>(running.protocol.version),
                  static_cast<int>(wanted.protocol.version));
    lines.compare("authentication", way_of(running), way_of(wanted));
    return lines.take();
}

std::vector<std::string> differences(const Router& running, const Router& wanted) {
    Lines lines;
    compare_election(lines, running, wanted);
    compare_wire(lines, running, wanted);
    lines.compare("accept", running.accepts_traffic, wanted.accepts_traffic);
    lines.compare("lease", running.lease, wanted.lease);
    lines.changed("state scripts", running.scripts != wanted.scripts);
    std::vector<std::string> all = what_moves(running, wanted);
    for (const auto compare : {&compare_addresses, &compare_checks}) {
        Lines part;
        compare(part, running, wanted);
        for (std::string& line : part.take()) {
            lines.add(std::move(line));
        }
    }
    if (all.empty()) {
        tell_rest(lines, running, wanted);
    }
    for (std::string& line : lines.take()) {
        all.push_back(std::move(line));
    }
    return all;
}

std::vector<std::string> differences(const health::CheckConfig& running,
                                     const health::CheckConfig& wanted) {
    Lines lines;
    const std::string before = health::describe(running.probe);
    const std::string after = health::describe(wanted.probe);
    if (before != after) {
        lines.compare("looks at", before, after);
    } else {
        lines.changed("how it looks", running.probe != wanted.probe);
    }
    lines.compare("interval", running.interval, wanted.interval);
    lines.compare("timeout", running.timeout, wanted.timeout);
    lines.compare("rise", running.rise, wanted.rise);
    lines.compare("fall", running.fall, wanted.fall);
    lines.compare("weight", running.weight, wanted.weight);
    lines.compare("initially", running.initially, wanted.initially);
    lines.compare("invert", running.invert, wanted.invert);
    lines.compare("hold_good", running.hold_good, wanted.hold_good);
    lines.compare("after", running.after, wanted.after);
    return lines.take();
}

std::vector<std::string> differences(const DaemonSettings& running, const DaemonSettings& wanted) {
    Lines lines;
    lines.compare("announce_interval", running.announce_interval, wanted.announce_interval);
    constexpr std::string_view note = " (needs a restart)";
    const auto compare_later = [&lines, note](std::string_view key, const auto& before,
                                              const auto& after) {
        const auto text = [](const auto& value) { return value ? text_of(*value) : "usual"; };
        if (before != after) {
            lines.add(fmt::format("{} {} -> {}{}", key, text(before), text(after), note));
        }
    };
    compare_later("realtime_priority", running.realtime_priority, wanted.realtime_priority);
    compare_later("lock_memory", running.lock_memory, wanted.lock_memory);
    lines.changed("state_fifo", running.state_fifos != wanted.state_fifos);
    lines.compare("state_fifo_priorities", running.tells_priorities, wanted.tells_priorities);
    lines.compare("state_fifo_on_reload", running.tells_states_on_reload,
                  wanted.tells_states_on_reload);
    return lines.take();
}

}  // namespace config
