#pragma once

#include "os/error.hpp"
#include "os/loop.hpp"
#include "vrrp/time.hpp"

#include <expected>
#include <functional>

namespace os {

/// Work that takes longer than a loop may wait, in a thread of its own: one thing at a time. What
/// runs when this is destroyed is left to end by itself, and nobody hears of it. Pinned.
class Background {
public:
    using Work = std::move_only_function<void()>;
    using OnEnd = std::move_only_function<void(vrrp::Instant now)>;

    /// `loop` outlives this.
    explicit Background(Loop& loop);
    Background(const Background&) = delete;
    Background& operator=(const Background&) = delete;
    ~Background();

    /// Lets `work` be done, which touches nothing but what it owns, and calls back from the loop
    /// when it is. Not while other work is.
    [[nodiscard]] std::expected<void, Error> start(Work work, OnEnd on_end);

private:
    struct Shared;

    Loop& loop_;
    Shared* running_ = nullptr;
    Source ended_;
};

}  // namespace os
