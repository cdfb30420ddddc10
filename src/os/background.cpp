#include "os/background.hpp"

#include "os/fd.hpp"
#include "os/thread.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace os {

namespace {

/// As a main thread has: a file's nesting is read by recursion. It is memory only where it is used.
constexpr std::size_t stack_size = 8UL * 1024UL * 1024UL;

}  // namespace

/// What the loop and the thread share; who leaves it last deletes it.
struct Background::Shared {
    Work work;
    Fd end;  ///< readable once the work is done
    std::atomic<int> holders{2};

    void leave() {
        if (holders.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            delete this;
        }
    }

    static void* run(void* self) {
        auto* const shared = static_cast<Shared*>(self);
        shared->work();
        const std::uint64_t one = 1;
        // Can't fail: the counter is at 0.
        [[maybe_unused]] const ssize_t size = write(shared->end.get(), &one, sizeof one);
        shared->leave();
        return nullptr;
    }
};

Background::Background(Loop& loop) : loop_(loop) {}

Background::~Background() {
    ended_ = Source();
    if (running_ != nullptr) {
        running_->leave();
    }
}

std::expected<void, Error> Background::start(Work work, OnEnd on_end) {
    assert(running_ == nullptr);
    Fd end(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!end.is_open()) {
        return std::unexpected(last_error("start a thread"));
    }
    auto* const shared = new Shared{.work = std::move(work), .end = std::move(end)};
    auto source = loop_.watch(
        shared->end.get(), EPOLLIN, Urgency::clients,
        [this, on_end = std::move(on_end)](std::uint32_t /*events*/, vrrp::Instant now) mutable {
            // The callback may start something new.
            OnEnd callback = std::move(on_end);
            ended_ = Source();
            std::exchange(running_, nullptr)->leave();
            callback(now);
        });
    const int code = source ? start_thread(stack_size, &Shared::run, shared) : source.error().code;
    if (code != 0) {
        source = std::unexpected(Error{code, "start a thread"});
        delete shared;
        return std::unexpected(Error{code, "start a thread"});
    }
    running_ = shared;
    ended_ = std::move(*source);
    return {};
}

}  // namespace os
