#pragma once

#include "vrrp/address.hpp"

#include <cstdint>
#include <string_view>
#include <variant>

namespace vrrp {

/// Where a router stands. "Leaving" is a master that has said priority 0 and serves until it hears
/// its successor; the RFCs know the other three.
enum class State : std::uint8_t { initialize, backup, master, leaving };

/// What made a router change its state. The daemon adds the story behind it (which check, why).
enum class Cause : std::uint8_t {
    startup,          ///< started, and everything needed is there
    owner,            ///< priority 255 needs no election
    master_silent,    ///< no advert for the whole master down interval
    master_left,      ///< the master said priority 0
    preempt,          ///< the master down interval has passed, with adverts of lower rank only
    better_master,    ///< an advert of higher rank
    successor_heard,  ///< leaving, and the successor's advert arrived
    nobody_came,      ///< leaving, and nobody took over within leaving_limit
    shutdown,         ///< told to stop
    priority_zero,    ///< health has taken the priority away
    no_source,        ///< the link is down or has no primary address
    install_failed,   ///< the addresses could not be installed
    stalled,          ///< woke after the peers' down interval: listens first
};

/// Why an advertisement was refused by the router's own settings; it changed nothing.
enum class RefuseReason : std::uint8_t {
    not_running,  ///< the router is not in the election
    own_address,  ///< it carries our own source address: looped back, or a duplicate address
    version,
    interval,   ///< version 2: not our interval (RFC 3768 section 7.1)
    auth_type,  ///< a password where we have none, or none where we have one
    password,
};

[[nodiscard]] std::string_view to_text(State state);
[[nodiscard]] std::string_view to_text(Cause cause);
[[nodiscard]] std::string_view to_text(RefuseReason reason);

struct SendAdvertisement {
    std::uint8_t priority = 0;
    friend bool operator==(const SendAdvertisement&, const SendAdvertisement&) = default;
};
struct InstallAddresses {
    friend bool operator==(const InstallAddresses&, const InstallAddresses&) = default;
};
struct RemoveAddresses {
    friend bool operator==(const RemoveAddresses&, const RemoveAddresses&) = default;
};
/// Tell the link where the addresses are now (gratuitous ARP).
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
/// The peer advertises other addresses than ours; the advertisement was accepted all the same.
struct AddressesDiffer {
    IpAddress source;
    friend bool operator==(const AddressesDiffer&, const AddressesDiffer&) = default;
};

using Effect = std::variant<SendAdvertisement, InstallAddresses, RemoveAddresses, AnnounceAddresses,
                            StateChanged, AdvertisementRefused, AddressesDiffer>;

}  // namespace vrrp
