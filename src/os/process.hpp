#pragma once

#include "os/error.hpp"
#include "os/fd.hpp"

#include <sys/types.h>

#include <expected>
#include <optional>
#include <string>
#include <vector>

namespace os {

/// Whom a program runs as.
struct Identity {
    uid_t user = 0;
    gid_t group = 0;

    friend bool operator==(const Identity&, const Identity&) = default;
};

/// The user of that name with its primary group; nullopt where there is none. Reads the user
/// database, which may be slow where that is on the network.
[[nodiscard]] std::optional<Identity> find_user(const std::string& name);

/// The group of that name; nullopt where there is none. As slow as find_user().
[[nodiscard]] std::optional<gid_t> find_group(const std::string& name);

/// The names of a user and a group, or their numbers where they have none. As slow as find_user().
[[nodiscard]] std::string user_name(uid_t user);
[[nodiscard]] std::string group_name(gid_t group);

/// A descriptor that stays with the process of that number, and is readable once that has ended.
[[nodiscard]] std::expected<Fd, Error> open_process(pid_t pid);

/// All processes that descend from this one by parents that live, it itself not included, at most
/// some thousands.
[[nodiscard]] std::vector<pid_t> descendants_of(pid_t pid);

}  // namespace os
