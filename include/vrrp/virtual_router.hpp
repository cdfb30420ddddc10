#pragma once

#include "vrrp/effects.hpp"
#include "vrrp/event.hpp"
#include "vrrp/peer.hpp"
#include "vrrp/router_config.hpp"
#include "vrrp/time.hpp"
#include "vrrp/timing.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace vrrp {

/// One virtual router of RFC 3768 or 9568 on one link: events in, effects out, the time passed in.
///            startup, priority 255                    service dead, no source
///   initialize ------------------------> master ------------------------------> initialize
///       |  ^                             ^   |  |                                    ^
///       |  | shutdown, service dead      |   |  | shutdown, outranked                |
///       v  |             down interval   |   |  v             successor heard        |
///      backup ---------------------------+   | leaving ------------------------------+
///          ^                                 |    |
///          +---------------------------------+----+ better master, stalled
///
class VirtualRouter {
public:
    explicit VirtualRouter(RouterConfig config);
    /// What must now be done, in order. Each event is taken in every state; one that changes
    /// nothing gives no effects.
    [[nodiscard]] Effects handle(const Event& event, Instant now);
    /// When to call handle(TimerExpired) next; nullopt while nothing is pending.
    [[nodiscard]] std::optional<Instant> deadline() const;
    [[nodiscard]] State state() const { return state_; }
    [[nodiscard]] const RouterConfig& config() const { return config_; }
    /// After health: 0 while the service is dead.
    [[nodiscard]] std::uint8_t priority() const { return priority_; }
    /// The address that adverts are sent from, where there is one.
    [[nodiscard]] const std::optional<IpAddress>& source() const { return source_; }
    /// The master that a backup hears, or a leaving master's successor, once it has been heard.
    [[nodiscard]] std::optional<IpAddress> heard_master() const;
    /// The addresses as an advert carries them; valid as long as the router.
    [[nodiscard]] AddressList address_list() const;
    /// The interval by which a backup waits: with version 3 the one that its master tells.
    [[nodiscard]] Centiseconds master_interval() const { return master_interval_; }
    /// What the effect sends; its addresses are valid as long as the router.
    [[nodiscard]] Advertisement advertisement(const SendAdvertisement& effect) const;

    /// Whether it could take part in the election if its sync group lets it.
    [[nodiscard]] bool is_able() const;
    /// Whether its sync group keeps it out of the election.
    [[nodiscard]] bool is_held() const { return is_held_; }
    /// Whether it is a backup that would be master by now, and waits for its sync group.
    [[nodiscard]] bool is_ready() const { return is_ready_; }

private:
    void on(const Startup& event, Instant now);
    void on(const Shutdown& event, Instant now);
    void on(const Pause& event, Instant now);
    void on(const TimerExpired& event, Instant now);
    void on(const AdvertisementReceived& event, Instant now);
    void on(const PriorityChanged& event, Instant now);
    void on(const SourceChanged& event, Instant now);
    void on(const InstallFailed& event, Instant now);
    void on(const AddressesLost& event, Instant now);
    void on(const LinkChanged& event, Instant now);
    void on(const AddressClaimed& event, Instant now);
    void on(const Reconfigured& event, Instant now);
    void on(const Hold& event, Instant now);
    void on(const TakeOver& event, Instant now);
    void on(const GiveWay& event, Instant now);

    [[nodiscard]] ChecksumForm checksum_form() const;
    void note_differences(const AdvertisementReceived& event);
    void hear_as_backup(const Peer& peer);
    void hear_as_master(const Peer& peer, Instant now);
    void hear_while_leaving(const Peer& peer, Instant now);
    void answer(const Peer& peer, Instant now);
    void reconsider(Instant now);
    void follow(Peer master);
    void depart(const Peer& master);
    void learn_from(const Peer& master);
    [[nodiscard]] Duration patience() const;
    [[nodiscard]] Instant takeover_time() const;

    [[nodiscard]] bool is_eligible() const { return is_able() && !is_held_; }
    [[nodiscard]] bool is_serving() const;
    [[nodiscard]] bool preempts(const Peer& master) const;
    [[nodiscard]] bool is_unfit(std::uint8_t priority) const;
    [[nodiscard]] bool is_outranked_by(const Peer& peer) const;
    [[nodiscard]] bool waits_behind_lower() const;
    [[nodiscard]] bool knows_better() const;
    [[nodiscard]] bool has_stalled(Instant now) const;

    void enter_or_leave(Cause cause_to_leave, Instant now);
    void come_to_deadline(Instant now);
    void take_over(Instant now);
    void become_master(Cause cause, const Peer& peer, Instant now);
    void become_backup(Cause cause, const Peer& peer, Instant now);
    void begin_leaving(Cause cause, Instant now);
    void end_leaving(Instant now);
    void leave(Cause cause, const Peer& peer, Instant now);
    [[nodiscard]] StateChanged change_state(State to, Cause cause, const Peer& peer);
    void advertise(Instant now);
    void announce(Instant now);
    [[nodiscard]] std::optional<Instant> first_refresh(Instant now) const;
    void change_lease(Instant now);
    void refresh(Instant now);
    void say_farewell(Instant now);

    RouterConfig config_;
    std::vector<std::byte> address_bytes_;  ///< config_.addresses as they stand in an advert
    bool is_started_ = false;
    bool is_held_ = false;
    std::uint8_t priority_;
    std::optional<IpAddress> source_;
    State state_ = State::initialize;
    bool is_ready_ = false;
    bool has_woken_late_ = false;    ///< at the end of the down interval it is in
    std::optional<Peer> followed_;   ///< a backup's master, a leaving master's successor
    std::optional<Peer> discarded_;  ///< the last master of lower rank that a backup heard
    std::optional<Peer> departed_;   ///< the master that left or fell, as a backup heard
    std::optional<Peer> contender_;  ///< whom a master of higher rank hears all the same
    int contentions_ = 0;
    std::optional<Peer> rival_;     ///< whoever spoke last, in any state
    Centiseconds master_interval_;  ///< RFC 9568: Active_Adver_Interval
    std::optional<ChecksumForm> heard_form_;
    Instant heard_at_;              ///< from when on a backup counts its down interval or skew
    Instant outranked_at_;          ///< when a backup last had reason not to preempt
    Instant fit_at_;                ///< since when preempt_delay counts
    Instant back_at_;               ///< before this, who gave way doesn't miss a silent master
    Instant assert_again_at_;       ///< before this, a master doesn't answer lower ranks again
    Instant defend_again_at_;       ///< nor other stations' claims to its addresses
    std::uint8_t advertised_ = 0;   ///< the last priority above 0 that was sent
    std::size_t announcement_ = 0;  ///< how many of the schedule were made
    int install_failures_ = 0;      ///< in a row
    // Each is set only while something is to happen then.
    std::optional<Instant> advertise_at_;  ///< Adver_Timer
    std::optional<Instant> down_at_;       ///< Master_Down_Timer
    std::optional<Instant> announce_at_;
    std::optional<Instant> refresh_at_;
    std::optional<Instant> farewell_at_;  ///< the second priority 0
    std::optional<Instant> leave_at_;     ///< the end of leaving
    std::optional<Instant> recover_at_;   ///< the end of resting after a failed installation

    Effects effects_;  ///< of the event in hand
};

}  // namespace vrrp
