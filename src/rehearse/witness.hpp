#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "rehearse/host.hpp"
#include "rehearse/scenario.hpp"
#include "rehearse/step.hpp"
#include "vrrp/time.hpp"

namespace rehearse {

/// Another router, as an accepted advert above priority 0 shows it.
struct Heard {
    vrrp::IpAddress source;
    std::uint8_t priority = 0;
    vrrp::Duration interval{0};
    vrrp::Instant at;
};

/// What is known of one host from what it was told, accepted and did, computed apart from its
/// router. Times are those of the last such thing; what never happened lies at the beginning.
struct HostFacts {
    vrrp::Instant state_since;
    vrrp::Instant trouble_at;  ///< anything that came from outside but packets
    vrrp::Instant thawed_at;
    vrrp::Instant settings_changed_at;  ///< its priority, or all of its configuration
    std::optional<vrrp::Instant> install_refused_at;
    int install_failures = 0;  ///< in a row, without an advert interval as master between them

    std::uint8_t heard_last = 0;  ///< the priority of the last accepted advert

    // Of a backup.
    vrrp::Instant fit_since;     ///< entered from outside of office, or its priority rose
    vrrp::Instant waits_since;   ///< entered, or accepted an advert that begins the down interval
    vrrp::Instant spoken_to_at;  ///< entered, or accepted an advert above priority 0
    std::optional<vrrp::Instant> released_at;  ///< since then a master first left, or fell below it
    std::optional<Heard> master;               ///< the last one that it had to wait for
    std::optional<Heard> unheeded;   ///< the last one since then that it need not wait for
    std::optional<Heard> fallen;     ///< who it was, where it fell
    vrrp::Duration interval{0};      ///< by which it waits
    vrrp::Instant outranked_at;      ///< entered, or heard one that it must not preempt
    std::optional<Heard> successor;  ///< of one that leaves: the first one that it heard

    // Of a master.
    vrrp::Instant advertised_at;
    vrrp::Instant announced_at;
    std::optional<vrrp::Instant> answered_at;  ///< an advert in answer to one of lower rank

    std::optional<vrrp::Instant> yielded_at;  ///< to a better master; it is backup since
    int farewells_left = 0;                   ///< how often priority 0 may still be said
    int takeovers = 0;                        ///< since the last trouble on the LAN
    std::optional<vrrp::Instant> took_over_at;
    bool was_released = false;  ///< by a master that left or fell, since it last took over
    int probes = 0;
    int verdicts = 0;
};

/// What is known of the addresses that a host holds, and of what its peers have last heard;
/// whatever becomes of its process.
struct LeaseFacts {
    vrrp::Instant asked_at;                  ///< the kernel, to install or to renew them
    vrrp::Instant begun_at;                  ///< and it did
    std::optional<vrrp::Duration> lifetime;  ///< since then; nullopt: without end
    bool is_with_adverts = false;            ///< by its length, it is renewed together with them
    vrrp::Instant spoken_at;                 ///< the last advert above priority 0
    /// Until then no peer takes over, if the advert was heard; nullopt where it is no master.
    std::optional<vrrp::Instant> resumable_until;

    std::optional<vrrp::Instant> resumed_at;  ///< the last time
    vrrp::Instant spoken_before;              ///< the last advert before that
    vrrp::Duration silence{0};                ///< how long it may have been silent then
};

/// Follows a whole rehearsal and keeps what the invariants are told from.
class Witness {
public:
    /// All of them outlive the witness.
    Witness(const Scenario& scenario, const std::vector<Host>& hosts, const Lan& lan);

    void note(const Step& step);
    /// Time has come to `now` with nothing happening.
    void note_time(vrrp::Instant now);
    /// Something came from outside to this host.
    void note_trouble(std::size_t host, vrrp::Instant now);
    /// The channel between two hosts lost something or was changed.
    void note_trouble(std::size_t from, std::size_t to, vrrp::Instant now);
    void note_thaw(std::size_t host, vrrp::Instant now);
    void note_new_process(std::size_t host, vrrp::Instant now);
    void note_probe(std::size_t host, bool is_new_verdict);

    [[nodiscard]] const Scenario& scenario() const { return scenario_; }
    [[nodiscard]] std::size_t size() const { return facts_.size(); }
    [[nodiscard]] const Host& host(std::size_t index) const { return hosts_[index]; }
    [[nodiscard]] const HostFacts& facts(std::size_t index) const { return facts_[index]; }
    [[nodiscard]] const LeaseFacts& lease(std::size_t index) const { return leases_[index]; }
    /// Whether a new process may resume, and with all members of its group.
    [[nodiscard]] bool has_proof(std::size_t host, vrrp::Instant now) const;
    [[nodiscard]] bool has_proof_for_all(std::size_t host, vrrp::Instant now) const;

    /// The last trouble anywhere.
    [[nodiscard]] vrrp::Instant trouble_at() const { return trouble_at_; }
    /// The last trouble of either host or of the channels between them.
    [[nodiscard]] vrrp::Instant trouble_at(std::size_t a, std::size_t b) const;

    /// The last trouble of the channel from one host to another.
    [[nodiscard]] vrrp::Instant channel_trouble_at(std::size_t from, std::size_t to) const {
        return channel_trouble_at_[from * size() + to];
    }

    /// So long this host's clock takes for a span of its own, in true time: at least, at most.
    [[nodiscard]] vrrp::Duration at_least(std::size_t host, vrrp::Duration local) const;
    [[nodiscard]] vrrp::Duration at_most(std::size_t host, vrrp::Duration local) const;

    /// RFC 3768 and 9568, section 6.1, by the host's own clock and priority and by the interval
    /// that it has learned.
    [[nodiscard]] vrrp::Duration skew_time(std::size_t host) const;
    [[nodiscard]] vrrp::Duration down_interval(std::size_t host) const;
    /// How long it waits when a master has left.
    [[nodiscard]] vrrp::Duration succession_time(std::size_t host) const;

    [[nodiscard]] bool is_master(std::size_t host) const;
    /// Whether this host's process runs, is wanted, linked and fit: it belongs into the election.
    [[nodiscard]] bool is_eligible(std::size_t host, vrrp::Instant now) const;
    /// The same of it and all other members of its sync group.
    [[nodiscard]] bool is_machine_eligible(std::size_t host, vrrp::Instant now) const;
    /// Whether a router takes over from masters of lower priority.
    [[nodiscard]] bool preempts(std::size_t host) const;
    /// Whether all eligible hosts hear each other.
    [[nodiscard]] bool is_connected(vrrp::Instant now) const;
    [[nodiscard]] bool is_connected(std::size_t a, std::size_t b) const;

    /// How long two masters that hear each other may last: until the better one has spoken.
    [[nodiscard]] vrrp::Duration conflict_limit(std::size_t a, std::size_t b) const;
    /// The same of any two.
    [[nodiscard]] vrrp::Duration conflict_limit() const;
    /// How long after the last trouble on a connected LAN everything has settled.
    [[nodiscard]] vrrp::Duration settling_limit() const;

    /// The master that must stay, once there was only one for long enough and nobody preempts.
    [[nodiscard]] std::optional<std::size_t> incumbent() const { return incumbent_; }

private:
    void forget_calm(vrrp::Instant now);
    void note_settings(const Step& step, HostFacts& facts);
    void note_installation(const Step& step, HostFacts& facts);
    void note_state(const Step& step, HostFacts& facts);
    void note_entry(const Step& step, HostFacts& facts);
    void note_advertisement(const Step& step, HostFacts& facts);
    void wait_for(std::size_t host, Heard master);
    void note_effects(const Step& step, HostFacts& facts);
    void note_lease(const Step& step);
    void note_office(const Step& step);

    const Scenario& scenario_;
    const std::vector<Host>& hosts_;
    const Lan& lan_;
    std::vector<HostFacts> facts_;
    std::vector<LeaseFacts> leases_;
    std::vector<vrrp::Instant> channel_trouble_at_;  ///< for each ordered pair
    vrrp::Instant trouble_at_;
    vrrp::Duration longest_interval_{0};  ///< that anybody has had
    std::optional<std::size_t> incumbent_;
};

}  // namespace rehearse
