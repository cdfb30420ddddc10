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

/// The kernel's links of some names and their addresses, kept true by its notifications
/// (rtnetlink). A lost notification (ENOBUFS) leads to reading them anew. Other links, be they
/// thousands, cost a look at each of their notifications, and call nobody.
class LinkMirror {
public:
    using OnChange = std::move_only_function<void(vrrp::Instant now)>;

    /// Reads the links of these names, then calls `on_change` from the loop, once for each wake-up
    /// in which something of theirs has changed, also where it has changed back. `loop` outlives
    /// the mirror, and `on_change` does not destroy it.
    [[nodiscard]] static std::expected<LinkMirror, os::Error> open(os::Loop& loop,
                                                                   std::vector<std::string> names,
                                                                   OnChange on_change);

    LinkMirror(LinkMirror&&) noexcept;
    ~LinkMirror();

    /// Follows the links of these names from now on, and knows them when it returns; what has
    /// changed meanwhile is called from the loop as always. An error changes nothing.
    [[nodiscard]] std::expected<void, os::Error> follow(std::vector<std::string> names,
                                                        vrrp::Instant now);

    /// The link of that name; nullptr where there is none. Valid until the loop turns.
    [[nodiscard]] const Link* find(std::string_view name) const;

    /// The link of that index, which has or had one of the names; nullptr where there is none. It
    /// tells how a link is called now that was renamed. Valid until the loop turns.
    [[nodiscard]] const Link* find(int index) const;

private:
    struct State;
    explicit LinkMirror(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace net
