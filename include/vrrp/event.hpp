#pragma once

#include "vrrp/address.hpp"
#include "vrrp/advertisement.hpp"
#include "vrrp/router_config.hpp"

#include <cstdint>
#include <optional>
#include <variant>

namespace vrrp {

/// Begin to take part in the election; after a failed installation, at once instead of later.
struct Startup {
    /// It was master a moment ago, and no other can have taken over since: it goes on as master.
    bool resumes = false;
};

/// Stop taking part. A master whose service lives makes before it breaks: it goes on serving until
/// the winner is heard, at most for leaving_limit.
struct Shutdown {};

/// The daemon ends and another goes on in its place: a master gives it as much time as there is.
struct Pause {};

/// The deadline has passed. A spurious one does nothing.
struct TimerExpired {};

/// A decoded advertisement for this router id arrived on this router's link.
struct AdvertisementReceived {
    Advertisement advertisement;
    PacketContext packet;
};

/// Health has moved the priority; 0 means that the service is dead: not in the election.
struct PriorityChanged {
    std::uint8_t priority = 0;
};

/// The link's primary address, from which adverts are sent; nullopt while there is none or the link
/// is down: not in the election.
struct SourceChanged {
    std::optional<IpAddress> source;
};

/// The addresses could not be put on the link. The router leaves and tries again after
/// recovery_delay, as a backup; each further failure doubles that.
struct InstallFailed {};

/// Another program took addresses away that a master had installed.
struct AddressesLost {};

/// The link has another hardware address: a master must announce its addresses anew.
struct LinkChanged {};

/// Another station told the link, by ARP or neighbour discovery, that it has one of the addresses.
struct AddressClaimed {};

/// The settings are others now; router id, version and family are the same. A new priority comes as
/// PriorityChanged.
struct Reconfigured {
    RouterConfig config;
};

/// A member of the router's sync group can't take part in the election, so this one may not; or all
/// of them can again.
struct Hold {
    bool is_held = false;
};

/// All members of the router's sync group are ready: become master. Ignored unless is_ready().
struct TakeOver {};

/// A member of the router's sync group is no longer master, so this one may not be.
struct GiveWay {};

using Event = std::variant<Startup, Shutdown, Pause, TimerExpired, AdvertisementReceived,
                           PriorityChanged, SourceChanged, InstallFailed, AddressesLost,
                           LinkChanged, AddressClaimed, Reconfigured, Hold, TakeOver, GiveWay>;

}  // namespace vrrp
