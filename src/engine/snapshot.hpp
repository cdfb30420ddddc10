#pragma once

#include "health/check.hpp"
#include "os/lag.hpp"
#include "vrrp/address.hpp"
#include "vrrp/advertisement.hpp"
#include "vrrp/effect.hpp"
#include "vrrp/time.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace engine {

using WallTime = std::chrono::system_clock::time_point;

/// What a router has counted since the daemon's start.
struct Counters {
    std::uint64_t advertisements_sent = 0;
    std::uint64_t advertisements_received = 0;  ///< well-formed ones for its id
    std::uint64_t became_master = 0;
    std::uint64_t addresses_restored = 0;   ///< how often another program had taken some away
    std::uint64_t addresses_claimed = 0;    ///< how often another station said that it has one
    std::uint64_t second_master_heard = 0;  ///< adverts of one that does not hear us
    std::map<std::string, std::uint64_t> refused;  ///< by reason; of malformed ones too
};

/// The last sign of a second master.
struct Contest {
    WallTime at;
    std::string what;
};

/// What one of its checks says of a router's priority.
struct PriorityPart {
    std::string check;
    std::optional<int> change;  ///< nullopt: the router is unfit

    friend bool operator==(const PriorityPart&, const PriorityPart&) = default;
};

/// One router, as it is now. With addresses of both families in the file it is two.
struct RouterSnapshot {
    std::string name;
    std::string interface;
    std::string group;  ///< with whose other routers it shares its fate; empty: alone
    vrrp::Family family = vrrp::Family::ipv4;
    vrrp::Version version = vrrp::Version::v2;
    vrrp::Duration interval{0};
    std::uint8_t virtual_router_id = 0;
    vrrp::State state = vrrp::State::initialize;
    WallTime since;
    std::string reason;
    std::uint8_t priority = 0;  ///< after health
    std::uint8_t base_priority = 0;
    std::optional<vrrp::IpAddress> source;
    std::optional<vrrp::IpAddress> master;  ///< who serves, as far as this router knows
    std::vector<vrrp::VirtualAddress> addresses;
    std::optional<std::chrono::seconds> lease;  ///< how long they outlive the daemon; nullopt: ever
    std::vector<PriorityPart> parts;            ///< what its checks add to the base priority
    std::optional<Contest> contest;
    Counters counters;
};

/// One check, as it is now.
struct CheckSnapshot {
    std::string name;
    std::string probe;  ///< "process nginx", "script /etc/…"
    health::Verdict verdict = health::Verdict::unknown;
    std::string detail;
    std::string warning;  ///< empty: of nothing
    health::ResultCounts results;
    std::optional<WallTime> since;
};

/// What became of the scripts that a router's or a group's states are told to.
struct ScriptCounters {
    std::uint64_t runs = 0;         ///< that are over
    std::uint64_t failures = 0;     ///< of these
    std::uint64_t passed_over = 0;  ///< states that were no longer so when their turn came
};

/// How the last of them ended.
struct ScriptResult {
    std::string script;  ///< "on_master"
    std::string state;
    bool is_good = false;
    std::string detail;
    vrrp::Duration duration{0};
    WallTime ended_at;
};

/// The state scripts of a router or a group.
struct ScriptSnapshot {
    bool is_group = false;
    std::string name;
    std::string running;  ///< "on_master"; empty: none
    ScriptCounters counters;
    std::optional<ScriptResult> last;
};

/// A FIFO to which states are written.
struct FifoSnapshot {
    std::string path;
    std::string problem;  ///< why it can't be written to; empty: it can
    std::uint64_t lines_written = 0;
    std::uint64_t lines_waiting = 0;
    std::uint64_t lines_lost = 0;
};

/// What the kernel grants the daemon.
struct ProcessSnapshot {
    std::optional<int> realtime_priority;  ///< nullopt: it is an ordinary process
    bool is_memory_locked = false;
};

/// Which configuration runs, and what became of the last attempts to read it again.
struct ConfigurationSnapshot {
    WallTime loaded_at;
    std::uint64_t reloads_good = 0;
    std::uint64_t reloads_failed = 0;
    std::optional<WallTime> failed_at;  ///< when it failed last; nullopt: not since it was loaded
    std::string failure;                ///< why
};

/// The daemon at one instant: the one value that everything which tells of it renders.
struct Snapshot {
    std::string host;
    std::string version;
    int pid = 0;
    WallTime taken_at;
    WallTime started_at;
    ProcessSnapshot process;
    ConfigurationSnapshot configuration;
    os::Lag lag;
    std::vector<RouterSnapshot> routers;
    std::vector<CheckSnapshot> checks;
    std::vector<ScriptSnapshot> scripts;
    std::vector<FifoSnapshot> fifos;
};

}  // namespace engine
