#pragma once

#include "config/config.hpp"
#include "config/load.hpp"
#include "engine/daemon.hpp"
#include "engine/reload_outcome.hpp"
#include "os/background.hpp"
#include "os/loop.hpp"
#include "vrrp/time.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace cli {

/// Reads the configuration again when it is asked to, beside the loop: a large file takes longer
/// than there is between two adverts. Requests that come meanwhile are answered together by the
/// next reading. Pinned.
class Reloader {
public:
    using OnOutcome = std::function<void(const engine::ReloadOutcome& outcome)>;

    /// `daemon` and `loop` outlive the reloader.
    Reloader(std::string config_path, config::Audience audience, engine::Daemon& daemon,
             os::Loop& loop);

    /// Reads the file, and takes it over or only finds out what that would change. Calls back from
    /// the loop, also when it fails; at once only where there is nothing to wait for.
    void request(bool is_dry_run, OnOutcome on_outcome, vrrp::Instant now);

private:
    struct Request {
        bool is_dry_run;
        OnOutcome on_outcome;
    };

    void begin(vrrp::Instant now);
    void end(const config::Loaded& loaded, vrrp::Instant now);
    [[nodiscard]] engine::ReloadOutcome plan(const config::Loaded& loaded) const;
    [[nodiscard]] engine::ReloadOutcome apply(const config::Loaded& loaded, vrrp::Instant now);
    void answer(const engine::ReloadOutcome& planned, const engine::ReloadOutcome& applied);

    std::string config_path_;
    config::Audience audience_;
    engine::Daemon& daemon_;
    os::Loop& loop_;
    std::vector<Request> waiting_;  ///< for the next reading
    std::vector<Request> current_;  ///< are answered by the one that is under way; empty: none is
    os::Background background_;
};

}  // namespace cli
