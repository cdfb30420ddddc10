#pragma once

#include "os/process.hpp"

#include <optional>
#include <string>

namespace os {

/// A part of a program's path that someone may change who should not.
struct WeakPart {
    std::string path;        ///< of the part, links followed: "/opt/checks"
    std::string why;         ///< "is writable by group staff (mode 0775)"
    bool is_folder = false;  ///< what stands in it can be replaced

    friend bool operator==(const WeakPart&, const WeakPart&) = default;
};

/// The first part of an absolute path, from the root on and along its symbolic links, that another
/// than root or this user (and its primary group) may write to. nullopt where there is none, and
/// for a path that leads nowhere, unless others may make what is missing. A folder with the sticky
/// bit is no weak part: what is root's in it stays. Nobody can change the parts before the one that
/// is being looked at, so this holds as long as root does not change them. Looks into the file
/// system, which may be slow.
[[nodiscard]] std::optional<WeakPart> find_weak_part(const std::string& path,
                                                     const Identity& trusted);

}  // namespace os
