#pragma once

#include <sys/types.h>

#include <vector>

namespace os {

/// Kills a child that was not reaped yet, its process group, and all that descends from it by
/// parents that live, also in sessions of their own. They are stopped first: so they start nothing
/// meanwhile, and no parent reaps one whose number would then pass on. All that is killed so, the
/// child first, parents before their children.
std::vector<pid_t> kill_tree(pid_t child);

/// Waits until a launcher of ours, asked to or not, has ended, and reaps it with all that it leaves
/// to us, its subreaper. What still runs in its session is killed first, with all that descends
/// from there: these are programs that a launcher which was killed could not kill. What has made
/// itself a service has a session of its own, and lives. To be called in a thread of its own.
void bury_launcher(pid_t launcher);

}  // namespace os
