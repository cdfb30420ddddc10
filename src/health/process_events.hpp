#pragma once

#include "health/process_event_message.hpp"
#include "os/error.hpp"
#include "os/fd.hpp"
#include "os/loop.hpp"
#include "vrrp/time.hpp"

#include <sys/types.h>

#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace health {

/// The kernel's word on new processes of the whole host (its netlink connector). It speaks only in
/// the first network, process and user namespaces, to who has CAP_NET_ADMIN. Where processes come
/// in crowds it is listened to each 10 ms. Pinned.
class ProcessEvents {
public:
    /// Which processes there are, each once. With `is_overrun` more than the kernel could keep for
    /// us have come: one has to look at all.
    struct News {
        std::vector<pid_t> pids;
        bool is_overrun = false;
    };
    /// Must not destroy the ProcessEvents that call it.
    using OnNews = std::move_only_function<void(const News& news, vrrp::Instant now)>;

    /// Fails where the kernel does not speak.
    [[nodiscard]] static std::expected<std::unique_ptr<ProcessEvents>, os::Error> open(
        os::Loop& loop, const ProcessWish& wish, OnNews on_news);

    ProcessEvents(const ProcessEvents&) = delete;
    ProcessEvents& operator=(const ProcessEvents&) = delete;
    ~ProcessEvents();

    [[nodiscard]] const std::optional<ProcessWish>& wish() const { return wish_; }
    /// Wishes something else from now on; does nothing where it is the same.
    [[nodiscard]] std::expected<void, os::Error> set_wish(const ProcessWish& wish);

private:
    ProcessEvents(os::Loop& loop, os::Fd socket, OnNews on_news);

    [[nodiscard]] std::expected<void, os::Error> tell(bool listens) const;
    [[nodiscard]] std::expected<void, os::Error> begin();
    [[nodiscard]] std::expected<void, os::Error> hear_answer();
    [[nodiscard]] std::expected<void, os::Error> watch();
    void hear(vrrp::Instant now);
    [[nodiscard]] News read_all() const;

    os::Loop& loop_;
    os::Fd socket_;
    OnNews on_news_;
    std::optional<ProcessWish> wish_;
    bool is_heard_ = false;  ///< the kernel speaks to us
    os::Source source_;      ///< inactive while we pause
    os::Timer pause_;
};

}  // namespace health
