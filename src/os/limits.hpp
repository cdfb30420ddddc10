#pragma once

namespace os {

/// Lets this process open as many descriptors as the host permits it (RLIMIT_NOFILE: the hard limit
/// instead of the soft one, which is low for programs that use select(2)). A repeated call, and one
/// that the kernel refuses, changes nothing.
void raise_open_file_limit();

/// To be called by a process whose children run other programs: the limits that the daemon changes
/// are as they were when it started, and no core is dumped. There is none on processes, as the
/// kernel counts all of a user, nor on memory, as many programs reserve far more than they use.
void take_child_limits();

}  // namespace os
