#include "os/path_walk.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstddef>
#include <iterator>
#include <utility>

namespace os {

namespace {

/// As many as the kernel follows.
constexpr int most_links = 40;

constexpr std::size_t root_size = 1;

}  // namespace

PathWalk::PathWalk(std::string_view path) {
    push(path);
}

bool PathWalk::next() {
    has_arrived_ = false;
    while (!ahead_.empty()) {
        name_ = std::move(ahead_.front());
        ahead_.pop_front();
        if (name_ != "..") {
            return true;
        }
        folder_.resize(std::max(folder_.rfind('/'), root_size));
    }
    return false;
}

std::string PathWalk::place() const {
    return fmt::format("{}/{}", folder_ == "/" ? "" : folder_, name_);
}

std::optional<struct stat> PathWalk::pass() {
    const std::string part = place();
    struct stat status{};
    if (lstat(part.c_str(), &status) != 0) {
        ahead_.clear();
        return std::nullopt;
    }
    if (S_ISLNK(status.st_mode)) {
        follow(part);
        return status;
    }
    has_arrived_ = ahead_.empty();
    if (S_ISDIR(status.st_mode)) {
        folder_ = part;
    } else {
        // Nothing stands in what is no folder.
        ahead_.clear();
    }
    return status;
}

void PathWalk::follow(const std::string& link) {
    std::array<char, PATH_MAX> target{};
    const ssize_t size = readlink(link.c_str(), target.data(), target.size());
    if (size <= 0 || ++links_ > most_links) {
        ahead_.clear();
        return;
    }
    const std::string_view text(target.data(), static_cast<std::size_t>(size));
    if (text.starts_with('/')) {
        folder_.resize(root_size);
    }
    push(text);
}

/// What is to be walked before what is ahead already.
void PathWalk::push(std::string_view path) {
    auto next = ahead_.begin();
    while (!path.empty()) {
        const std::string_view name = path.substr(0, path.find('/'));
        path.remove_prefix(name.size() == path.size() ? name.size() : name.size() + 1);
        if (!name.empty() && name != ".") {
            next = std::next(ahead_.insert(next, std::string(name)));
        }
    }
}

}  // namespace os
