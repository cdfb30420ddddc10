#include "config/keepalived_instance.hpp"

#include "config/address_values.hpp"
#include "config/keepalived_addresses.hpp"
#include "config/keepalived_authentication.hpp"
#include "config/keepalived_keywords.hpp"
#include "config/keepalived_notify.hpp"
#include "config/keepalived_rules.hpp"
#include "config/keepalived_track.hpp"
#include "config/keepalived_trailer.hpp"
#include "config/text.hpp"
#include "config/values.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <utility>

namespace config {

namespace {

class InstanceReader {
public:
    explicit InstanceReader(Report& report) : report_(report) {}

    RouterDraft read(const KeepalivedLine& line, const KeepalivedGlobals& globals) {
        static constexpr auto keywords = std::to_array<KeepalivedKeyword<InstanceReader>>({
            {"state", &InstanceReader::take_state},
            {"interface", &InstanceReader::take_interface},
            {"virtual_router_id", &InstanceReader::take_router_id},
            {"priority", &InstanceReader::take_priority},
            {"advert_int", &InstanceReader::take_interval},
            {"authentication", &InstanceReader::take_authentication},
            {"auth_hmac", &InstanceReader::take_trailer},
            {"virtual_ipaddress", &InstanceReader::take_addresses},
            {"virtual_ipaddress_excluded", &InstanceReader::take_excluded},
            {"track_script", &InstanceReader::take_scripts},
            {"track_process", &InstanceReader::take_processes},
            {"track_file", &InstanceReader::take_files},
            {"track_interface", &InstanceReader::take_interfaces},
            {"nopreempt", &InstanceReader::take_nopreempt},
            {"preempt", &InstanceReader::take_preempt},
            {"preempt_delay", &InstanceReader::take_preempt_delay},
            {"version", &InstanceReader::take_version},
            {"strict_mode", &InstanceReader::take_strict},
            {"accept", &InstanceReader::take_accept},
            {"no_accept", &InstanceReader::take_accept},
            {"down_timer_adverts", &InstanceReader::take_down_adverts},
            {"v3_checksum_as_v2", &InstanceReader::take_checksum},
            {"unicast_peer", &InstanceReader::take_peers},
            {"unicast_ttl", &InstanceReader::take_ttl},
            {"unicast_src_ip", &InstanceReader::take_source},
            {"mcast_src_ip", &InstanceReader::take_source},
            {"mcast_dst_ip", &InstanceReader::take_group},
            {"no_virtual_ipaddress", &InstanceReader::take_no_addresses},
            {"old_unicast_checksum", &InstanceReader::take_old_checksum},
            {"notify_master", &InstanceReader::take_notify},
            {"notify_backup", &InstanceReader::take_notify},
            {"notify_fault", &InstanceReader::take_notify},
            {"notify_stop", &InstanceReader::take_notify},
            {"notify_deleted", &InstanceReader::take_notify},
            {"notify_master_rx_lower_pri", &InstanceReader::take_notify},
            {"notify", &InstanceReader::take_notify},
            {"notify_priority_changes", &InstanceReader::take_priority_notices},
        });
        take_name(line);
        router().scripts.tells_priority = globals.tells_priorities;
        read_keywords(line.block, "vrrp_instance",
                      std::span<const KeepalivedKeyword<InstanceReader>>(keywords), *this, report_);
        if (!has_interface_ && globals.default_interface) {
            has_interface_ = true;
            router().interface = globals.default_interface->value;
            router().interface_place = globals.default_interface->place;
        }
        report_missing();
        return apply_keepalived_rules(std::move(sayings_), globals, report_);
    }

private:
    RouterReading& reading() { return sayings_.reading; }
    Router& router() { return reading().draft.router; }
    vrrp::RouterConfig& protocol() { return router().protocol; }

    void take_name(const KeepalivedLine& line) {
        reading().draft.place = line.value_place();
        const auto name = single_value(line, report_);
        if (!name) {
            return;
        }
        router().name = *name;
        if (const auto valid = to_name("the instance's name", *name); !valid) {
            report_.error(line.value_place(), valid.error());
        }
    }

    void take_state(const KeepalivedLine& line) {
        const auto state = single_value(line, report_);
        if (!state) {
            return;
        }
        sayings_.state = {*state, line.value_place()};
        sayings_.is_initial_master = *state == "MASTER";
    }

    void take_interface(const KeepalivedLine& line) {
        has_interface_ = true;
        router().interface_place = line.value_place();
        if (const auto interface = read_interface(line, report_)) {
            router().interface = interface->value;
        }
    }

    void take_router_id(const KeepalivedLine& line) {
        has_router_id_ = true;
        reading().draft.router_id_place = line.value_place();
        protocol().virtual_router_id =
            static_cast<std::uint8_t>(number_value(line, router_id_range, report_).value_or(0));
    }

    void take_priority(const KeepalivedLine& line) {
        sayings_.has_priority = true;
        protocol().priority = static_cast<std::uint8_t>(
            number_value(line, priority_range, report_).value_or(protocol().priority));
    }

    void take_interval(const KeepalivedLine& line) {
        if (const auto interval = seconds_value(line, report_)) {
            sayings_.interval = {*interval, line.value_place()};
        }
    }

    void take_authentication(const KeepalivedLine& line) {
        const KeepalivedAuthentication found = read_authentication(line, report_);
        if (!authentication_) {
            authentication_ = found;
            protocol().password = found.password;
            protocol().authenticates_headers = found.is_header;
            if (found.password) {
                reading().password_place = line.place();
            }
        } else if (*authentication_ == found) {
            report_.warning(line.place(), "authentication stands twice; once is enough");
        } else {
            report_.error(line.place(), "authentication stands twice, and the second one differs",
                          "keep the one that the other hosts have");
        }
    }

    void take_trailer(const KeepalivedLine& line) {
        if (sayings_.trailer) {
            report_.error(line.place(), "auth_hmac stands twice",
                          "write all keys into the first one");
            return;
        }
        sayings_.trailer = read_keepalived_trailer(line, report_);
    }

    void take_addresses(const KeepalivedLine& line) {
        sayings_.has_addresses = true;
        read_virtual_addresses(line, sayings_.addresses, report_);
    }

    void take_excluded(const KeepalivedLine& line) {
        read_excluded_addresses(line, sayings_.excluded, report_);
    }

    void take_peers(const KeepalivedLine& line) {
        reading().is_unicast = true;
        sayings_.unicast_place = line.place();
        read_unicast_peers(line, reading().peers, report_);
    }

    void take_ttl(const KeepalivedLine& line) {
        reading().ttl_place = line.value_place();
        router().ttl = static_cast<std::uint8_t>(
            number_value(line, ttl_range, report_).value_or(router().ttl));
    }

    /// The two keywords for it mean the same.
    void take_source(const KeepalivedLine& line) {
        const auto text = single_value(line, report_);
        if (!text) {
            return;
        }
        const auto source = to_host_address(line.keyword(), *text);
        if (!source) {
            report_.error(line.value_place(), source.error());
            return;
        }
        if (!reading().sources.empty() && reading().sources.front().value != *source) {
            report_.warning(line.place(), fmt::format("{} is a second source address; the later "
                                                      "one counts",
                                                      source->to_text()));
        }
        reading().sources = {{*source, line.value_place()}};
    }

    void take_scripts(const KeepalivedLine& line) {
        read_tracks(line, "vrrp_script", weight_range, reading().draft.checks, report_);
    }

    void take_processes(const KeepalivedLine& line) {
        read_tracks(line, "vrrp_track_process", track_weight_range, reading().draft.checks,
                    report_);
    }
    void take_files(const KeepalivedLine& line) {
        read_tracks(line, "track_file", track_weight_range, reading().draft.checks, report_);
    }
    void take_interfaces(const KeepalivedLine& line) {
        read_tracks(line, "track_interface", weight_range, reading().draft.checks, report_);
    }

    void take_nopreempt(const KeepalivedLine& line) {
        expect_alone(line, report_);
        protocol().preempt = false;
        sayings_.nopreempt_place = line.place();
    }
    void take_preempt(const KeepalivedLine& line) {
        expect_alone(line, report_);
        protocol().preempt = true;
        sayings_.nopreempt_place.reset();
    }
    void take_preempt_delay(const KeepalivedLine& line) {
        reading().preempt_delay_place = line.place();
        protocol().preempt_delay =
            delay_value(line, max_preempt_delay, report_).value_or(protocol().preempt_delay);
    }
    void take_version(const KeepalivedLine& line) {
        sayings_.version = read_keepalived_version(line, report_);
    }
    void take_strict(const KeepalivedLine& line) {
        sayings_.strict = {flag_value(line, report_), line.place()};
    }
    void take_accept(const KeepalivedLine& line) {
        expect_alone(line, report_);
        sayings_.accept = {line.keyword() == "accept", line.place()};
    }
    void take_down_adverts(const KeepalivedLine& line) {
        if (const auto adverts = number_value(line, down_adverts_range, report_)) {
            sayings_.down_adverts = {*adverts, line.place()};
        }
    }
    void take_checksum(const KeepalivedLine& line) {
        reading().checksum_place = line.place();
        sayings_.checksum_as_v2 = flag_value(line, report_);
    }
    void take_group(const KeepalivedLine& line) { read_multicast_group(line, report_); }

    void take_no_addresses(const KeepalivedLine& line) {
        expect_alone(line, report_);
        sayings_.means_no_addresses = true;
    }

    void take_old_checksum(const KeepalivedLine& line) {
        if (line.words.size() != 2 || line.words[1].text != "never") {
            report_.error(line.place(),
                          "old_unicast_checksum is not supported: two hosts would refuse each "
                          "other's adverts",
                          "take it out on all hosts, once none has a keepalived before 1.3.7");
        }
    }
    void take_notify(const KeepalivedLine& line) {
        read_keepalived_notify(line, router().scripts, report_);
    }
    void take_priority_notices(const KeepalivedLine& line) {
        router().scripts.tells_priority = flag_value(line, report_);
    }

    void report_missing() {
        if (!has_interface_) {
            report_missing("interface", "interface eth0");
        }
        if (!has_router_id_) {
            report_missing("virtual_router_id", "virtual_router_id 51");
        }
    }

    void report_missing(std::string_view keyword, std::string_view example) {
        report_.error(
            reading().draft.place,
            fmt::format("vrrp_instance {} has no {}",
                        router().name.empty() ? "without a name" : router().name, keyword),
            fmt::format("add a line such as: {}", example));
    }

    Report& report_;
    KeepalivedSayings sayings_;
    std::optional<KeepalivedAuthentication> authentication_;
    bool has_interface_ = false;
    bool has_router_id_ = false;
};

}  // namespace

RouterDraft read_keepalived_instance(const KeepalivedLine& line, const KeepalivedGlobals& globals,
                                     Report& report) {
    return InstanceReader(report).read(line, globals);
}

}  // namespace config
