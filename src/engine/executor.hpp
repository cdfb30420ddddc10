#pragma once

#include "engine/carrier.hpp"
#include "engine/segment.hpp"
#include "net/accept_filter.hpp"
#include "net/address_table.hpp"
#include "net/announcer.hpp"
#include "os/error.hpp"
#include "vrrp/address.hpp"
#include "vrrp/effect.hpp"
#include "vrrp/virtual_router.hpp"

#include <expected>
#include <optional>
#include <span>

namespace engine {

/// What an effect of one router is about.
struct Subject {
    const vrrp::VirtualRouter& router;
    Segment& segment;
    Carrier& carrier;
    std::span<const vrrp::VirtualAddress> addresses;
    std::span<const vrrp::VirtualAddress> removable;  ///< those of them that may be taken away
    bool accepts_traffic = true;
    bool may_wait = false;  ///< an advert, for those of other routers; see Segment::queue()
    Carrier::WallTime wall_now;
};

/// Does to the kernel what a router says must be done.
class Executor {
public:
    [[nodiscard]] static std::expected<Executor, os::Error> open();

    /// Carries one effect out, before it returns, and after all adverts of the segment that wait;
    /// one that may wait itself joins them. Effects that only tell something do nothing.
    [[nodiscard]] std::expected<void, os::Error> execute(const vrrp::Effect& effect,
                                                         const Subject& subject);

private:
    using Result = std::expected<void, os::Error>;

    Executor(net::AddressTable table, net::Announcer announcer);
    Result block(std::span<const vrrp::VirtualAddress> addresses);

    Result on(const vrrp::SendAdvertisement& effect, const Subject& subject);
    Result on(const vrrp::InstallAddresses& effect, const Subject& subject);
    Result on(const vrrp::RemoveAddresses& effect, const Subject& subject);
    Result on(const vrrp::AnnounceAddresses& effect, const Subject& subject);

    net::AddressTable table_;
    net::Announcer announcer_;
    std::optional<net::AcceptFilter> filter_;  ///< opened when a router first needs it
};

}  // namespace engine
