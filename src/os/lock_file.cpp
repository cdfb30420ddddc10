#include "os/lock_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <system_error>

namespace os {

void Unmap::operator()(std::byte* memory) const {
    munmap(memory, size);
}

std::expected<LockFile, Error> LockFile::open(const std::string& folder, const std::string& name,
                                              std::size_t size) {
    // Namespaces may share /run, but not their links.
    struct stat network{};
    if (stat("/proc/self/ns/net", &network) != 0) {
        return std::unexpected(last_error("look at /proc/self/ns/net"));
    }
    std::error_code ignored;  // what is wrong with the folder shows in open
    std::filesystem::create_directories(folder, ignored);
    const std::string path = fmt::format("{}/{}-{}.lock", folder, network.st_ino, name);
    LockFile file;
    file.fd_ = Fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file.fd_.is_open()) {
        return std::unexpected(last_error("open " + path));
    }
    // Its blocks are taken now: a full disk would end us when we write to the memory.
    if (const int error = posix_fallocate(file.fd_.get(), 0, static_cast<off_t>(size))) {
        return std::unexpected(Error{error, "make room for " + path});
    }
    void* const memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file.fd_.get(), 0);
    if (memory == MAP_FAILED) {
        return std::unexpected(last_error("map " + path));
    }
    file.size_ = size;
    file.memory_ = std::unique_ptr<std::byte, Unmap>(static_cast<std::byte*>(memory), Unmap{size});
    return file;
}

std::expected<void, Error> LockFile::lock(std::uint64_t place, const std::string& doing) {
    return set_lock(F_WRLCK, place) ? std::expected<void, Error>()
                                    : std::unexpected(last_error(doing));
}

void LockFile::unlock(std::uint64_t place) {
    set_lock(F_UNLCK, place);
}

bool LockFile::set_lock(short type, std::uint64_t place) {
    struct flock range{};
    range.l_type = type;
    range.l_whence = SEEK_SET;
    range.l_start = static_cast<off_t>(place);
    range.l_len = 1;
    // It belongs to the descriptor: a process that only opens and closes the file gives up nothing.
    return fcntl(fd_.get(), F_OFD_SETLK, &range) == 0;
}

std::uint64_t boot_number() {
    std::ifstream file("/proc/sys/kernel/random/boot_id");
    std::string text;
    std::getline(file, text);
    return std::hash<std::string>{}(text);
}

}  // namespace os
