#pragma once

#include "config/config.hpp"
#include "engine/script_queue.hpp"
#include "os/command.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

/// Whose states scripts and FIFOs are told.
struct ScriptSubject {
    bool is_group = false;
    std::string name;
    std::string group;      ///< of a router that is in one, or of the group itself
    std::string interface;  ///< of a group: those of its members, each once
    std::string addresses;  ///< all that it moves, with prefix lengths

    friend bool operator==(const ScriptSubject&, const ScriptSubject&) = default;
};

/// "router k8s-api", "group VG_1"
[[nodiscard]] std::string title_of(const ScriptSubject& subject);

/// A script that a notice is told to.
struct Listener {
    config::StateScript script;
    bool is_for_all = false;  ///< it is told of every state

    friend bool operator==(const Listener&, const Listener&) = default;
};

/// The scripts that a notice is told to, in their order: its own, then, of a state, the one for
/// all.
[[nodiscard]] std::vector<Listener> listeners_to(const Notice& notice,
                                                 const config::StateScripts& scripts);

/// What is run: the script for all gets who it is, its state and its priority as arguments, each
/// script the same and more in its environment.
[[nodiscard]] os::Command command_of(const Listener& listener, const Notice& notice,
                                     const ScriptSubject& subject);

/// The notice as a FIFO's line, without its end.
[[nodiscard]] std::string fifo_line(const ScriptSubject& subject, std::string_view word,
                                    std::uint8_t priority);

}  // namespace engine
