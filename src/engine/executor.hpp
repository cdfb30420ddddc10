#pragma once

#include "engine/carrier.hpp"
#include "engine/crier.hpp"
#include "engine/segment.hpp"
#include "net/accept_filter.hpp"
#include "net/address_table.hpp"
#include "os/error.hpp"
#include "os/loop.hpp"
#include "vrrp/address.hpp"
#include "vrrp/effect.hpp"
#include "vrrp/virtual_router.hpp"

#include <chrono>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace engine {

class Instance;

/// What an effect of one router is about.
struct Subject {
    Instance& owner;  ///< is told what fails later
    const vrrp::VirtualRouter& router;
    Segment& segment;
    Carrier& carrier;
    std::span<const vrrp::VirtualAddress> addresses;
    std::span<const vrrp::VirtualAddress> removable;  ///< those of them that may be taken away
    std::span<const vrrp::VirtualAddress> renewable;  ///< those that are there by us alone
    std::optional<std::chrono::seconds> lease;        ///< nullopt: they stay until removed
    bool accepts_traffic = true;
    Carrier::WallTime wall_now;
};

/// Does to the kernel what a router says must be done.
///
/// What a router does in office (adverts, addresses put on the link and leases renewed,
/// announcements) waits for that of other routers until the end of the loop's callback, and is done
/// together: all adverts, then all addresses, then all announcements. Whatever else is to be done
/// is done at once, after all that waits; so each router's effects keep their order.
class Executor {
public:
    /// `announce_interval` is the least time between two announcements on one link, 0 for none;
    /// `loop` outlives the executor.
    [[nodiscard]] static std::expected<Executor, os::Error> open(os::Loop& loop,
                                                                 vrrp::Duration announce_interval);

    /// Carries one effect out, now or at the end of the callback; what fails then is told by
    /// Instance::take_failure(). Effects that only tell something do nothing.
    [[nodiscard]] std::expected<void, os::Error> execute(const vrrp::Effect& effect,
                                                         const Subject& subject);

    /// Puts a router's addresses on its link now, as it must know whether the kernel takes them.
    [[nodiscard]] std::expected<void, os::Error> install(const Subject& subject) {
        flush();
        return on(vrrp::InstallAddresses{}, subject);
    }

    /// Lets addresses accept traffic again that accepted none.
    [[nodiscard]] std::expected<void, os::Error> unblock(
        std::span<const vrrp::VirtualAddress> addresses) {
        return filter_ ? filter_->unblock(addresses) : Result{};
    }

    /// Another least time between two announcements, as Crier::change_interval().
    bool change_announce_interval(vrrp::Duration interval) {
        return crier_->change_interval(interval);
    }

    /// Takes addresses off a link that no router of ours has.
    [[nodiscard]] std::expected<void, os::Error> remove(
        const net::Link& link, std::span<const vrrp::VirtualAddress> addresses) {
        return table_.remove(link.index, addresses);
    }

    /// Calls back when all that waits is done; at once where nothing waits. For what may be slow
    /// and can be late, as the log.
    void after(std::move_only_function<void()> callback);

    /// Does all that waits.
    void flush();

private:
    using Result = std::expected<void, os::Error>;

    struct Work {
        vrrp::Effect effect;
        Subject subject;
    };
    struct Failure {
        const Work* work;
        os::Error error;
    };
    using Works = std::span<const Work* const>;

    Executor(os::Loop& loop, net::AddressTable table, std::unique_ptr<Crier> crier);
    void wait(const vrrp::Effect& effect, const Subject& subject);
    std::vector<Failure> carry_out(const std::vector<Work>& works);
    [[nodiscard]] bool is_of_its_own(const vrrp::Effect& effect) const;
    void carry_out_together(Works works, std::vector<Failure>& failures);
    Result carry_out(const vrrp::Effect& effect, const Subject& subject);
    Result block(std::span<const vrrp::VirtualAddress> addresses);

    Result on(const vrrp::SendAdvertisement& effect, const Subject& subject);
    Result on(const vrrp::InstallAddresses& effect, const Subject& subject);
    Result on(const vrrp::RemoveAddresses& effect, const Subject& subject);
    Result on(const vrrp::RefreshAddresses& effect, const Subject& subject);
    Result on(const vrrp::AnnounceAddresses& effect, const Subject& subject);

    os::Loop& loop_;
    std::vector<Work> waiting_;
    std::vector<std::move_only_function<void()>> after_;  ///< what waits
    std::vector<vrrp::VirtualAddress> addresses_;         ///< of works that are done together
    net::AddressTable table_;
    std::unique_ptr<Crier> crier_;
    std::optional<net::AcceptFilter> filter_;  ///< opened when a router first needs it
};

}  // namespace engine
