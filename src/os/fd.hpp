#pragma once

namespace os {

/// A file descriptor that is closed with its owner.
class Fd {
public:
    Fd() = default;
    /// Takes a descriptor over; a negative one means "none".
    explicit Fd(int fd) : fd_(fd) {}
    Fd(Fd&& other) noexcept;
    Fd& operator=(Fd&& other) noexcept;
    ~Fd();

    [[nodiscard]] int get() const { return fd_; }
    [[nodiscard]] bool is_open() const { return fd_ >= 0; }

    /// Gives the descriptor up without closing it.
    [[nodiscard]] int release();

    /// Closes the descriptor; does nothing where there is none.
    void close();

private:
    int fd_ = -1;
};

}  // namespace os
