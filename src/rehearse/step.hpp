#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "vrrp/virtual_router.hpp"

namespace rehearse {

/// All that can be seen of a router without giving it an event, and by its file.
struct Glimpse {
    vrrp::State state = vrrp::State::initialize;
    std::uint8_t priority = 0;
    bool preempts = true;                   ///< or owns the addresses
    std::optional<vrrp::Instant> deadline;  ///< in true time
    std::optional<vrrp::IpAddress> heard_master;
    std::optional<vrrp::IpAddress> source;

    friend bool operator==(const Glimpse&, const Glimpse&) = default;
};

/// One event at one router, and all that came of it.
struct Step {
    vrrp::Instant now;
    std::size_t host = 0;
    vrrp::Event event;  ///< an advertisement's address list is valid during the step only
    vrrp::Effects effects;
    Glimpse before;
    Glimpse after;
    bool had_addresses = false;   ///< in the kernel, before the step
    bool has_addresses = false;   ///< in the kernel, after it
    bool install_failed = false;  ///< the router hears of it in the next step
    bool is_forged = false;       ///< a packet that must be refused
};

/// Whether the event is one that goes on without anything coming from outside of the LAN.
[[nodiscard]] inline bool came_from_within(const Step& step) {
    return std::holds_alternative<vrrp::TimerExpired>(step.event) ||
           std::holds_alternative<vrrp::AdvertisementReceived>(step.event) ||
           std::holds_alternative<vrrp::AddressClaimed>(step.event) ||
           std::holds_alternative<vrrp::Hold>(step.event) ||
           std::holds_alternative<vrrp::TakeOver>(step.event) ||
           std::holds_alternative<vrrp::GiveWay>(step.event);
}

/// The advertisement of the step's event, where it is one that the router accepted.
[[nodiscard]] inline const vrrp::AdvertisementReceived* accepted_advertisement(const Step& step) {
    const auto* advertisement = std::get_if<vrrp::AdvertisementReceived>(&step.event);
    for (const vrrp::Effect& effect : step.effects) {
        if (std::holds_alternative<vrrp::AdvertisementRefused>(effect)) {
            return nullptr;
        }
    }
    return advertisement;
}

}  // namespace rehearse
