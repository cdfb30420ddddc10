#pragma once

#include "vrrp/effect.hpp"
#include "vrrp/virtual_router.hpp"

#include <string>
#include <string_view>

namespace engine {

/// Why a router changed its state, for people: "192.168.56.61 left (priority 0)". `router` is as it
/// is after the change; `trigger` says what the event behind it came from, and may be empty.
[[nodiscard]] std::string explain(const vrrp::StateChanged& change,
                                  const vrrp::VirtualRouter& router, std::string_view trigger);

}  // namespace engine
