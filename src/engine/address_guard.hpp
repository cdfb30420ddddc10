#pragma once

#include "net/link.hpp"
#include "vrrp/address.hpp"

#include <cstddef>
#include <vector>

namespace engine {

/// Knows which of a router's addresses stand on its link: what was there before us, and whether
/// what we put there still is. It only looks; what is to be done is the instance's.
class AddressGuard {
public:
    /// `has_marks`: the kernel keeps our mark on addresses.
    AddressGuard(std::vector<vrrp::VirtualAddress> addresses, bool has_marks);

    /// What of our addresses a link has that we meet before we serve there.
    struct Found {
        std::vector<vrrp::VirtualAddress> foreign;  ///< put there by another
        bool has_left_overs = false;                ///< some bear our mark: of an earlier run
    };

    /// Looks at a link that we meet, and remembers whose its addresses are.
    [[nodiscard]] Found meet(const net::Link& link);

    /// Guards other addresses from now on; nothing of those that it had before is forgotten.
    /// `link`, nullptr where there is none, is as it was before any of them was put there.
    void change(std::vector<vrrp::VirtualAddress> addresses, const net::Link* link);

    /// All addresses but those that another has put on the link, as it was last looked at.
    [[nodiscard]] const std::vector<vrrp::VirtualAddress>& ours() const { return ours_; }

    /// From now on they are put there or taken away anew: what is not there may be on its way.
    void begin() { has_seen_all_ = false; }

    /// Looks at the link again: whether some are gone that had all been there; true once for each
    /// time.
    [[nodiscard]] bool has_lost(const net::Link& link);

private:
    /// The place of an address in `sorted_`; its size where it is none of ours.
    [[nodiscard]] std::size_t place_of(const vrrp::IpAddress& address) const;
    /// The link's entry of each of our addresses, in the order of `sorted_`; nullptr: not there.
    /// An IPv4 address with another prefix length is another one to the kernel.
    [[nodiscard]] std::vector<const net::LinkAddress*> find_on(const net::Link& link) const;

    std::vector<vrrp::VirtualAddress> addresses_;
    std::vector<vrrp::VirtualAddress> ours_;
    std::vector<vrrp::VirtualAddress> sorted_;  ///< a link and a router may have thousands
    bool has_marks_;
    bool has_seen_all_ = false;
};

}  // namespace engine
