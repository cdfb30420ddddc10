#include "engine/script_telling.hpp"

#include "health/script_run.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <optional>

namespace engine {

namespace {

/// No more than half of what the kernel and the launcher take as one.
constexpr std::size_t most_address_bytes = std::size_t{64} * 1024;

std::string_view kind_of(const ScriptSubject& subject) {
    return subject.is_group ? "GROUP" : "INSTANCE";
}

/// A group has no priority of its own.
int priority_of(const ScriptSubject& subject, std::uint8_t priority) {
    return subject.is_group ? 0 : priority;
}

const std::optional<config::StateScript>* own_script(const Notice& notice,
                                                     const config::StateScripts& scripts) {
    if (notice.is_lower_master) {
        return &scripts.lower_master;
    }
    switch (notice.to) {
        case Standing::master: return &scripts.master;
        case Standing::backup: return &scripts.backup;
        case Standing::fault: return &scripts.fault;
        case Standing::stop: return &scripts.stop;
        case Standing::deleted: return &scripts.deleted;
        case Standing::unknown:
        case Standing::held: break;
    }
    return nullptr;
}

}  // namespace

std::string title_of(const ScriptSubject& subject) {
    return (subject.is_group ? "group " : "router ") + subject.name;
}

std::vector<Listener> listeners_to(const Notice& notice, const config::StateScripts& scripts) {
    std::vector<Listener> found;
    if (const auto* const own = own_script(notice, scripts); own != nullptr && *own) {
        found.push_back({**own, false});
    }
    if (scripts.change && !notice.is_lower_master) {
        found.push_back({*scripts.change, true});
    }
    return found;
}

os::Command command_of(const Listener& listener, const Notice& notice,
                       const ScriptSubject& subject) {
    const config::StateScript& script = listener.script;
    const std::string state(word_of(notice));
    const std::string priority = std::to_string(priority_of(subject, notice.priority));
    os::Command command{.arguments = script.command,
                        .environment = health::script_environment(),
                        .users = health::script_users(script.user),
                        .group = script.group,
                        .is_guarded = true};
    if (listener.is_for_all) {
        for (const std::string& argument :
             {std::string(kind_of(subject)), subject.name, state, priority}) {
            command.arguments.push_back(argument);
        }
    }
    const auto tell = [&command](std::string_view name, std::string_view value) {
        command.environment.push_back(fmt::format("UNDERSTUDY_{}={}", name, value));
    };
    tell("ROUTER", subject.is_group ? "" : subject.name);
    tell("GROUP", subject.group);
    tell("STATE", state);
    tell("FROM", to_text(notice.from));
    tell("REASON", notice.reason);
    tell("PRIORITY", priority);
    tell("INTERFACE", subject.interface);
    // A part of them would be taken for all.
    const bool has_room = subject.addresses.size() <= most_address_bytes;
    tell("ADDRESSES", has_room ? subject.addresses : std::string());
    return command;
}

std::string fifo_line(const ScriptSubject& subject, std::string_view word, std::uint8_t priority) {
    return fmt::format("{} \"{}\" {} {}", kind_of(subject), subject.name, word,
                       priority_of(subject, priority));
}

}  // namespace engine
