#pragma once

#include "vrrp/effect.hpp"
#include "vrrp/event.hpp"
#include "vrrp/virtual_router.hpp"

#include <string>
#include <string_view>

namespace engine {

/// Why a router changed its state, for people: "192.168.56.61 left (priority 0)". `router` is as it
/// is after the change; `trigger` says what the event behind it came from, and may be empty.
[[nodiscard]] std::string explain(const vrrp::StateChanged& change,
                                  const vrrp::VirtualRouter& router, std::string_view trigger);

/// Why an advertisement was refused, with what it says and what we would: "interval: theirs 2 s,
/// ours 1 s". No password is told.
[[nodiscard]] std::string explain(vrrp::RefuseReason reason,
                                  const vrrp::AdvertisementReceived& event,
                                  const vrrp::RouterConfig& config);

/// In what a peer's advertisement differs: "addresses: theirs 192.0.2.1, ours 192.0.2.2".
[[nodiscard]] std::string explain(vrrp::Difference difference,
                                  const vrrp::AdvertisementReceived& event,
                                  const vrrp::VirtualRouter& router);

}  // namespace engine
