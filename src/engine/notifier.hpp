#pragma once

#include "config/config.hpp"
#include "engine/script_runner.hpp"
#include "engine/snapshot.hpp"
#include "engine/standing.hpp"
#include "engine/state_fifo.hpp"
#include "os/error.hpp"
#include "os/launcher.hpp"
#include "os/loop.hpp"
#include "vrrp/time.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace engine {

/// Tells where routers and groups stand to scripts and FIFOs. A router of both families is one
/// here; a group is told beside its members. Pinned.
class Notifier {
public:
    /// How long scripts may go on after the last router has stopped.
    static constexpr vrrp::Duration stop_patience = std::chrono::seconds(10);

    /// What a router, of one family, has become.
    struct News {
        Standing standing = Standing::unknown;
        std::uint8_t priority = 0;  ///< 0: as it was
        std::string reason;
        bool has_resumed = false;  ///< it is master as it was before the daemon began
    };

    /// What was told to the end is noted in `folder`; `loop` outlives the notifier.
    [[nodiscard]] static std::expected<std::unique_ptr<Notifier>, os::Error> create(
        const config::Config& config, os::Loop& loop, std::string folder = "/run/understudy");
    Notifier(const Notifier&) = delete;
    Notifier& operator=(const Notifier&) = delete;

    /// Lets a router be told of; a number by which to speak of it.
    std::size_t join(const config::Router& router);
    /// The file has the router no more. What it becomes is not told any longer; where a script asks
    /// for deletions, that it has gone.
    void leave(std::size_t member, vrrp::Instant now);
    /// Takes over the scripts of a newer file for the routers and groups that there are, and its
    /// FIFOs.
    void adopt(const config::Config& config, vrrp::Instant now);

    /// Whether that is worth a note().
    [[nodiscard]] bool is_news(std::size_t member, Standing standing, std::uint8_t priority) const;
    /// Notes what a router has become; told by settle().
    void note(std::size_t member, News news, vrrp::Instant now);
    /// A master has heard another one of lower rank.
    void hear_lower_master(std::size_t member, std::string reason, vrrp::Instant now);

    [[nodiscard]] bool has_unsettled() const { return has_unsettled_; }
    /// Tells what was noted, now that groups have come to agree.
    void settle(vrrp::Instant now);

    /// Calls back, maybe at once, when all scripts have ended, at the latest after stop_patience.
    /// The first call counts.
    void finish(std::move_only_function<void()> on_done, vrrp::Instant now);
    /// No script is begun any more.
    void mute() { is_mute_ = true; }

    [[nodiscard]] std::vector<ScriptSnapshot> scripts() const;
    [[nodiscard]] std::vector<FifoSnapshot> fifos() const;

private:
    /// A router or a group, with whom it is made of.
    struct Subject {
        ScriptSubject self;
        config::StateScripts scripts;
        std::vector<std::size_t> members;
        Standing told = Standing::unknown;
        bool is_unsettled = false;
        std::unique_ptr<ScriptRunner> runner;  ///< where there are scripts
    };
    /// A router of one family.
    struct Member {
        Subject* router = nullptr;
        Subject* group = nullptr;  ///< where it is in one that is told of
        std::string company;       ///< with whom it shares its fate; empty: with nobody
        News news;
        bool has_left = false;
    };

    Notifier(os::Loop& loop, std::string folder)
        : launcher_(loop), loop_(loop), folder_(std::move(folder)) {}

    void take_fifos(const config::DaemonSettings& daemon);
    Subject& subject_of(bool is_group, const std::string& name);
    void mark(const Member& member);
    static void describe(Subject& subject, const config::Router& router);
    void describe_anew(const config::Config& config);
    void set_scripts(Subject& subject, const config::StateScripts& scripts);
    [[nodiscard]] Standing standing_of(const Subject& subject) const;
    [[nodiscard]] Standing effective(const Member& member) const;
    void settle(Subject& subject, vrrp::Instant now);
    void tell(Subject& subject, Notice notice, vrrp::Instant now);
    void write_line(const Subject& subject, std::string_view word, std::uint8_t priority,
                    vrrp::Instant now);
    void tell_priority(std::size_t member, std::uint8_t before, vrrp::Instant now);
    [[nodiscard]] bool is_idle() const;
    void end_if_idle();

    os::Launcher launcher_;  ///< outlives what it runs
    os::Loop& loop_;
    std::string folder_;
    std::vector<config::Group> groups_;
    bool tells_priorities_ = false;
    std::vector<config::StateFifo> fifo_settings_;
    std::vector<std::unique_ptr<StateFifo>> fifos_;
    std::vector<Member> members_;
    std::map<std::string, std::vector<std::size_t>> companies_;
    std::map<std::pair<bool, std::string>, Subject> subjects_;  ///< routers first, then groups
    bool has_unsettled_ = false;
    bool is_mute_ = false;
    bool is_finishing_ = false;
    std::move_only_function<void()> on_done_;
    os::Timer stop_timer_;
};

}  // namespace engine
