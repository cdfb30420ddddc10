#include "os/path_trust.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "os/path_walk.hpp"

namespace os {

namespace {

/// Judges the parts of a path.
class Judge {
public:
    explicit Judge(const Identity& trusted) : trusted_(trusted) {}

    std::optional<WeakPart> judge(const std::string& path) const {
        struct stat root{};
        if (stat("/", &root) == 0) {
            if (auto weak = judge("/", root)) {
                return weak;
            }
        }
        PathWalk walk(path);
        while (walk.next()) {
            const std::string part = walk.place();
            const auto status = walk.pass();
            if (!status && may_be_made(walk.folder())) {
                return WeakPart{part, "is not there, and others may make it", false};
            }
            if (auto weak = status ? judge(part, *status) : std::nullopt) {
                return weak;
            }
        }
        return std::nullopt;
    }

private:
    [[nodiscard]] std::optional<WeakPart> judge(const std::string& part,
                                                const struct stat& status) const {
        const std::string why = weakness(part, status);
        return why.empty() ? std::nullopt
                           : std::optional(WeakPart{part, why, S_ISDIR(status.st_mode)});
    }

    /// Whether others may make what is missing in the folder that was reached. Only the sticky bit
    /// lets a folder pass that others may write to.
    [[nodiscard]] static bool may_be_made(const std::string& folder) {
        struct stat status{};
        return stat(folder.c_str(), &status) != 0 ||
               ((status.st_mode & S_ISVTX) != 0 && (status.st_mode & (S_IWGRP | S_IWOTH)) != 0);
    }

    [[nodiscard]] std::string weakness(const std::string& part, const struct stat& status) const {
        const unsigned mode = status.st_mode & 07777U;
        if (status.st_uid != 0 && status.st_uid != trusted_.user) {
            return fmt::format("belongs to user {} (mode {:04o})", user_name(status.st_uid), mode);
        }
        const bool is_sticky = S_ISDIR(status.st_mode) && (mode & S_ISVTX) != 0;
        if (S_ISLNK(status.st_mode) || is_sticky) {
            return "";
        }
        if ((mode & S_IWOTH) != 0) {
            return fmt::format("is writable by everyone (mode {:04o})", mode);
        }
        if ((mode & S_IWGRP) == 0) {
            return "";
        }
        if (status.st_gid != 0 && status.st_gid != trusted_.group) {
            return fmt::format("is writable by group {} (mode {:04o})", group_name(status.st_gid),
                               mode);
        }
        // With an access list the group's bits say what the most favoured of all those may.
        if (lgetxattr(part.c_str(), "system.posix_acl_access", nullptr, 0) > 0) {
            return fmt::format("is writable by others through its access list (mode {:04o})", mode);
        }
        return "";
    }

    Identity trusted_;
};

}  // namespace

std::optional<WeakPart> find_weak_part(const std::string& path, const Identity& trusted) {
    return Judge(trusted).judge(path);
}

}  // namespace os
