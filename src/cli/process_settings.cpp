#include "cli/process_settings.hpp"

#include "os/log.hpp"
#include "os/scheduling.hpp"
#include "os/service.hpp"

#include <expected>
#include <string>
#include <string_view>

namespace cli {

namespace {

/// Before all ordinary processes, and behind what else on a host may have a reason to be real-time:
/// the kernel's interrupt threads have 50, and an administrator finds room on both sides.
constexpr int usual_priority = 10;

/// What was not asked for is worth a word only.
void tell_refusal(const std::expected<void, os::Error>& result, bool is_asked_for,
                  std::string_view message, std::string_view advice) {
    if (!result) {
        os::log::write(is_asked_for ? os::log::Level::warning : os::log::Level::info, message,
                       {{"error", result.error().message()}, {"help", std::string(advice)}});
    }
}

}  // namespace

void apply_process_settings(const config::DaemonSettings& settings) {
    const bool is_managed = os::is_managed_service();
    const int priority = settings.realtime_priority.value_or(is_managed ? usual_priority : 0);
    if (priority != 0) {
        tell_refusal(os::become_realtime(priority), settings.realtime_priority.has_value(),
                     "no real-time priority: a busy host may delay the daemon",
                     "give it CAP_SYS_NICE (systemd: AmbientCapabilities=CAP_SYS_NICE, or "
                     "LimitRTPRIO=), or set realtime_priority = 0");
    }
    if (settings.lock_memory.value_or(is_managed)) {
        tell_refusal(os::lock_memory(), settings.lock_memory.has_value(),
                     "memory is not locked: a host that swaps may delay the daemon",
                     "give it CAP_IPC_LOCK (systemd: AmbientCapabilities=CAP_IPC_LOCK, or "
                     "LimitMEMLOCK=infinity), or set lock_memory = false");
    }
}

}  // namespace cli
