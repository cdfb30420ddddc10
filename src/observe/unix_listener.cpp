#include "observe/unix_listener.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <system_error>

namespace observe {

namespace {

constexpr int backlog = 64;

std::optional<sockaddr_un> to_sockaddr(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof(address.sun_path)) {
        return std::nullopt;
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    return address;
}

bool somebody_answers(const sockaddr_un& address) {
    const os::Fd probe(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const int result =
        connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address));
    // Where it can't be told, a living daemon's socket is not taken away.
    return result == 0 || (errno != ECONNREFUSED && errno != ENOENT && errno != ENOTDIR);
}

}  // namespace

std::expected<os::Fd, os::Error> listen_on(const std::string& path) {
    const std::string doing = "listen on " + path;
    const auto address = to_sockaddr(path);
    if (!address) {
        return std::unexpected(os::Error{ENAMETOOLONG, doing});
    }
    if (somebody_answers(*address)) {
        return std::unexpected(os::Error{EADDRINUSE, doing + " (another understudy runs)"});
    }
    std::error_code ignored;  // what is wrong with the folder shows in bind
    std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
    struct stat found{};
    if (lstat(path.c_str(), &found) == 0 && S_ISSOCK(found.st_mode)) {
        unlink(path.c_str());
    }
    os::Fd listener(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!listener.is_open()) {
        return std::unexpected(os::last_error(doing));
    }
    // The mode is set before anybody can connect: there is no listener yet.
    if (bind(listener.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof(*address)) != 0 ||
        chmod(path.c_str(), 0660) != 0 || listen(listener.get(), backlog) != 0) {
        return std::unexpected(os::last_error(doing));
    }
    return listener;
}

}  // namespace observe
