#pragma once

#include "net/link.hpp"
#include "os/error.hpp"
#include "os/loop.hpp"
#include "vrrp/time.hpp"

#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace net {

/// The kernel's links and their addresses, kept true by its notifications (rtnetlink). A lost
/// notification (ENOBUFS) leads to a fresh dump.
class LinkMirror {
public:
    using OnChange = std::move_only_function<void(vrrp::Instant now)>;

    /// Reads all links, then calls `on_change` from the loop, once for each wake-up in which
    /// something has changed, also where it has changed back. `loop` outlives the mirror, and
    /// `on_change` does not destroy it.
    [[nodiscard]] static std::expected<LinkMirror, os::Error> open(os::Loop& loop,
                                                                   OnChange on_change);

    LinkMirror(LinkMirror&&) noexcept;
    ~LinkMirror();

    /// The link of that name; nullptr where there is none. Valid until the loop turns.
    [[nodiscard]] const Link* find(std::string_view name) const;

    /// All links, in no particular order. Valid until the loop turns.
    [[nodiscard]] const std::vector<Link>& links() const;

private:
    struct State;
    explicit LinkMirror(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// The names of all links right now, for messages; empty where they can't be read.
[[nodiscard]] std::vector<std::string> link_names();

}  // namespace net
