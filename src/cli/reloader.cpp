#include "cli/reloader.hpp"

#include "cli/host_view.hpp"
#include "config/lint.hpp"
#include "config/secret_lines.hpp"
#include "os/log.hpp"
#include "os/service.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace cli {

namespace {

/// All that is to be known of the file, as at a start.
config::Loaded read(const std::string& path, const config::Audience& audience) {
    config::Loaded loaded = config::load(path, audience);
    if (loaded.config) {
        auto more = config::lint(*loaded.config, path, view_host(*loaded.config));
        config::show_lines(more, loaded.files);
        loaded.diagnostics.insert(loaded.diagnostics.end(), more.begin(), more.end());
    }
    return loaded;
}

/// The first error of a file, as the reason why it is not taken over.
std::string why_bad(const config::Loaded& loaded) {
    const auto first = std::ranges::find(loaded.diagnostics, config::Severity::error,
                                         &config::Diagnostic::severity);
    if (first == loaded.diagnostics.end()) {
        return "the file has errors";
    }
    config::Diagnostic without_advice = *first;
    without_advice.advice.clear();
    without_advice.source.clear();
    return config::to_text(without_advice);
}

/// The daemon runs: nobody may hold it up by not reading what it says.
void log_diagnostics(const config::Diagnostics& diagnostics) {
    for (const config::Diagnostic& diagnostic : diagnostics) {
        const bool is_error = diagnostic.severity == config::Severity::error;
        os::log::write(is_error ? os::log::Level::error : os::log::Level::warning,
                       "said of the file",
                       {{"place", fmt::format("{}:{}:{}", diagnostic.file, diagnostic.place.line,
                                              diagnostic.place.column)},
                        {"what", diagnostic.message},
                        {"help", diagnostic.advice}});
    }
}

}  // namespace

Reloader::Reloader(std::string config_path, config::Audience audience, engine::Daemon& daemon,
                   os::Loop& loop)
    : config_path_(std::move(config_path)),
      audience_(std::move(audience)),
      daemon_(daemon),
      loop_(loop),
      background_(loop) {}

void Reloader::request(bool is_dry_run, OnOutcome on_outcome, vrrp::Instant now) {
    waiting_.push_back({is_dry_run, std::move(on_outcome)});
    if (current_.empty()) {
        begin(now);
    }
}

void Reloader::begin(vrrp::Instant now) {
    current_ = std::exchange(waiting_, {});
    if (!std::ranges::all_of(current_, &Request::is_dry_run)) {
        os::notify_reloading(loop_.monotonic_microseconds());
    }
    auto loaded = std::make_shared<config::Loaded>();
    const auto started = background_.start(
        [loaded, path = config_path_, audience = audience_] { *loaded = read(path, audience); },
        [this, loaded](vrrp::Instant at) { end(*loaded, at); });
    if (!started) {
        config::Loaded nothing;
        nothing.diagnostics.push_back({config::Severity::error,
                                       config_path_,
                                       {},
                                       "the file can't be read: " + started.error().message(),
                                       {}});
        end(nothing, now);
    }
}

void Reloader::end(const config::Loaded& loaded, vrrp::Instant now) {
    const bool is_dry = std::ranges::all_of(current_, &Request::is_dry_run);
    const bool is_planned = std::ranges::any_of(current_, &Request::is_dry_run);
    // Before it is done, or there would be nothing to plan any more.
    const auto planned = is_planned ? plan(loaded) : engine::ReloadOutcome();
    answer(planned, is_dry ? planned : apply(loaded, now));
    if (!is_dry) {
        os::notify_ready();
    }
    if (!waiting_.empty()) {
        begin(now);
    }
}

engine::ReloadOutcome Reloader::plan(const config::Loaded& loaded) const {
    engine::ReloadOutcome outcome{
        .is_dry_run = true, .changes = {}, .diagnostics = loaded.diagnostics, .error = {}};
    if (loaded.config) {
        outcome.changes = daemon_.plan(*loaded.config).lines;
    } else {
        outcome.error = why_bad(loaded);
    }
    return outcome;
}

engine::ReloadOutcome Reloader::apply(const config::Loaded& loaded, vrrp::Instant now) {
    log_diagnostics(loaded.diagnostics);
    engine::ReloadOutcome outcome{
        .is_dry_run = false, .changes = {}, .diagnostics = loaded.diagnostics, .error = {}};
    if (!loaded.config) {
        outcome.error = why_bad(loaded);
        daemon_.note_failed_reload(outcome.error, now);
        return outcome;
    }
    auto plan = daemon_.reload(*loaded.config, now);
    if (plan) {
        outcome.changes = std::move(plan->lines);
    } else {
        outcome.error = plan.error().message();
    }
    return outcome;
}

void Reloader::answer(const engine::ReloadOutcome& planned, const engine::ReloadOutcome& applied) {
    for (const Request& request : std::exchange(current_, {})) {
        request.on_outcome(request.is_dry_run ? planned : applied);
    }
}

}  // namespace cli
