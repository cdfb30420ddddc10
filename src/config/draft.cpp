#include "config/draft.hpp"

#include "config/check_graph.hpp"

#include <fmt/format.h>

#include <map>
#include <tuple>
#include <utility>

namespace config {

namespace {

/// The places where something was first said, to be named when it is said again.
template <class Key>
class FirstPlaces {
public:
    /// The router and place that said `key` before; nullptr if nobody did.
    const std::pair<std::string, Place>* claim(const Key& key, const std::string& router,
                                               Place place) {
        const auto [entry, is_new] = places_.try_emplace(key, router, place);
        return is_new ? nullptr : &entry->second;
    }

    [[nodiscard]] bool is_empty() const { return places_.empty(); }

private:
    std::map<Key, std::pair<std::string, Place>> places_;
};

void check_router_ids(const Draft& draft, Report& report) {
    FirstPlaces<std::tuple<std::string, std::uint8_t, vrrp::Family>> places;
    for (const RouterDraft& draft_router : draft.routers) {
        const Router& router = draft_router.router;
        const std::uint8_t id = router.protocol.virtual_router_id;
        if (id == 0 || router.interface.empty()) {
            continue;  // said already
        }
        const auto* const first = places.claim({router.interface, id, router.protocol.family()},
                                               router.name, draft_router.router_id_place);
        if (first != nullptr) {
            report.error(draft_router.router_id_place,
                         fmt::format("router {} has virtual router id {} on {}, which is that of "
                                     "router {} ({})",
                                     router.name, id, router.interface, first->first,
                                     report.where(first->second, draft_router.router_id_place)),
                         "give each router of an interface an id of its own");
        }
    }
}

void check_addresses(const Draft& draft, Report& report) {
    FirstPlaces<std::tuple<std::string, vrrp::IpAddress>> places;
    for (const RouterDraft& draft_router : draft.routers) {
        const Router& router = draft_router.router;
        if (router.interface.empty()) {
            continue;
        }
        for (std::size_t index = 0; index < router.addresses.size(); ++index) {
            const vrrp::IpAddress& address = router.addresses[index].address;
            const Place place = draft_router.address_places[index];
            const auto* const first = places.claim({router.interface, address}, router.name, place);
            if (first != nullptr) {
                report.error(place,
                             fmt::format("{} stands in router {} already ({})", address.to_text(),
                                         first->first, report.where(first->second, place)));
            }
        }
    }
}

/// What an address accepts is filtered wherever it comes in: one that is on two links can't accept
/// on one of them only.
void check_accept(const Draft& draft, Report& report) {
    FirstPlaces<vrrp::IpAddress> places;
    const auto claim_all = [&](bool accepts) {
        for (const RouterDraft& draft_router : draft.routers) {
            const Router& router = draft_router.router;
            for (std::size_t index = 0; index < router.addresses.size(); ++index) {
                const vrrp::IpAddress& address = router.addresses[index].address;
                const Place place = draft_router.address_places[index];
                if (router.accepts_traffic != accepts) {
                    continue;
                }
                const auto* const first = places.claim(address, router.name, place);
                if (first != nullptr && first->first != router.name) {
                    report.error(place,
                                 fmt::format("{} stands in router {} too ({}), which does "
                                             "not accept traffic for it",
                                             address.to_text(), first->first,
                                             report.where(first->second, place)),
                                 "give each link an address of its own where accept is false");
                }
            }
        }
    };
    claim_all(false);
    if (!places.is_empty()) {
        claim_all(true);
    }
}

}  // namespace

Config complete(const Draft& draft, Severity unused_check, Report& report) {
    check_router_ids(draft, report);
    check_addresses(draft, report);
    check_accept(draft, report);
    Config config;
    config.daemon = draft.daemon;
    config.groups = draft.groups;
    for (const RouterDraft& router : draft.routers) {
        config.routers.push_back(router.router);
        config.router_places.push_back({router.place, router.address_places});
    }
    resolve_checks(draft, unused_check, config, report);
    return config;
}

}  // namespace config
