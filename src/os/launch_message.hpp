#pragma once

#include "os/command.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace os {

/// What the daemon asks its launcher for.
struct LaunchRequest {
    enum class Kind : std::uint8_t {
        launch,  ///< the command, under a new id
        kill,    ///< the run of that id and all that descends from it; its end is still told
        forget,  ///< kill it and tell nothing more of it
    };
    Kind kind = Kind::launch;
    std::uint64_t id = 0;
    Command command;  ///< to launch

    friend bool operator==(const LaunchRequest&, const LaunchRequest&) = default;
};

/// What the launcher tells.
struct LaunchReply {
    std::uint64_t id = 0;
    bool has_ended = false;  ///< false: it is killed, and this is what it wrote until then
    RunResult result;

    friend bool operator==(const LaunchReply&, const LaunchReply&) = default;
};

/// The longest message; a program's arguments can be longer than a socket takes at once.
inline constexpr std::size_t max_launch_message = 128 * 1024;

// Both ends are one program, so a message is what the other end has made of it.

[[nodiscard]] std::string encode(const LaunchRequest& request);
[[nodiscard]] std::string encode(const LaunchReply& reply);
[[nodiscard]] LaunchRequest decode_launch_request(std::string_view bytes);
[[nodiscard]] LaunchReply decode_launch_reply(std::string_view bytes);

}  // namespace os
