#include "os/path_trust.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <deque>
#include <string_view>
#include <utility>

namespace os {

namespace {

/// As many as the kernel follows.
constexpr int most_links = 40;

/// Walks a path part by part.
class Walk {
public:
    explicit Walk(const Identity& trusted) : trusted_(trusted) {}

    std::optional<WeakPart> go(std::string_view path) {
        push(path);
        if (auto weak = look("/")) {
            return weak;
        }
        while (!ahead_.empty()) {
            const std::string name = std::exchange(ahead_.front(), {});
            ahead_.pop_front();
            if (name == "..") {
                here_.resize(here_.empty() ? 0 : here_.rfind('/'));
            } else if (auto weak = look(here_ + "/" + name)) {
                return weak;
            }
        }
        return std::nullopt;
    }

private:
    /// What is to be walked before what is ahead already.
    void push(std::string_view path) {
        auto next = ahead_.begin();
        while (!path.empty()) {
            const std::string_view name = path.substr(0, path.find('/'));
            path.remove_prefix(name.size() == path.size() ? name.size() : name.size() + 1);
            if (!name.empty() && name != ".") {
                next = std::next(ahead_.insert(next, std::string(name)));
            }
        }
    }

    std::optional<WeakPart> look(const std::string& part) {
        struct stat status{};
        if (lstat(part.c_str(), &status) != 0) {
            ahead_.clear();
            return may_be_made() ? std::optional(WeakPart{
                                       part, "is not there, and others may make it", false})
                                 : std::nullopt;
        }
        const bool is_folder = S_ISDIR(status.st_mode);
        if (const std::string why = weakness(part, status); !why.empty()) {
            return WeakPart{part, why, is_folder};
        }
        if (S_ISLNK(status.st_mode)) {
            follow(part);
        } else {
            here_ = part == "/" ? "" : part;
        }
        return std::nullopt;
    }

    /// Whether others may make what is missing in the folder that was reached. Only the sticky bit
    /// lets a folder pass that others may write to.
    [[nodiscard]] bool may_be_made() const {
        struct stat status{};
        return stat(here_.empty() ? "/" : here_.c_str(), &status) != 0 ||
               ((status.st_mode & S_ISVTX) != 0 && (status.st_mode & (S_IWGRP | S_IWOTH)) != 0);
    }

    void follow(const std::string& link) {
        std::array<char, PATH_MAX> target{};
        const ssize_t size = readlink(link.c_str(), target.data(), target.size());
        if (size <= 0 || ++links_ > most_links) {
            ahead_.clear();
            return;
        }
        const std::string_view text(target.data(), static_cast<std::size_t>(size));
        if (text.starts_with('/')) {
            here_.clear();
        }
        push(text);
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
    std::string here_;  ///< the folder reached, without links; empty: the root
    std::deque<std::string> ahead_;
    int links_ = 0;
};

}  // namespace

std::optional<WeakPart> find_weak_part(const std::string& path, const Identity& trusted) {
    return Walk(trusted).go(path);
}

}  // namespace os
