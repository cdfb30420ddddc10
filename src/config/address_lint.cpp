#include "config/address_lint.hpp"

#include "config/address_values.hpp"
#include "config/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <utility>
#include <variant>
#include <vector>

namespace config {

namespace {

bool is_any(const vrrp::IpAddress& address) {
    return std::ranges::all_of(address.bytes(),
                               [](std::byte byte) { return byte == std::byte{0}; });
}

/// Whether the network of `own` has the address.
bool is_in_network(const vrrp::VirtualAddress& own, const vrrp::IpAddress& address) {
    return vrrp::network_of(own) == vrrp::network_of({address, own.prefix_length});
}

class AddressLinter {
public:
    AddressLinter(const Config& config, const std::string& file, const HostView& host)
        : config_(config), file_(file), host_(host) {
        for (const Router& router : config.routers) {
            for (const vrrp::VirtualAddress& address : router.addresses) {
                virtual_addresses_.insert(address.address);
            }
        }
        for (const health::CheckConfig& check : config.checks) {
            processes_.emplace(check.name, process_of(check));
        }
    }

    Diagnostics lint() {
        for (std::size_t index = 0; index < config_.routers.size(); ++index) {
            const Router& router = config_.routers[index];
            const RouterPlaces& places = config_.router_places[index];
            check_networks(router, places);
            check_links(router, places);
            if (!router.accepts_traffic) {
                check_listeners(router, places);
            }
        }
        return std::move(diagnostics_);
    }

private:
    /// The name of the process that a check looks for; empty where it looks at something else.
    static std::string process_of(const health::CheckConfig& check) {
        const auto* const process = std::get_if<health::ProcessProbeConfig>(&check.probe);
        const auto* const name =
            process == nullptr ? nullptr : std::get_if<health::ProcessName>(&process->pattern);
        return name == nullptr ? std::string() : name->name;
    }

    /// What the link's own addresses say of the networks there. Nothing to say of a link that is
    /// not there: that is told.
    void check_networks(const Router& router, const RouterPlaces& places) {
        const auto link = std::ranges::find(host_.links, router.interface, &LinkView::name);
        if (link == host_.links.end()) {
            return;
        }
        for (const vrrp::Family family : {vrrp::Family::ipv4, vrrp::Family::ipv6}) {
            const std::vector<vrrp::VirtualAddress> own = own_addresses(*link, family);
            if (own.empty() && family == router.protocol.family() && !router.source) {
                warn(router.interface_place,
                     fmt::format("interface {} has no {} address of its own; router {} waits for "
                                 "one to speak from",
                                 router.interface, family_text(family), router.name),
                     "");
            } else if (!own.empty()) {
                check_networks(router, places, family, own);
            }
        }
    }

    void check_networks(const Router& router, const RouterPlaces& places, vrrp::Family family,
                        const std::vector<vrrp::VirtualAddress>& own) {
        std::vector<std::size_t> strangers;
        for (std::size_t index = 0; index < router.addresses.size(); ++index) {
            const vrrp::IpAddress& address = router.addresses[index].address;
            const bool has_network = std::ranges::any_of(
                own, [&address](const auto& other) { return is_in_network(other, address); });
            if (address.family() == family && !address.is_link_local() && !has_network) {
                strangers.push_back(index);
            }
        }
        if (strangers.empty()) {
            return;
        }
        std::set<std::string> networks;
        for (const vrrp::VirtualAddress& address : own) {
            if (!address.address.is_link_local()) {
                networks.insert(to_text(network_of(address)));
            }
        }
        const std::string others =
            strangers.size() == 1 ? "" : fmt::format(" (and {} more)", strangers.size() - 1);
        const std::string here =
            networks.empty()
                ? fmt::format("{} has link-local addresses alone", link_text(router))
                : fmt::format("{} is in {}", link_text(router), fmt::join(networks, ", "));
        warn(places.addresses[strangers.front()],
             fmt::format("{}{} is in no network of its link: {}",
                         router.addresses[strangers.front()].address.to_text(), others, here),
             "clients reach it only by a route to this link; is the address or the interface "
             "another one?");
    }

    static std::string link_text(const Router& router) {
        return fmt::format("interface {}", router.interface);
    }

    [[nodiscard]] std::vector<vrrp::VirtualAddress> own_addresses(const LinkView& link,
                                                                  vrrp::Family family) const {
        std::vector<vrrp::VirtualAddress> own;
        std::ranges::copy_if(link.addresses, std::back_inserter(own), [&](const auto& address) {
            return address.address.family() == family &&
                   !virtual_addresses_.contains(address.address);
        });
        return own;
    }

    /// Two routers of one link can't have one address: that is an error. On two links it is legal,
    /// and each answers for it. A link-local one is another address on each link.
    void check_links(const Router& router, const RouterPlaces& places) {
        for (std::size_t index = 0; index < router.addresses.size(); ++index) {
            const vrrp::IpAddress& address = router.addresses[index].address;
            if (address.is_link_local()) {
                continue;
            }
            const auto [first, is_new] = first_links_.try_emplace(address, &router);
            if (!is_new && first->second->interface != router.interface) {
                warn(
                    places.addresses[index],
                    fmt::format("{} is an address of router {} on {} too: both links answer for it",
                                address.to_text(), first->second->name, first->second->interface),
                    "give each link an address of its own");
            }
        }
    }

    void check_listeners(const Router& router, const RouterPlaces& places) {
        for (std::size_t index = 0; index < router.addresses.size(); ++index) {
            const vrrp::IpAddress& address = router.addresses[index].address;
            for (const ListenerView& listener : host_.listeners) {
                if (is_meant(listener, address, router)) {
                    warn(places.addresses[index],
                         fmt::format("{} accepts no traffic (accept is off), and {} waits for "
                                     "clients at it, port {}",
                                     address.to_text(),
                                     listener.program.empty() ? "a program" : listener.program,
                                     listener.port),
                         "let router " + router.name + " accept traffic");
                    return;  // one is enough to see it
                }
            }
        }
    }

    /// Who listens at the address itself, and of those who listen at all addresses the service that
    /// the router vouches for.
    [[nodiscard]] bool is_meant(const ListenerView& listener, const vrrp::IpAddress& address,
                                const Router& router) const {
        if (listener.address == address) {
            return true;
        }
        return is_any(listener.address) && listener.address.family() == address.family() &&
               std::ranges::any_of(router.checks, [&](const health::CheckUse& use) {
                   const auto process = processes_.find(use.name);
                   return process != processes_.end() && !process->second.empty() &&
                          process->second == listener.program;
               });
    }

    void warn(Place place, std::string message, std::string advice) {
        diagnostics_.push_back(
            {Severity::warning, file_, place, std::move(message), std::move(advice)});
    }

    const Config& config_;
    const std::string& file_;
    const HostView& host_;
    std::set<vrrp::IpAddress> virtual_addresses_;
    std::map<vrrp::IpAddress, const Router*> first_links_;
    std::map<std::string, std::string> processes_;  ///< that checks look for, by the check's name
    Diagnostics diagnostics_;
};

}  // namespace

Diagnostics lint_addresses(const Config& config, const std::string& file, const HostView& host) {
    return AddressLinter(config, file, host).lint();
}

}  // namespace config
