#pragma once

#include "vrrp/address.hpp"

#include <cstdint>
#include <string_view>
#include <variant>

namespace vrrp {

/// Where a router stands. "Leaving" is a master that has said priority 0 and serves until it hears
/// its successor; the RFCs know the other three. RFC 9568 calls the master active.
enum class State : std::uint8_t { initialize, backup, master, leaving };

/// What made a router change its state. The daemon adds the story behind it (which check, why).
enum class Cause : std::uint8_t {
    startup,          ///< started, and everything needed is there
    resumed,          ///< was master a moment ago, before its daemon was started again
    owner,            ///< priority 255 needs no election
    master_silent,    ///< no advert for the whole master down interval
    master_left,      ///< the master said priority 0
    master_fell,      ///< the master's priority fell below ours
    preempt,          ///< the master down interval has passed, with adverts of lower rank only
    better_master,    ///< an advert of higher rank
    yields,           ///< its priority fell below that of a router that it knows
    successor_heard,  ///< leaving, and the successor's advert arrived
    nobody_came,      ///< leaving, and nobody took over in time
    shutdown,         ///< told to stop
    priority_zero,    ///< health has taken the priority away
    no_source,        ///< the link is down or has no primary address
    install_failed,   ///< the addresses could not be installed
    stalled,          ///< woke after the peers' down interval: listens first
    group,            ///< goes with another member of its sync group
};

/// Why an advertisement was refused by the router's own settings; it changed nothing.
enum class RefuseReason : std::uint8_t {
    not_running,  ///< the router is not in the election
    own_address,  ///< it carries our own source address: looped back, or a duplicate address
    version,
    destination,   ///< unicast where we speak multicast, or multicast where we speak unicast
    unknown_peer,  ///< unicast from an address that is none of our peers
    ttl,           ///< unicast with a TTL outside of the peer's bounds
    interval,      ///< version 2: not our interval (RFC 3768 section 7.1)
    auth_type,     ///< a password where we have none, or none where we have one
    password,
    no_addresses,   ///< version 2: it lists none, and we do
    first_address,  ///< strict: over IPv6 the first one is not link-local (RFC 9568, erratum 8300)
};

/// In what a peer's advertisement that was accepted differs from ours.
enum class Difference : std::uint8_t {
    addresses,
    interval,       ///< version 3: a backup goes by its master's
    checksum_form,  ///< version 3 over IPv4: some routers accept only one
};

[[nodiscard]] std::string_view to_text(State state);
[[nodiscard]] std::string_view to_text(Cause cause);
[[nodiscard]] std::string_view to_text(RefuseReason reason);
[[nodiscard]] std::string_view to_text(Difference difference);

struct SendAdvertisement {
    std::uint8_t priority = 0;
    bool is_squeezed = false;  ///< with shortest_interval instead of the router's own
    friend bool operator==(const SendAdvertisement&, const SendAdvertisement&) = default;
};
struct InstallAddresses {
    friend bool operator==(const InstallAddresses&, const InstallAddresses&) = default;
};
struct RemoveAddresses {
    friend bool operator==(const RemoveAddresses&, const RemoveAddresses&) = default;
};
/// The addresses are there for a while only (their lease): begin it anew.
struct RefreshAddresses {
    friend bool operator==(const RefreshAddresses&, const RefreshAddresses&) = default;
};
/// Tell the link where the addresses are now: gratuitous ARP, unsolicited neighbour advertisements.
struct AnnounceAddresses {
    friend bool operator==(const AnnounceAddresses&, const AnnounceAddresses&) = default;
};
struct StateChanged {
    State from = State::initialize;
    State to = State::initialize;
    Cause cause = Cause::startup;
    IpAddress peer;                  ///< who caused it, where a peer did, else 0.0.0.0
    std::uint8_t peer_priority = 0;  ///< what that peer advertised
    friend bool operator==(const StateChanged&, const StateChanged&) = default;
};
/// The advertisement was refused: count it, tell it, do nothing else.
struct AdvertisementRefused {
    RefuseReason reason = RefuseReason::not_running;
    IpAddress source;
    friend bool operator==(const AdvertisementRefused&, const AdvertisementRefused&) = default;
};
/// The peer advertises something else than we would; the advertisement was accepted all the same.
struct PeerDiffers {
    Difference difference = Difference::addresses;
    IpAddress source;
    friend bool operator==(const PeerDiffers&, const PeerDiffers&) = default;
};
/// A router of lower rank goes on as a master although we answer it: it does not hear us.
struct SecondMaster {
    IpAddress source;
    std::uint8_t priority = 0;
    friend bool operator==(const SecondMaster&, const SecondMaster&) = default;
};

using Effect =
    std::variant<SendAdvertisement, InstallAddresses, RemoveAddresses, RefreshAddresses,
                 AnnounceAddresses, StateChanged, AdvertisementRefused, PeerDiffers, SecondMaster>;

}  // namespace vrrp
