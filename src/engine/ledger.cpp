#include "engine/ledger.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <string_view>
#include <utility>

namespace engine {

namespace {

constexpr std::size_t ids = 256;
constexpr std::size_t families = 2;

std::size_t number_of(const config::Router& router) {
    const bool is_ipv4 = router.protocol.family() == vrrp::Family::ipv4;
    return router.protocol.virtual_router_id + (is_ipv4 ? 0 : ids);
}

/// Router ids have the places below 1024, addresses any above.
std::uint64_t place_of(const config::Router& router) {
    return number_of(router);
}

std::uint64_t place_of(const vrrp::IpAddress& address) {
    const auto bytes = address.bytes();
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return 1024 + (std::hash<std::string_view>{}(text) >> 2);
}

std::set<std::uint64_t> places_of(const config::Router& router) {
    std::set<std::uint64_t> places{place_of(router)};
    for (const vrrp::VirtualAddress& address : router.addresses) {
        places.insert(place_of(address.address));
    }
    return places;
}

}  // namespace

std::optional<vrrp::Instant> LedgerEntry::resumable_until() const {
    if (record_ == nullptr || record_->boot != boot_) {
        return std::nullopt;
    }
    const auto until = std::atomic_ref(record_->until).load(std::memory_order_relaxed);
    return until == 0 ? std::nullopt : std::optional(vrrp::Instant(vrrp::Duration(until)));
}

void LedgerEntry::note(vrrp::Instant resumable_until) {
    if (record_ != nullptr) {
        if (record_->boot != boot_) {
            clear();  // what stands there is of another boot
            record_->boot = boot_;
        }
        std::atomic_ref(record_->until)
            .store(resumable_until.time_since_epoch().count(), std::memory_order_relaxed);
    }
}

void LedgerEntry::clear() {
    if (record_ != nullptr) {
        std::atomic_ref(record_->until).store(0, std::memory_order_relaxed);
    }
}

std::expected<LedgerEntry, os::Error> Ledger::claim(const config::Router& router) {
    const std::string doing = fmt::format(
        "run router {}: another understudy runs its id {} or one of its addresses on {}",
        router.name, router.protocol.virtual_router_id, router.interface);
    auto page = page_of(router.interface);
    if (!page) {
        return std::unexpected(page.error());
    }
    for (const std::uint64_t place : places_of(router)) {
        if (const auto locked = (*page)->file.lock(place, doing); !locked) {
            return std::unexpected(locked.error());
        }
        (*page)->claimed.insert(place);
    }
    auto* const records = reinterpret_cast<LedgerEntry::Record*>((*page)->file.memory().data());
    return LedgerEntry(records + number_of(router), boot_);
}

void Ledger::release_all_but(std::span<const config::Router* const> routers) {
    std::map<std::string_view, std::set<std::uint64_t>> kept;
    for (const config::Router* const router : routers) {
        kept[router->interface].merge(places_of(*router));
    }
    for (Page& page : pages_) {
        const std::set<std::uint64_t>& wanted = kept[page.interface];
        std::erase_if(page.claimed, [&page, &wanted](std::uint64_t place) {
            if (wanted.contains(place)) {
                return false;
            }
            page.file.unlock(place);
            return true;
        });
    }
    std::erase_if(pages_, [](const Page& page) { return page.claimed.empty(); });
}

bool Ledger::claim_address(const std::string& interface, const vrrp::IpAddress& address) {
    auto page = page_of(interface);
    return page && (*page)->file.lock(place_of(address), "claim an address").has_value();
}

void Ledger::release_address(const std::string& interface, const vrrp::IpAddress& address) {
    if (auto page = page_of(interface)) {
        (*page)->file.unlock(place_of(address));
    }
}

std::expected<Ledger::Page*, os::Error> Ledger::page_of(const std::string& interface) {
    const auto known = std::ranges::find(pages_, interface, &Page::interface);
    if (known != pages_.end()) {
        return &*known;
    }
    constexpr std::size_t size = families * ids * sizeof(LedgerEntry::Record);
    auto file = os::LockFile::open(folder_, interface, size);
    if (!file) {
        return std::unexpected(file.error());
    }
    return &pages_.emplace_back(interface, std::move(*file), std::set<std::uint64_t>());
}

}  // namespace engine
