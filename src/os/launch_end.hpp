#pragma once

#include <sys/types.h>

#include <vector>

namespace os {

/// Kills a child that was not reaped yet, its process group, and all that descends from it by
/// parents that live, also in sessions of their own. They are stopped first: so they start nothing
/// meanwhile, and no parent reaps one whose number would then pass on. All that is killed so, the
/// child first, parents before their children.
std::vector<pid_t> kill_tree(pid_t child);

}  // namespace os
