#include "config/keepalived_rules.hpp"

#include "config/nearest.hpp"
#include "config/text.hpp"
#include "config/trailer_keys.hpp"
#include "config/values.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace config {

namespace {

const std::vector<std::string> states = {"MASTER", "BACKUP"};

constexpr RouterWords words = {
    .addresses = "virtual_ipaddress",
    .unadvertised = "virtual_ipaddress_excluded",
    .peers = "unicast_peer",
    .source = "the source address",
    .password = "authentication",
    .trailer = "auth_hmac",
    .trailer_advice = "auth_hmac signs adverts of version 3",
    .checksum = "v3_checksum_as_v2",
    .preempt_delay = "preempt_delay",
    .no_preempt = "nopreempt",
    .ttl = "unicast_ttl",
    .strangers = "",
    .version_3 = "version 3",
};

class Rules {
public:
    Rules(KeepalivedSayings sayings, const KeepalivedGlobals& globals, Report& report)
        : sayings_(std::move(sayings)),
          globals_(globals),
          report_(report),
          strict_(sayings_.strict.value_or(globals.strict)) {}

    RouterDraft apply() {
        check_state();
        apply_addresses();
        check_devices(sayings_.addresses.devices, reading().addresses);
        check_devices(sayings_.excluded.devices, reading().unadvertised);
        protocol().version =
            version_of(reading(), sayings_.version, globals_.version, words, report_);
        protocol().strict = strict_.value;
        router().start_delay = globals_.start_delay;
        if (sayings_.is_initial_master && !sayings_.has_priority) {
            protocol().priority = vrrp::owner_priority;
        }
        require_addresses();
        apply_interval();
        apply_authentication();
        apply_trailer();
        apply_preempt();
        apply_down_adverts();
        apply_accept();
        apply_checksum();
        check_unicast();
        return settle(reading(), words, report_).front();
    }

private:
    RouterReading& reading() { return sayings_.reading; }
    Router& router() { return reading().draft.router; }
    vrrp::RouterConfig& protocol() { return router().protocol; }
    [[nodiscard]] bool is_owner() { return protocol().priority == vrrp::owner_priority; }

    /// keepalived takes a word that it does not know for BACKUP. Without a priority the word is
    /// what decides about one.
    void check_state() {
        if (!sayings_.state || sayings_.state->value == "MASTER" ||
            sayings_.state->value == "BACKUP") {
            return;
        }
        const auto& [state, place] = *sayings_.state;
        const std::string advice = suggest(state, states);
        if (sayings_.has_priority) {
            report_.warning(
                place,
                fmt::format("state is {}, which counts as BACKUP, here as in keepalived",
                            in_quotes(state)),
                advice);
        } else {
            report_.error(place,
                          fmt::format("state is {}, expected MASTER or BACKUP", in_quotes(state)),
                          advice);
        }
    }

    void apply_addresses() {
        reading().addresses = std::move(sayings_.addresses.addresses);
        for (const Placed<vrrp::VirtualAddress>& address : sayings_.excluded.addresses) {
            if (sayings_.addresses.known.contains(address.value.address)) {
                report_.warning(address.place,
                                fmt::format("{} stands in virtual_ipaddress too; once is enough",
                                            address.value.address.to_text()));
            } else {
                reading().unadvertised.push_back(address);
            }
        }
    }

    /// In version 2 an advert without addresses is one all the same: what moves is done by scripts,
    /// or not advertised.
    void require_addresses() {
        const bool has_any = !reading().addresses.empty() || sayings_.has_addresses;
        if (has_any || router().name.empty()) {
            return;
        }
        const std::string message =
            fmt::format("vrrp_instance {} has no virtual_ipaddress", router().name);
        const Place place = reading().draft.place;
        if (protocol().version == vrrp::Version::v3 || strict_.value) {
            report_.error(place, message + ", which version 3 and strict mode need",
                          "add a line such as: virtual_ipaddress { 192.0.2.1/24 }");
        } else if (!sayings_.means_no_addresses && reading().unadvertised.empty()) {
            report_.warning(place, message + ": it moves what its notify scripts move, and no more",
                            "add a line such as: virtual_ipaddress { 192.0.2.1/24 }, or "
                            "no_virtual_ipaddress");
        }
    }

    void apply_interval() {
        if (!sayings_.interval) {
            return;
        }
        const auto interval =
            to_interval("advert_int", sayings_.interval->value, protocol().version);
        if (!interval) {
            report_.error(sayings_.interval->place, interval.error());
            return;
        }
        protocol().interval = *interval;
    }

    /// Neither version 3 nor the letter of RFC 3768 knows a password.
    void apply_authentication() {
        const bool is_v3 = protocol().version == vrrp::Version::v3;
        if (!protocol().password || !(is_v3 || strict_.value)) {
            return;
        }
        report_.warning(reading().password_place.value_or(reading().draft.place),
                        fmt::format("authentication has no effect with {}, here as in keepalived",
                                    is_v3 ? "version 3" : "strict mode"),
                        is_v3 ? "auth_hmac signs adverts of version 3" : "");
        protocol().password.reset();
        protocol().authenticates_headers = false;
        reading().password_place.reset();
    }

    void apply_trailer() {
        if (!sayings_.trailer) {
            return;
        }
        reading().trailer_place = sayings_.trailer->place;
        router().trailer = std::move(sayings_.trailer->config);
        router().key_references = std::move(sayings_.trailer->references);
        if (!sayings_.trailer->has_window) {
            router().trailer->window = usual_window(protocol().interval);
        }
    }

    /// An instance that starts as master, or owns its addresses, preempts at once whatever it says.
    void apply_preempt() {
        if (sayings_.nopreempt_place && (sayings_.is_initial_master || is_owner())) {
            protocol().preempt = true;
            report_.warning(*sayings_.nopreempt_place,
                            fmt::format("nopreempt has no effect with {}, here as in keepalived",
                                        is_owner() ? "priority 255" : "state MASTER"),
                            "write state BACKUP on every host to keep a working master in office");
        }
        if (!reading().preempt_delay_place || is_owner() || !protocol().preempt) {
            return;  // told for both formats where it has no effect
        }
        if (sayings_.is_initial_master || strict_.value) {
            protocol().preempt_delay = vrrp::Duration::zero();
            report_.warning(
                *reading().preempt_delay_place,
                fmt::format("preempt_delay has no effect with {}, here as in keepalived",
                            sayings_.is_initial_master ? "state MASTER" : "strict mode"),
                sayings_.is_initial_master ? "write state BACKUP on every host" : "");
        }
    }

    void apply_down_adverts() {
        const auto said = sayings_.down_adverts ? sayings_.down_adverts : globals_.down_adverts;
        if (!said) {
            return;
        }
        if (strict_.value && said->value != protocol().down_adverts) {
            report_.warning(said->place,
                            fmt::format("instance {} is in strict mode and takes over after 3 "
                                        "adverts, here as in keepalived",
                                        router().name));
            return;
        }
        protocol().down_adverts = said->value;
    }

    /// RFC 3768 knows no accept mode, and that of version 3 is off if nothing is said.
    void apply_accept() {
        const bool may_accept = protocol().version == vrrp::Version::v3 || !strict_.value;
        const bool said = sayings_.accept ? sayings_.accept->value : !strict_.value;
        router().accepts_traffic = is_owner() || (said && may_accept);
        if (!strict_.value || is_owner()) {
            return;
        }
        if (sayings_.accept && sayings_.accept->value && !may_accept) {
            report_.warning(sayings_.accept->place,
                            "accept has no effect with version 2 in strict mode, here as in "
                            "keepalived",
                            "leave strict mode to let clients reach the addresses");
        } else if (!sayings_.accept) {
            report_.warning(strict_.place,
                            fmt::format("the addresses of instance {} take no traffic: strict mode "
                                        "means no_accept, here as in keepalived",
                                        router().name),
                            may_accept ? "add accept to the instance, or leave strict mode"
                                       : "leave strict mode to let clients reach the addresses");
        }
    }

    void apply_checksum() {
        if (sayings_.checksum_as_v2.value_or(globals_.checksum_as_v2)) {
            protocol().checksum_form = vrrp::ChecksumForm::message;
        }
    }

    void check_unicast() {
        if (sayings_.unicast_place && strict_.value) {
            report_.error(*sayings_.unicast_place,
                          "unicast_peer and strict mode exclude each other",
                          "leave strict mode: the RFC knows multicast alone");
        }
    }

    /// What moves is on the interface that the adverts are on.
    void check_devices(const std::vector<KeepalivedDevice>& devices,
                       std::vector<Placed<vrrp::VirtualAddress>>& addresses) {
        for (const auto& [interface, address] : devices) {
            if (interface.text == router().interface || router().interface.empty()) {
                continue;
            }
            const std::string message =
                fmt::format("{} is to be on {}, another interface than {}", address.to_text(),
                            in_quotes(interface.text), router().interface);
            const std::string advice = fmt::format(
                "give {} a vrrp_instance of its own, and put both into a "
                "vrrp_sync_group",
                interface.text);
            if (report_.is_lenient()) {
                report_.warning(interface.place, message + ": it is left out", advice);
                std::erase_if(addresses, [&address](const Placed<vrrp::VirtualAddress>& other) {
                    return other.value.address == address;
                });
            } else {
                report_.error(interface.place, message + ", which is not supported", advice);
            }
        }
    }

    KeepalivedSayings sayings_;
    const KeepalivedGlobals& globals_;
    Report& report_;
    Placed<bool> strict_;
};

}  // namespace

RouterDraft apply_keepalived_rules(KeepalivedSayings sayings, const KeepalivedGlobals& globals,
                                   Report& report) {
    return Rules(std::move(sayings), globals, report).apply();
}

}  // namespace config
