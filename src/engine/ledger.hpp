#pragma once

#include "config/config.hpp"
#include "os/error.hpp"
#include "os/lock_file.hpp"
#include "vrrp/address.hpp"
#include "vrrp/time.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace engine {

/// One router's line in the ledger: until when whoever starts next may resume as master. Writing
/// costs no system call, so that it is done with each advert.
class LedgerEntry {
public:
    /// One that is written nowhere.
    LedgerEntry() = default;

    /// Until when a router that starts now may resume; nullopt where it was not master.
    [[nodiscard]] std::optional<vrrp::Instant> resumable_until() const;
    void note(vrrp::Instant resumable_until);
    void clear();

private:
    friend class Ledger;
    struct Record {
        std::uint64_t boot;
        std::int64_t until;  ///< nanoseconds of the loop's clock; 0: not master
    };
    LedgerEntry(Record* record, std::uint64_t boot) : record_(record), boot_(boot) {}

    Record* record_ = nullptr;
    std::uint64_t boot_ = 0;
};

/// What the daemons of this host know of each other, and of those before them: who runs a router id
/// or an address, and which router was master until now. One file for each interface, which
/// outlives a daemon that crashes.
class Ledger {
public:
    explicit Ledger(std::string folder = "/run/understudy") : folder_(std::move(folder)) {}

    /// Claims a router's id and its addresses on its interface, as long as this lives. Fails where
    /// another daemon has claimed one: two would take each other's addresses as left over.
    [[nodiscard]] std::expected<LedgerEntry, os::Error> claim(const config::Router& router);

    /// Gives up all claims but those of these routers, whose lines in it stay where they are.
    void release_all_but(std::span<const config::Router* const> routers);

    /// Claims one address on an interface; false where another daemon has claimed it.
    [[nodiscard]] bool claim_address(const std::string& interface, const vrrp::IpAddress& address);
    /// Gives it up again.
    void release_address(const std::string& interface, const vrrp::IpAddress& address);

private:
    struct Page {
        std::string interface;
        os::LockFile file;
        std::set<std::uint64_t> claimed;  ///< places
    };

    [[nodiscard]] std::expected<Page*, os::Error> page_of(const std::string& interface);

    std::string folder_;
    std::uint64_t boot_ = os::boot_number();
    std::vector<Page> pages_;
};

}  // namespace engine
