#include "config/draft.hpp"

#include "config/nearest.hpp"
#include "config/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
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
            report.error(
                draft_router.router_id_place,
                fmt::format("router {} has virtual router id {} on {}, which is that of "
                            "router {} (line {})",
                            router.name, id, router.interface, first->first, first->second.line),
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
                             fmt::format("{} stands in router {} already (line {})",
                                         address.to_text(), first->first, first->second.line));
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
                                 fmt::format("{} stands in router {} too (line {}), which does "
                                             "not accept traffic for it",
                                             address.to_text(), first->first, first->second.line),
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

std::vector<std::string> check_names(const Draft& draft) {
    std::vector<std::string> names;
    for (const CheckDraft& check : draft.checks) {
        names.push_back(check.check.name);
    }
    return names;
}

/// The names of all checks that some router of some host uses.
std::set<std::string> check_uses(const Draft& draft, const Dialect& dialect, Report& report) {
    const std::vector<std::string> known = check_names(draft);
    std::set<std::string> used;
    std::set<std::tuple<std::size_t, std::size_t>> told;  // both parts of a router say the same
    for (const RouterDraft& router : draft.routers) {
        for (const CheckUse& use : router.checks) {
            used.insert(use.name);
            if (std::ranges::find(known, use.name) == known.end() &&
                told.emplace(use.place.line, use.place.column).second) {
                report.error(
                    use.place,
                    fmt::format("router {} uses {} {}, which is not defined", router.router.name,
                                dialect.check_word, in_quotes(use.name)),
                    known.empty() ? fmt::format("no {} is defined", dialect.check_word)
                                  : suggest(use.name, known));
            }
        }
    }
    return used;
}

void report_unused(const Draft& draft, const std::set<std::string>& used, const Dialect& dialect,
                   Report& report) {
    for (const CheckDraft& check : draft.checks) {
        if (used.contains(check.check.name) || draft.routers.empty()) {
            continue;
        }
        const std::string message =
            fmt::format("{} {} is used by no router", dialect.check_word, check.check.name);
        if (dialect.unused_check == Severity::error) {
            report.error(check.place, message,
                         fmt::format("add it to the checks of a router: checks = [\"{}\"]",
                                     check.check.name));
        } else {
            report.warning(check.place, message, "it is never run");
        }
    }
}

/// The router with the checks that it has on this host, each once.
Router with_checks(const RouterDraft& draft) {
    Router router = draft.router;
    for (const CheckUse& use : draft.checks) {
        if (use.is_here && std::ranges::find(router.checks, use.name) == router.checks.end()) {
            router.checks.push_back(use.name);
        }
    }
    return router;
}

bool is_used(const std::vector<Router>& routers, const std::string& check) {
    return std::ranges::any_of(routers, [&check](const Router& router) {
        return std::ranges::find(router.checks, check) != router.checks.end();
    });
}

}  // namespace

Config complete(const Draft& draft, const Dialect& dialect, Report& report) {
    check_router_ids(draft, report);
    check_addresses(draft, report);
    check_accept(draft, report);
    const std::set<std::string> used = check_uses(draft, dialect, report);
    report_unused(draft, used, dialect, report);

    Config config;
    config.daemon = draft.daemon;
    for (const RouterDraft& router : draft.routers) {
        config.routers.push_back(with_checks(router));
    }
    for (const CheckDraft& check : draft.checks) {
        if (is_used(config.routers, check.check.name)) {
            config.checks.push_back(check.check);
            config.check_places.push_back({check.probe_place, check.user_place});
        }
    }
    return config;
}

}  // namespace config
