#pragma once

#include "net/link.hpp"
#include "vrrp/address.hpp"

#include <optional>
#include <string>

namespace engine {

/// From which address a router spoke, and from which it speaks now.
struct SourceChange {
    std::optional<vrrp::IpAddress> from;
    std::optional<vrrp::IpAddress> to;

    friend bool operator==(const SourceChange&, const SourceChange&) = default;
};

/// Why a link that is there can't be used: "interface eth0 has no carrier"; asked while it is not
/// up.
[[nodiscard]] std::string why_down(const net::Link& link);

/// What became of the link that had the name `interface`: `former` is the same link under its new
/// name, nullptr where there is none any more.
[[nodiscard]] std::string why_gone(const std::string& interface, const net::Link* former);

/// Tells the log what became of a link, and what follows from it: one line for each thing.
/// `departure` says why `after`, nullptr for none, is another link than `before`; empty where it
/// isn't.
void tell_link(const std::string& interface, const std::optional<net::Link>& before,
               const net::Link* after, const std::string& departure);

/// Tells the log that routers on a link that was and is up speak from another address.
void tell_source(const std::string& interface, const SourceChange& change);

}  // namespace engine
