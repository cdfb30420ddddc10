#pragma once

#include <cstddef>

namespace os {

/// Runs `run(argument)` in a detached thread that takes no signals, and none of the time that a
/// real-time daemon has. Gives an errno, or 0.
[[nodiscard]] int start_thread(std::size_t stack_size, void* (*run)(void*), void* argument);

}  // namespace os
