#include "rehearse/trace.hpp"

#include <chrono>
#include <string_view>
#include <variant>

#include <fmt/format.h>

namespace rehearse {

namespace {

template <typename... Functions>
struct Overloaded : Functions... {
    using Functions::operator()...;
};

/// What differs from the usual is told.
std::string text_of(const vrrp::RouterConfig& config) {
    std::string text =
        fmt::format("v{} priority {}, interval {} cs", static_cast<int>(config.version),
                    config.priority, config.interval.count());
    const auto add = [&text](bool is_unusual, std::string_view words) {
        text += is_unusual ? fmt::format(", {}", words) : "";
    };
    add(config.down_adverts != 3, fmt::format("down after {}", config.down_adverts));
    add(!config.preempt, "no preempt");
    add(config.preempt_delay != vrrp::Duration(0),
        fmt::format("preempt delay {} ms", config.preempt_delay.count() / 1'000'000));
    add(config.last_resort, "last resort");
    add(config.strict, "strict");
    add(config.rival_priority != 0, fmt::format("rival {}", config.rival_priority));
    add(config.is_unicast(), config.hears_strangers ? "unicast, hears strangers" : "unicast");
    add(config.is_grouped, "grouped");
    add(config.refresh_each == vrrp::Duration(0), "no lease");
    return text;
}

std::string text_of(const vrrp::Event& event) {
    return std::visit(
        Overloaded{
            [](const vrrp::Startup& known) {
                return std::string(known.resumes ? "startup, resumes" : "startup");
            },
            [](const vrrp::Shutdown&) { return std::string("shutdown"); },
            [](const vrrp::Pause&) { return std::string("pause"); },
            [](const vrrp::TimerExpired&) { return std::string("timer"); },
            [](const vrrp::AdvertisementReceived& known) {
                return fmt::format("hears {} each {} cs from {}", known.advertisement.priority,
                                   known.advertisement.interval.count(),
                                   known.packet.source.to_text());
            },
            [](const vrrp::PriorityChanged& known) {
                return fmt::format("priority {}", known.priority);
            },
            [](const vrrp::SourceChanged& known) {
                return "source " + (known.source ? known.source->to_text() : "none");
            },
            [](const vrrp::InstallFailed&) { return std::string("installation failed"); },
            [](const vrrp::AddressesLost&) { return std::string("addresses lost"); },
            [](const vrrp::LinkChanged&) { return std::string("link changed"); },
            [](const vrrp::AddressClaimed&) { return std::string("addresses claimed"); },
            [](const vrrp::Reconfigured& known) { return text_of(known.config); },
            [](const vrrp::Hold& known) { return std::string(known.is_held ? "held" : "let go"); },
            [](const vrrp::TakeOver&) { return std::string("told to take over"); },
            [](const vrrp::GiveWay&) { return std::string("told to give way"); },
        },
        event);
}

std::string text_of(const vrrp::Effect& effect) {
    return std::visit(Overloaded{
                          [](const vrrp::SendAdvertisement& known) {
                              return fmt::format("says {}{}", known.priority,
                                                 known.is_squeezed ? " squeezed" : "");
                          },
                          [](const vrrp::InstallAddresses&) { return std::string("installs"); },
                          [](const vrrp::RemoveAddresses&) { return std::string("removes"); },
                          [](const vrrp::RefreshAddresses&) { return std::string("refreshes"); },
                          [](const vrrp::AnnounceAddresses&) { return std::string("announces"); },
                          [](const vrrp::StateChanged& known) {
                              return fmt::format("{} -> {} ({})", to_text(known.from),
                                                 to_text(known.to), to_text(known.cause));
                          },
                          [](const vrrp::AdvertisementRefused& known) {
                              return fmt::format("refuses ({})", to_text(known.reason));
                          },
                          [](const vrrp::PeerDiffers& known) {
                              return fmt::format("{} differ", to_text(known.difference));
                          },
                          [](const vrrp::SecondMaster& known) {
                              return fmt::format("second master of priority {}", known.priority);
                          },
                      },
                      effect);
}

/// What of an effect two runs must share, as one number.
std::uint64_t digest(const vrrp::Effect& effect) {
    std::uint64_t detail = 0;
    if (const auto* sent = std::get_if<vrrp::SendAdvertisement>(&effect)) {
        detail = sent->priority | (sent->is_squeezed ? 0x100U : 0U);
    } else if (const auto* change = std::get_if<vrrp::StateChanged>(&effect)) {
        detail = static_cast<std::uint64_t>(change->from) << 16 |
                 static_cast<std::uint64_t>(change->to) << 8 |
                 static_cast<std::uint64_t>(change->cause);
    } else if (const auto* refused = std::get_if<vrrp::AdvertisementRefused>(&effect)) {
        detail = static_cast<std::uint64_t>(refused->reason);
    }
    return detail << 8 | effect.index();
}

std::string line(vrrp::Instant at, std::size_t host, std::string_view text) {
    return fmt::format("{:>13} r{} {}", seconds_text(at), host, text);
}

}  // namespace

void Trace::add(const Step& step) {
    mix(static_cast<std::uint64_t>(step.now.time_since_epoch().count()));
    mix(step.host << 8 | step.event.index());
    for (const vrrp::Effect& effect : step.effects) {
        mix(digest(effect));
    }
    if (!keeps_lines_) {
        return;
    }
    std::string effects;
    for (const vrrp::Effect& effect : step.effects) {
        effects += (effects.empty() ? "" : ", ") + text_of(effect);
    }
    const auto deadline = step.after.deadline;
    lines_.push_back(line(step.now, step.host,
                          fmt::format("{:<10} {:<34} {}{}until {}", to_text(step.after.state),
                                      text_of(step.event), effects, effects.empty() ? "" : "; ",
                                      deadline ? seconds_text(*deadline) : "-")));
}

void Trace::add(const TimedFault& fault) {
    mix(static_cast<std::uint64_t>(fault.at.time_since_epoch().count()));
    mix(fault.host << 8 | static_cast<std::uint64_t>(fault.fault));
    if (!keeps_lines_) {
        return;
    }
    const bool is_edge = fault.fault == Fault::cut || fault.fault == Fault::connect;
    const bool is_share = fault.fault == Fault::loss || fault.fault == Fault::corruption;
    std::string text = fmt::format("*** {}", to_text(fault.fault));
    if (is_edge) {
        text += fmt::format(" towards r{}", fault.peer);
    } else if (is_share) {
        text += fmt::format(" {} in 10,000", fault.amount);
    }
    lines_.push_back(line(fault.at, fault.host, text));
}

void Trace::add_loss(std::size_t from, std::size_t to, vrrp::Instant now) {
    mix(static_cast<std::uint64_t>(now.time_since_epoch().count()));
    mix(from << 8 | to);
    if (keeps_lines_) {
        lines_.push_back(line(now, from, fmt::format("... lost towards r{}", to)));
    }
}

void Trace::add_lease_end(std::size_t host, vrrp::Instant now) {
    mix(static_cast<std::uint64_t>(now.time_since_epoch().count()));
    mix(host);
    if (keeps_lines_) {
        lines_.push_back(line(now, host, "... the lease has ended"));
    }
}

void Trace::mix(std::uint64_t value) {
    // FNV-1a over whole words.
    hash_ = (hash_ ^ value) * 0x100000001b3U;
}

std::vector<std::string> describe(const Scenario& scenario) {
    using Microseconds = std::chrono::duration<double, std::micro>;
    std::vector<std::string> lines;
    const LanPlan& lan = scenario.lan;
    lines.push_back(fmt::format(
        "seed {}: delay {} to {} us, in 10,000 {} lost, {} doubled, {} corrupted, timers up to {} "
        "us late",
        scenario.seed, Microseconds(lan.shortest_delay).count(),
        Microseconds(lan.longest_delay).count(), lan.loss, lan.duplication, lan.corruption,
        Microseconds(scenario.lateness).count()));
    for (std::size_t i = 0; i < scenario.hosts.size(); ++i) {
        const HostPlan& host = scenario.hosts[i];
        lines.push_back(fmt::format(
            "r{} {} {}; check each {} us, rise {}, fall {}, {}", i, host.source.to_text(),
            text_of(host.config), Microseconds(host.service.probe_interval).count(),
            host.service.rise, host.service.fall,
            host.service.weight ? fmt::format("weight {}", *host.service.weight) : "fatal"));
        if (host.drift != 0) {
            lines.back() += fmt::format("; clock {:+} ppm", host.drift);
        }
    }
    return lines;
}

std::string seconds_text(vrrp::Instant at) {
    const auto nanoseconds = at.time_since_epoch().count();
    return fmt::format("{}.{:09}", nanoseconds / 1'000'000'000, nanoseconds % 1'000'000'000);
}

}  // namespace rehearse
