#pragma once

#include <sys/stat.h>

#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace os {

/// The way along an absolute path, part by part from the root on and along its symbolic links, as
/// the kernel goes it. So each part can be judged before it is looked at, and before it is passed.
class PathWalk {
public:
    explicit PathWalk(std::string_view path);

    /// Goes to the next part; false at the end, and where the path leads nowhere.
    [[nodiscard]] bool next();

    /// The folder in which the part stands, without links: "/", "/etc".
    [[nodiscard]] const std::string& folder() const { return folder_; }
    [[nodiscard]] const std::string& name() const { return name_; }
    /// The part's own path: "/etc/ssl".
    [[nodiscard]] std::string place() const;

    /// Looks at the part and passes it: into a folder, or along a symbolic link. Nullopt, with
    /// errno, where there is none.
    [[nodiscard]] std::optional<struct stat> pass();

    /// Whether the part that was passed is what the path leads to. A symbolic link never is.
    [[nodiscard]] bool has_arrived() const { return has_arrived_; }

private:
    void follow(const std::string& link);
    void push(std::string_view path);

    std::string folder_ = "/";
    std::string name_;
    std::deque<std::string> ahead_;
    int links_ = 0;
    bool has_arrived_ = false;
};

}  // namespace os
