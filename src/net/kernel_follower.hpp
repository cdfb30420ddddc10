#pragma once

#include "net/notice_filter.hpp"
#include "os/error.hpp"
#include "os/fd.hpp"
#include "os/loop.hpp"
#include "vrrp/time.hpp"

#include <linux/netlink.h>

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace net {

/// What is followed: which notices, and which question tells how things are.
struct KernelTopic {
    std::string name;             ///< for messages: "routes"
    std::vector<int> groups;      ///< RTNLGRP_…
    NoticeFilter filter;          ///< which of their notices wake us
    std::uint16_t request = 0;    ///< RTM_GET…
    std::vector<std::byte> wish;  ///< the request's body: which things to tell of
};

/// What a notice is to the follower's owner.
enum class NoticeEffect : std::uint8_t {
    none,     ///< it is about other things
    taken,    ///< the owner knows what follows from it; a dump a moment later confirms it
    unclear,  ///< only a dump tells what follows from it
};

/// What a follower's owner does with what it is told. None of them destroys the follower.
struct KernelListener {
    std::move_only_function<void()> on_begin;  ///< a dump begins
    std::move_only_function<void(nlmsghdr& message)> on_dumped;
    std::move_only_function<void(vrrp::Instant now)> on_end;  ///< all has been dumped
    std::move_only_function<NoticeEffect(nlmsghdr& message)> on_notice;
    std::move_only_function<void(vrrp::Instant now)> on_done;  ///< with all that was told at once
};

/// Follows things of the kernel by rtnetlink: what there is (a dump), and what becomes of it
/// (notices). A dump may be of a million things, so it is read in pieces between which the loop
/// turns, and takes at most a twentieth of the time. Notices that come during it are repeated after
/// it. Lost ones lead to a fresh dump, and so do, a moment later, those that matter: not every
/// change is told as it is. Pinned.
class KernelFollower {
public:
    KernelFollower(KernelTopic topic, KernelListener listener, os::Loop& loop);
    KernelFollower(const KernelFollower&) = delete;
    KernelFollower& operator=(const KernelFollower&) = delete;

    /// Begins to follow, and with the first dump. All calls to the listener come from the loop.
    [[nodiscard]] std::expected<void, os::Error> start();

private:
    [[nodiscard]] std::expected<void, os::Error> subscribe();
    [[nodiscard]] std::expected<void, os::Error> ask();
    void dump_at(vrrp::Instant at);
    void begin_dump(vrrp::Instant now);
    void read_dump(vrrp::Instant now);
    [[nodiscard]] bool take_dump(std::size_t size);
    void end_dump(vrrp::Instant now);
    void give_up_dump(const os::Error& error, vrrp::Instant now);
    void read_notices(vrrp::Instant now);
    void take_notices(std::size_t size, vrrp::Instant now);
    [[nodiscard]] os::Error error() const;

    KernelTopic topic_;
    KernelListener listener_;
    os::Loop& loop_;
    std::vector<std::byte> buffer_;
    os::Fd notices_;
    os::Source notices_source_;
    os::Timer timer_;
    std::optional<vrrp::Instant> next_dump_;
    std::optional<vrrp::Instant> confirm_at_;  ///< a dump is to begin then, or later
    vrrp::Instant not_before_;                 ///< the earliest time of another dump
    os::Fd dump_;                              ///< while one is being read
    os::Source dump_source_;
    vrrp::Instant begun_at_;
    bool is_interrupted_ = false;
    int interruptions_ = 0;                         ///< in a row
    std::optional<int> refusal_;                    ///< why the kernel does not answer, an errno
    std::vector<std::vector<std::byte>> repeated_;  ///< notices since the dump began
};

}  // namespace net
