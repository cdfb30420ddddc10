#include "config/router_reading.hpp"

#include "config/address_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace config {

namespace {

constexpr std::array<vrrp::Family, 2> families = {vrrp::Family::ipv4, vrrp::Family::ipv6};

bool has_peers(const RouterReading& reading, vrrp::Family family) {
    return std::ranges::any_of(reading.peers, [family](const auto& peer) {
        return peer.value.address.family() == family;
    });
}

/// Checks one router, rule by rule.
class Settler {
public:
    Settler(const RouterReading& reading, const RouterWords& words, Report& report)
        : reading_(reading), words_(words), report_(report) {}

    void check() {
        check_authentication();
        check_checksum();
        check_preempt_delay();
        check_peers();
        check_unicast_keys();
        check_sources();
        check_count();
        check_link_local();
    }

private:
    [[nodiscard]] const Router& router() const { return reading_.draft.router; }
    [[nodiscard]] const vrrp::RouterConfig& protocol() const { return router().protocol; }

    void check_authentication() {
        if (!reading_.password_place) {
            return;
        }
        if (protocol().version == vrrp::Version::v3) {
            report_.error(
                *reading_.password_place,
                fmt::format("{} is there, and version 3 of VRRP has none", words_.password),
                std::string(words_.trailer_advice));
        } else if (reading_.trailer_place) {
            report_.error(
                *reading_.trailer_place,
                fmt::format("{} and {} exclude each other", words_.trailer, words_.password),
                fmt::format("leave {} out: what is signed needs none", words_.password));
        }
    }

    void check_checksum() {
        const bool has_meaning =
            protocol().version == vrrp::Version::v3 && reading_.has(vrrp::Family::ipv4);
        if (reading_.checksum_place && !has_meaning) {
            report_.warning(
                *reading_.checksum_place,
                fmt::format("{} has no effect: it is for version 3 over IPv4", words_.checksum));
        }
    }

    void check_preempt_delay() {
        if (!reading_.preempt_delay_place || protocol().preempt_delay == vrrp::Duration::zero()) {
            return;
        }
        const bool is_owner = protocol().priority == vrrp::owner_priority;
        if (is_owner || !protocol().preempt) {
            report_.warning(*reading_.preempt_delay_place,
                            fmt::format("{} has no effect with {}", words_.preempt_delay,
                                        is_owner ? "priority 255" : words_.no_preempt));
        }
    }

    void check_peers() {
        for (const Placed<vrrp::UnicastPeer>& peer : reading_.peers) {
            const vrrp::IpAddress& address = peer.value.address;
            if (!reading_.has(address.family())) {
                report_.error(
                    peer.place,
                    fmt::format("{} is an {} address, and {} has none of them", address.to_text(),
                                family_text(address.family()), words_.addresses),
                    "a router speaks to its peers in the family of its addresses");
            } else if (const auto list = list_of(address); !list.empty() && !knows_owner()) {
                report_.warning(peer.place,
                                fmt::format("{} stands in {} too", address.to_text(), list),
                                "a peer is reached at an address that stays on its host");
            }
        }
        for (const vrrp::Family family : families) {
            if (!reading_.peers.empty() && reading_.has(family) && !has_peers(reading_, family)) {
                report_.error(reading_.peers.front().place,
                              fmt::format("{} has no {} address, and {} has one", words_.peers,
                                          family_text(family), words_.addresses),
                              fmt::format("add the {} addresses of the peers, or give the {} "
                                          "addresses a router of their own",
                                          family_text(family), family_text(family)));
            }
        }
    }

    [[nodiscard]] bool knows_owner() const {
        return std::max(protocol().priority, protocol().rival_priority) == vrrp::owner_priority;
    }

    void check_unicast_keys() {
        if (reading_.is_unicast) {
            return;
        }
        for (const auto& [place, word] : {std::pair(reading_.ttl_place, words_.ttl),
                                          std::pair(reading_.strangers_place, words_.strangers)}) {
            if (place) {
                report_.warning(*place,
                                fmt::format("{} has no effect without {}", word, words_.peers));
            }
        }
    }

    void check_sources() {
        for (std::size_t index = 0; index < reading_.sources.size(); ++index) {
            check_source(reading_.sources[index], index);
        }
    }

    void check_source(const Placed<vrrp::IpAddress>& source, std::size_t index) {
        const vrrp::Family family = source.value.family();
        const auto first = std::ranges::find(
            reading_.sources, family, [](const auto& other) { return other.value.family(); });
        const std::string text = source.value.to_text();
        if (first - reading_.sources.begin() != static_cast<std::ptrdiff_t>(index)) {
            report_.error(source.place, fmt::format("{} is a second {} address in {}", text,
                                                    family_text(family), words_.source));
        } else if (!reading_.has(family)) {
            report_.error(source.place,
                          fmt::format("{} {} is an {} address, and {} has none of them",
                                      words_.source, text, family_text(family), words_.addresses));
        } else if (const auto list = list_of(source.value);
                   !list.empty() && protocol().priority != vrrp::owner_priority) {
            report_.error(source.place,
                          fmt::format("{} {} stands in {} too", words_.source, text, list),
                          "a router speaks from an address that stays on its host");
        } else if (family == vrrp::Family::ipv6 && !source.value.is_link_local() &&
                   !reading_.is_unicast) {
            // RFC 9568 section 5.1.2.1.
            const std::string message = fmt::format(
                "{} {} is not link-local (fe80::/10), as multicast adverts over IPv6 are to be",
                words_.source, text);
            if (protocol().strict) {
                report_.error(source.place, message,
                              "name the link-local address of the interface");
            } else {
                report_.warning(source.place, message);
            }
        }
    }

    void check_count() {
        for (const vrrp::Family family : families) {
            const std::size_t most = max_addresses_of(family, reading_.trailer_place.has_value());
            std::size_t count = 0;
            for (const Placed<vrrp::VirtualAddress>& address : reading_.addresses) {
                count += address.value.address.family() == family ? 1U : 0U;
                if (address.value.address.family() == family && count == most + 1) {
                    report_.error(
                        address.place,
                        fmt::format(
                            "{} has more than {} {} addresses, the most that one advert carries",
                            words_.addresses, most, family_text(family)),
                        fmt::format("put the others into {}", words_.unadvertised));
                }
            }
        }
        if (reading_.unadvertised.size() > max_unadvertised_addresses) {
            report_.error(
                reading_.unadvertised[max_unadvertised_addresses].place,
                fmt::format("{} has {} addresses, expected at most {}", words_.unadvertised,
                            reading_.unadvertised.size(), max_unadvertised_addresses),
                "give the others a router of their own");
        }
    }

    /// RFC 9568 section 5.2.9. Peers in other networks have no use for one.
    void check_link_local() {
        const auto first =
            std::ranges::find(reading_.addresses, vrrp::Family::ipv6,
                              [](const auto& address) { return address.value.address.family(); });
        if (first == reading_.addresses.end() || first->value.address.is_link_local()) {
            return;
        }
        const std::string message =
            fmt::format("the first IPv6 address, {}, is not link-local (fe80::/10)",
                        first->value.address.to_text());
        const std::string advice = "put one first, such as \"fe80::60/64\", the same on all hosts";
        if (protocol().strict) {
            report_.error(first->place, message, advice);
        } else if (!reading_.is_unicast) {
            report_.warning(first->place, message, advice);
        }
    }

    /// The list that has the address, as its format calls it; empty where none has.
    [[nodiscard]] std::string_view list_of(const vrrp::IpAddress& address) const {
        const auto is_same = [&address](const auto& candidate) {
            return candidate.value.address == address;
        };
        if (std::ranges::any_of(reading_.addresses, is_same)) {
            return words_.addresses;
        }
        return std::ranges::any_of(reading_.unadvertised, is_same) ? words_.unadvertised : "";
    }

    const RouterReading& reading_;
    const RouterWords& words_;
    Report& report_;
};

/// The part of a router whose adverts carry the addresses of one family.
RouterDraft part_of(const RouterReading& reading, vrrp::Family family) {
    RouterDraft draft = reading.draft;
    Router& router = draft.router;
    for (const Placed<vrrp::VirtualAddress>& address : reading.addresses) {
        if (address.value.address.family() == family) {
            router.addresses.push_back(address.value);
            router.protocol.addresses.push_back(address.value.address);
            draft.address_places.push_back(address.place);
        }
    }
    for (const Placed<vrrp::VirtualAddress>& address : reading.unadvertised) {
        const vrrp::Family own = address.value.address.family();
        if (own == family || !reading.has(own)) {
            router.addresses.push_back(address.value);
            draft.address_places.push_back(address.place);
        }
    }
    for (const Placed<vrrp::UnicastPeer>& peer : reading.peers) {
        if (peer.value.address.family() == family) {
            router.protocol.peers.push_back(peer.value);
        }
    }
    for (const Placed<vrrp::IpAddress>& source : reading.sources) {
        if (source.value.family() == family) {
            router.source = source.value;
        }
    }
    return draft;
}

}  // namespace

bool RouterReading::has(vrrp::Family family) const {
    if (addresses.empty()) {
        return family == vrrp::Family::ipv4;
    }
    return std::ranges::any_of(
        addresses, [family](const auto& item) { return item.value.address.family() == family; });
}

vrrp::Version version_of(const RouterReading& reading,
                         const std::optional<Placed<vrrp::Version>>& said, vrrp::Version usual,
                         const RouterWords& words, Report& report) {
    if (!reading.has(vrrp::Family::ipv6)) {
        return said ? said->value : usual;
    }
    if (said && said->value == vrrp::Version::v2) {
        report.error(
            said->place,
            fmt::format("version 2 of VRRP has no IPv6 addresses, and {} has one", words.addresses),
            fmt::format("write {}, on all hosts together", words.version_3));
    }
    return vrrp::Version::v3;
}

std::vector<RouterDraft> settle(const RouterReading& reading, const RouterWords& words,
                                Report& report) {
    Settler(reading, words, report).check();
    if (!reading.has(vrrp::Family::ipv6)) {
        return {part_of(reading, vrrp::Family::ipv4)};
    }
    if (!reading.has(vrrp::Family::ipv4)) {
        return {part_of(reading, vrrp::Family::ipv6)};
    }
    std::vector<RouterDraft> parts;
    for (const vrrp::Family family : families) {
        RouterDraft part = part_of(reading, family);
        part.router.group = part.router.name;
        part.router.protocol.is_grouped = true;
        part.router.protocol.breaks_ties = family == vrrp::Family::ipv4;
        parts.push_back(std::move(part));
    }
    return parts;
}

}  // namespace config
