#pragma once

#include "net/kernel_follower.hpp"
#include "net/link.hpp"
#include "os/error.hpp"
#include "os/loop.hpp"
#include "vrrp/address.hpp"
#include "vrrp/time.hpp"

#include <expected>
#include <functional>
#include <map>

namespace net {

/// On which of this host's links one address is, kept true by the kernel's notices. All others, be
/// they thousands, cost the time to read them once, in pieces, and again after a change. Pinned.
class AddressWatch {
public:
    using OnChange = std::move_only_function<void(vrrp::Instant now)>;
    using Places = std::map<int, LinkAddress>;  ///< by the link's index

    /// `loop` outlives the watch, and `on_change` does not destroy it.
    AddressWatch(const vrrp::IpAddress& address, os::Loop& loop, OnChange on_change);

    /// Begins to watch; `on_change` is called when the places are known, and when they are others.
    [[nodiscard]] std::expected<void, os::Error> start() { return follower_.start(); }

    [[nodiscard]] bool is_known() const { return is_known_; }
    [[nodiscard]] const Places& places() const { return places_; }

private:
    [[nodiscard]] KernelListener listener();
    [[nodiscard]] NoticeEffect apply(nlmsghdr& message, Places& places) const;

    vrrp::IpAddress address_;
    Places places_;
    Places dumped_;
    Places told_;  ///< as they were when that was told
    OnChange on_change_;
    bool is_known_ = false;
    bool is_told_ = false;
    KernelFollower follower_;
};

/// The name of the link of that index, as it is now; "link 7" where there is none.
[[nodiscard]] std::string link_name(int index);

}  // namespace net
