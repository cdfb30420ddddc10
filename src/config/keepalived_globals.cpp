#include "config/keepalived_globals.hpp"

#include "config/keepalived_keywords.hpp"
#include "config/keepalived_script.hpp"
#include "config/text.hpp"
#include "config/values.hpp"
#include "vrrp/address.hpp"

#include <fmt/format.h>

#include <array>
#include <string>

namespace config {

namespace {

class GlobalsReader {
public:
    GlobalsReader(KeepalivedGlobals& globals, Report& report)
        : globals_(globals), report_(report) {}

    void read(const KeepalivedLine& line) {
        static constexpr auto keywords = std::to_array<KeepalivedKeyword<GlobalsReader>>({
            {"script_user", &GlobalsReader::take_script_user},
            {"vrrp_version", &GlobalsReader::take_version},
            {"vrrp_strict", &GlobalsReader::take_strict},
            {"vrrp_startup_delay", &GlobalsReader::take_start_delay},
            {"vrrp_down_timer_adverts", &GlobalsReader::take_down_adverts},
            {"v3_checksum_as_v2", &GlobalsReader::take_checksum},
            {"vrrp_mcast_group4", &GlobalsReader::take_group},
            {"vrrp_mcast_group6", &GlobalsReader::take_group},
            {"default_interface", &GlobalsReader::take_interface},
            {"vrrp_garp_interval", &GlobalsReader::take_garp_interval},
            {"vrrp_gna_interval", &GlobalsReader::take_gna_interval},
            {"vrrp_rt_priority", &GlobalsReader::take_realtime_priority},
            {"vrrp_no_swap", &GlobalsReader::take_no_swap},
            {"notify_fifo", &GlobalsReader::take_fifo},
            {"notify_fifo_script", &GlobalsReader::take_fifo},
            {"vrrp_notify_fifo", &GlobalsReader::take_fifo},
            {"vrrp_notify_fifo_script", &GlobalsReader::take_fifo},
            {"vrrp_notify_priority_changes", &GlobalsReader::take_priority_notices},
            {"fifo_write_vrrp_states_on_reload", &GlobalsReader::take_states_on_reload},
        });
        read_keywords(line.block, "global_defs",
                      std::span<const KeepalivedKeyword<GlobalsReader>>(keywords), *this, report_);
    }

private:
    void take_script_user(const KeepalivedLine& line) {
        globals_.script_user = read_user(line, report_);
        globals_.script_user_place = line.value_place();
    }

    void take_version(const KeepalivedLine& line) {
        if (const auto version = read_keepalived_version(line, report_)) {
            globals_.version = version->value;
        }
    }

    void take_strict(const KeepalivedLine& line) {
        globals_.strict = {flag_value(line, report_), line.place()};
    }

    void take_start_delay(const KeepalivedLine& line) {
        globals_.start_delay =
            delay_value(line, max_start_delay, report_).value_or(globals_.start_delay);
    }

    void take_down_adverts(const KeepalivedLine& line) {
        if (const auto adverts = number_value(line, down_adverts_range, report_)) {
            globals_.down_adverts = {*adverts, line.place()};
        }
    }

    void take_checksum(const KeepalivedLine& line) {
        globals_.checksum_as_v2 = flag_value(line, report_);
    }

    void take_group(const KeepalivedLine& line) { read_multicast_group(line, report_); }

    void take_interface(const KeepalivedLine& line) {
        globals_.default_interface = read_interface(line, report_);
    }

    void take_garp_interval(const KeepalivedLine& line) {
        globals_.garp_interval = pace_value(line, report_).value_or(globals_.garp_interval);
    }

    void take_gna_interval(const KeepalivedLine& line) {
        globals_.gna_interval = pace_value(line, report_).value_or(globals_.gna_interval);
    }

    void take_realtime_priority(const KeepalivedLine& line) {
        globals_.realtime_priority = number_value(line, {1, realtime_priority_range.last}, report_);
    }

    void take_no_swap(const KeepalivedLine& line) {
        expect_alone(line, report_);
        globals_.lock_memory = true;
    }

    void take_fifo(const KeepalivedLine& line) {
        read_keepalived_fifo(line, globals_.fifos, report_);
    }
    void take_priority_notices(const KeepalivedLine& line) {
        globals_.tells_priorities = flag_value(line, report_);
    }
    void take_states_on_reload(const KeepalivedLine& line) {
        expect_alone(line, report_);
        globals_.tells_states_on_reload = true;
    }

    KeepalivedGlobals& globals_;
    Report& report_;
};

}  // namespace

void read_keepalived_globals(const KeepalivedLine& line, KeepalivedGlobals& globals,
                             Report& report) {
    GlobalsReader(globals, report).read(line);
}

void read_multicast_group(const KeepalivedLine& line, Report& report) {
    const auto text = single_value(line, report);
    if (!text) {
        return;
    }
    const auto group = vrrp::IpAddress::from_text(*text);
    if (!group || !group->is_multicast()) {
        report.error(line.value_place(), fmt::format("{} is {}, which is no multicast address",
                                                     line.keyword(), in_quotes(*text)));
    } else if (*group != vrrp::IpAddress(224, 0, 0, 18) && group->to_text() != "ff02::12") {
        report.error(line.value_place(),
                     fmt::format("{} is {}: another group than 224.0.0.18 or ff02::12 is not "
                                 "supported",
                                 line.keyword(), group->to_text()),
                     "tell routers apart by their virtual_router_id, or speak by unicast_peer");
    }
}

std::optional<Placed<std::string>> read_interface(const KeepalivedLine& line, Report& report) {
    const auto text = single_value(line, report);
    if (!text) {
        return std::nullopt;
    }
    const auto interface = to_interface(*text);
    if (!interface) {
        report.error(line.value_place(), interface.error());
        return std::nullopt;
    }
    return Placed{*interface, line.value_place()};
}

std::optional<Placed<vrrp::Version>> read_keepalived_version(const KeepalivedLine& line,
                                                             Report& report) {
    const auto version = number_value(line, {2, 3}, report);
    if (!version) {
        return std::nullopt;
    }
    return Placed{static_cast<vrrp::Version>(*version), line.value_place()};
}

}  // namespace config
