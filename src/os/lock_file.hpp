#pragma once

#include "os/error.hpp"
#include "os/fd.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>

namespace os {

/// Gives mapped memory back.
struct Unmap {
    std::size_t size = 0;
    void operator()(std::byte* memory) const;
};

/// A file that the processes of one network namespace share: any number of
/// places, each of which one process at a time can hold, and a few bytes of memory that outlive
/// whoever wrote them, but not the host's boot.
class LockFile {
public:
    /// Opens or makes the file of that name, and the folder where there is none. Its memory is of
    /// `size` bytes, zeros at first.
    [[nodiscard]] static std::expected<LockFile, Error> open(const std::string& folder,
                                                             const std::string& name,
                                                             std::size_t size);

    /// Holds a place below 2^63 as long as this lives; a crash gives it up too. EAGAIN where
    /// another process holds it; `doing` is what the error says was being done. Once more is a
    /// success.
    [[nodiscard]] std::expected<void, Error> lock(std::uint64_t place, const std::string& doing);

    /// Gives a place up; does nothing where it is not held here.
    void unlock(std::uint64_t place);

    /// The memory, at the same addresses as long as this lives. What is written is there at once
    /// for others, and after a crash.
    [[nodiscard]] std::span<std::byte> memory() const { return {memory_.get(), size_}; }

private:
    LockFile() = default;
    bool set_lock(short type, std::uint64_t place);

    Fd fd_;
    std::size_t size_ = 0;
    std::unique_ptr<std::byte, Unmap> memory_;
};

/// A number of this boot of the host: another one after each boot, the same for all processes.
[[nodiscard]] std::uint64_t boot_number();

}  // namespace os
