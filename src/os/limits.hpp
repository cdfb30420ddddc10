#pragma once

namespace os {

/// Lets this process open as many descriptors as the host permits it (RLIMIT_NOFILE: the hard limit
/// instead of the soft one, which is low for programs that use select(2)). A repeated call, and one
/// that the kernel refuses, changes nothing.
void raise_open_file_limit();

/// To be called by a child that is to run another program: as it was when this program started.
/// Async-signal-safe.
void restore_open_file_limit();

}  // namespace os
