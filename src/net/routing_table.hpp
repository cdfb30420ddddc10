#pragma once

#include "net/route.hpp"
#include "os/error.hpp"
#include "os/fd.hpp"

#include <linux/netlink.h>

#include <cstdint>
#include <expected>
#include <span>
#include <string>

namespace net {

/// The kernel's routes and the rules that choose among its tables, for putting ours in and taking
/// them out. All bear our mark. Interfaces are looked up by name in that moment. The kernel does
/// the work within the call.
class RoutingTable {
public:
    [[nodiscard]] static std::expected<RoutingTable, os::Error> open();

    /// Those that are there already are successes. The error is the first refusal's; the others are
    /// tried all the same.
    [[nodiscard]] std::expected<void, os::Error> install(std::span<const Route> routes);
    [[nodiscard]] std::expected<void, os::Error> install(std::span<const RouteRule> rules);

    /// Those that are not there, and whose interface is not, are successes. What others have put
    /// there stays, also where it reads the same.
    [[nodiscard]] std::expected<void, os::Error> remove(std::span<const Route> routes);
    [[nodiscard]] std::expected<void, os::Error> remove(std::span<const RouteRule> rules);

private:
    RoutingTable() = default;

    [[nodiscard]] std::expected<void, os::Error> request(nlmsghdr& message,
                                                         const std::string& doing, int harmless);

    os::Fd socket_;
    std::uint32_t sequence_ = 0;
};

}  // namespace net
