#include "cli/secret_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <system_error>

namespace cli {

namespace {

constexpr mode_t secret_mode = 0640;

std::unexpected<std::string> failure(const char* what) {
    return std::unexpected(fmt::format("{}: {}", what, std::generic_category().message(errno)));
}

bool write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const ssize_t count = ::write(fd, text.data(), text.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return false;
        }
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return ::fchmod(fd, secret_mode) == 0 && ::fsync(fd) == 0;
}

/// Gives the file its name, in one step.
std::expected<void, std::string> put_in_place(const std::string& from, const std::string& path,
                                              bool may_replace) {
    const unsigned flags = may_replace ? 0 : RENAME_NOREPLACE;
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, path.c_str(), flags) == 0) {
        return {};
    }
    if (errno == EEXIST) {
        return std::unexpected("the file is there already\n  help: --force replaces it");
    }
    // Some file systems can't refuse to replace; a link can't replace anything.
    if (errno == EINVAL && !may_replace && ::link(from.c_str(), path.c_str()) == 0) {
        ::unlink(from.c_str());
        return {};
    }
    return failure("the file cannot be put in its place");
}

}  // namespace

std::expected<void, std::string> write_secret_file(const std::string& path, std::string_view text,
                                                   bool may_replace) {
    std::string name = path + ".XXXXXX";
    const int fd = ::mkostemp(name.data(), O_CLOEXEC);
    if (fd < 0) {
        return failure("the file cannot be made");
    }
    const bool is_written = write_all(fd, text);
    const int write_error = errno;
    ::close(fd);
    if (!is_written) {
        ::unlink(name.c_str());
        errno = write_error;
        return failure("the file cannot be written");
    }
    auto placed = put_in_place(name, path, may_replace);
    if (!placed) {
        ::unlink(name.c_str());
    }
    return placed;
}

}  // namespace cli
