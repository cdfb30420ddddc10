#pragma once

#include "config/config.hpp"
#include "engine/address_guard.hpp"
#include "engine/carrier.hpp"
#include "engine/executor.hpp"
#include "engine/fitness.hpp"
#include "engine/herald.hpp"
#include "engine/ledger.hpp"
#include "engine/segment.hpp"
#include "engine/snapshot.hpp"
#include "engine/standing.hpp"
#include "health/check.hpp"
#include "net/claim.hpp"
#include "net/ip_packet.hpp"
#include "net/socket_filter.hpp"
#include "os/error.hpp"
#include "os/loop.hpp"
#include "vrrp/advertisement.hpp"
#include "vrrp/event.hpp"
#include "vrrp/virtual_router.hpp"

#include <chrono>
#include <cstddef>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace engine {

/// Another master of a router, as its adverts tell.
struct HeardMaster {
    vrrp::IpAddress address;
    vrrp::Instant until;  ///< when it should have spoken again
};

/// What a router becomes when the file is another one, and all that it needs for it.
struct Makeover {
    config::Router router;  ///< of the same name, family, interface, id and version
    std::optional<std::chrono::seconds> lease;
    Carrier carrier;
    Fitness fitness;
};

/// One virtual router at work: the protocol, its link, its checks, its timer. Pinned.
class Instance {
public:
    /// All references outlive the instance; `fitness` is that of the router, `lease` how
    /// long its addresses outlive us (nullopt: for good), `ledger_entry` its line there.
    [[nodiscard]] static std::expected<std::unique_ptr<Instance>, os::Error> create(
        const config::Router& router, std::optional<std::chrono::seconds> lease,
        LedgerEntry ledger_entry, Fitness fitness, Segment& segment, Executor& executor,
        os::Loop& loop);

    Instance(const Instance&) = delete;
    Instance& operator=(const Instance&) = delete;

    /// Whether the daemon before us was master here, and no peer can have taken over since. Asked
    /// before start().
    [[nodiscard]] bool can_resume(vrrp::Instant now) const;
    /// Begins to take part, as soon as health and link allow it. One that resumes is master at
    /// once, and keeps the health that it must have had until its checks say otherwise.
    void start(bool resumes, vrrp::Instant now);
    /// The daemon ends, and another will resume: nothing moves, and it gets all the time there is.
    void pause(vrrp::Instant now);
    /// Stops: a master makes before it breaks, see is_idle().
    void stop(vrrp::Instant now);
    /// Stops without waiting for a successor.
    void stop_at_once(vrrp::Instant now);
    /// Whether a stopped instance has nothing left to do.
    [[nodiscard]] bool is_idle() const;
    /// Called after each event that the router was given, when its effects are done, and after each
    /// verdict while it takes no part.
    void on_event(std::move_only_function<void(vrrp::Instant now)> callback) {
        on_event_ = std::move(callback);
    }

    /// Whether it is that router already, under that lease.
    [[nodiscard]] bool is_like(const config::Router& router,
                               std::optional<std::chrono::seconds> lease) const;
    /// Puts the addresses on the link that the other router has more, where this one serves: the
    /// kernel may refuse them. An error changes nothing.
    [[nodiscard]] std::expected<void, os::Error> try_addresses(const Makeover& next,
                                                               vrrp::Instant now);
    /// Takes them away again.
    void give_addresses_back(const Makeover& next, vrrp::Instant now);
    /// Becomes the other router, in the same state, after try_addresses(). Of the addresses that it
    /// has no more those `kept` stay on the link: others serve them.
    void become(Makeover next, std::span<const vrrp::VirtualAddress> kept, vrrp::Instant now);
    /// These checks are about to change, and nobody may know of them for a moment.
    void expect_changes(std::span<const std::string> checks) { fitness_.assume(checks); }
    /// The file has no such router any more: stops, and needs its checks no longer.
    void retire(vrrp::Instant now);
    /// The same without waiting for anything: is_idle() when it returns.
    void retire_at_once(vrrp::Instant now);
    /// Begins in a daemon that runs: of an earlier one nothing can be left. With `in_office` as
    /// master, where it can be one: its group is, and would have to leave otherwise.
    void join(bool in_office, vrrp::Instant now);

    /// A packet with our router id arrived on a socket of this form.
    void hear(const net::IpPacket& packet, net::PacketForm form, vrrp::Instant now);
    /// Another station of the link says that it has an address; maybe one of ours.
    void take_claim(const net::Claim& claim, vrrp::Instant now);
    /// An order of the sync group.
    void obey(const vrrp::Event& order, vrrp::Instant now);
    /// The segment's link is another or another way than before.
    void take_link(vrrp::Instant now);
    /// An effect that waited for those of other routers could not be carried out.
    void take_failure(const vrrp::Effect& effect, const os::Error& error, vrrp::Instant now);
    /// The link has another MAC address, which neighbours must learn.
    void take_new_mac(vrrp::Instant now);
    /// One of our checks has another verdict.
    void take_verdict(const health::Check& check, vrrp::Instant now);

    [[nodiscard]] const vrrp::VirtualRouter& router() const { return router_; }
    /// The master that was heard last, also while we take no part; nullopt once it has said that it
    /// leaves.
    [[nodiscard]] const std::optional<HeardMaster>& heard_master() const { return heard_master_; }
    /// Where it stands, as state scripts are told.
    [[nodiscard]] Standing standing() const;
    /// Why it stands there, for people.
    [[nodiscard]] std::string reason() const;
    /// Whether it is the master that the daemon before this one was.
    [[nodiscard]] bool has_resumed() const { return has_resumed_; }
    /// Whether the event in hand was an advert of a master of lower rank; asked by on_event().
    [[nodiscard]] bool hears_lower_master() const { return hears_lower_master_; }
    [[nodiscard]] const std::string& name() const { return settings_.name; }
    [[nodiscard]] const std::vector<vrrp::VirtualAddress>& addresses() const {
        return settings_.addresses;
    }
    [[nodiscard]] const std::string& interface() const { return settings_.interface; }
    [[nodiscard]] const config::Router& settings() const { return settings_; }
    [[nodiscard]] const Fitness& fitness() const { return fitness_; }
    [[nodiscard]] Segment& segment() const { return segment_; }
    [[nodiscard]] bool is_serving() const;
    [[nodiscard]] const std::string& group() const { return settings_.group; }
    [[nodiscard]] bool uses_header() const { return carrier_.uses_header(); }
    /// How the log calls it: "k8s-api", or "k8s-api/ipv6" where the name stands for two.
    [[nodiscard]] const std::string& label() const { return label_; }
    [[nodiscard]] RouterSnapshot snapshot() const;

private:
    Instance(const config::Router& router, std::optional<std::chrono::seconds> lease,
             LedgerEntry ledger_entry, Carrier carrier, Fitness fitness, Segment& segment,
             Executor& executor, os::Loop& loop);
    [[nodiscard]] std::expected<void, os::Error> create_timers();

    void take_priority(vrrp::Instant now);
    [[nodiscard]] std::vector<vrrp::VirtualAddress> added_by(const Makeover& next) const;
    void remove_former(const config::Router& next, std::span<const vrrp::VirtualAddress> kept,
                       vrrp::Instant now);
    void deliver(const vrrp::Event& event, vrrp::Instant now);
    void expire(vrrp::Instant now);
    void arm_timer();
    void remove_again(vrrp::Instant now);
    void meet_link(const net::Link& link, vrrp::Instant now);
    void remove_left_overs(vrrp::Instant now);
    void guard_addresses(const net::Link& link, vrrp::Instant now);
    void begin(vrrp::Instant now);
    void start_with(std::string office, vrrp::Instant now);
    [[nodiscard]] std::optional<vrrp::IpAddress> find_source() const;
    [[nodiscard]] bool is_owner() const;
    [[nodiscard]] std::string why_no_source() const;
    [[nodiscard]] std::string why_out() const;
    [[nodiscard]] Subject subject(vrrp::Instant now);

    void tell(const vrrp::Effect& effect, vrrp::Instant now);
    void on(const vrrp::SendAdvertisement& effect, vrrp::Instant now);
    void on(const vrrp::InstallAddresses& effect, vrrp::Instant now);
    void on(const vrrp::RefreshAddresses& effect, vrrp::Instant now);
    void on(const vrrp::StateChanged& effect, vrrp::Instant now);
    void begin_guard(const vrrp::StateChanged& effect);
    void on(const vrrp::AdvertisementRefused& effect, vrrp::Instant now);
    void on(const vrrp::PeerDiffers& effect, vrrp::Instant now);
    void on(const vrrp::SecondMaster& effect, vrrp::Instant now);
    void note_failure(const vrrp::Effect& effect, const os::Error& error, vrrp::Instant now);
    void note_master(const vrrp::AdvertisementReceived& event, vrrp::Instant now);
    void note_contest(std::string what, vrrp::Instant now);
    void note_refused_master(vrrp::Instant now);

    config::Router settings_;
    std::string label_;
    std::optional<std::chrono::seconds> lease_;
    LedgerEntry ledger_entry_;
    Carrier carrier_;
    Fitness fitness_;
    Segment& segment_;
    Executor& executor_;
    os::Loop& loop_;
    os::Timer timer_;
    os::Timer removal_timer_;  ///< for addresses that could not be removed
    os::Timer start_timer_;    ///< for the end of start_delay

    vrrp::VirtualRouter router_;
    AddressGuard guard_;
    std::vector<vrrp::VirtualAddress> removable_;  ///< what we may take away: not what was there
    bool has_started_ = false;
    bool has_left_overs_ = false;              ///< of an earlier run, on the link as it was met
    std::optional<vrrp::Instant> renewed_at_;  ///< when the addresses' lease last began
    bool has_met_link_ = false;
    bool could_speak_ = false;  ///< on the link, when it was last looked at
    bool is_waiting_to_start_ = false;
    bool is_stopping_ = false;
    const vrrp::AdvertisementReceived* heard_ = nullptr;  ///< the event in hand, if it is one
    bool is_refused_ = false;                             ///< what was heard
    bool has_spoken_ = false;                             ///< the last advert counts as sent
    bool has_joined_ = false;                             ///< it began in a daemon that ran
    bool has_resumed_ = false;
    bool hears_lower_master_ = false;
    std::string trigger_;  ///< what the event in hand came from
    std::string reason_;   ///< why the state was entered
    vrrp::Instant since_;
    Counters counters_;
    Herald herald_;
    std::optional<Contest> contest_;
    std::optional<HeardMaster> heard_master_;
    std::move_only_function<void(vrrp::Instant now)> on_event_;
};

}  // namespace engine
