#include "health/regular_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <string_view>
#include <system_error>

namespace health {

namespace {

std::string_view kind_of(mode_t mode) {
    switch (mode & S_IFMT) {
        case S_IFDIR: return "a folder";
        case S_IFIFO: return "a FIFO";
        case S_IFSOCK: return "a socket";
        case S_IFCHR:
        case S_IFBLK: return "a device";
        default: return "no file";
    }
}

std::unexpected<std::string> unreadable() {
    return std::unexpected("can't be read: " + std::generic_category().message(errno));
}

}  // namespace

std::expected<os::Fd, std::string> open_regular(const os::Fd& place) {
    struct stat status{};
    if (fstat(place.get(), &status) < 0) {
        return unreadable();
    }
    if (!S_ISREG(status.st_mode)) {
        return std::unexpected(fmt::format("is {}", kind_of(status.st_mode)));
    }
    const std::string path = fmt::format("/proc/self/fd/{}", place.get());
    os::Fd file(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
    if (!file.is_open()) {
        return unreadable();
    }
    return file;
}

}  // namespace health
