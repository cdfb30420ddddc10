#include "os/lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <filesystem>
#include <system_error>

namespace os {

namespace {

constexpr const char* folder = "/run/understudy";

}  // namespace

std::expected<Fd, Error> lock(const std::string& name, const std::string& doing) {
    // Namespaces may share /run, but not their links.
    struct stat network{};
    if (stat("/proc/self/ns/net", &network) != 0) {
        return std::unexpected(last_error(doing));
    }
    std::error_code ignored;  // what is wrong with the folder shows in open
    std::filesystem::create_directories(folder, ignored);
    const std::string path = fmt::format("{}/{}-{}.lock", folder, network.st_ino, name);
    Fd file(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file.is_open() || flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        return std::unexpected(last_error(doing));
    }
    return file;
}

}  // namespace os
