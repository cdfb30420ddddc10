#include "config/keepalived_globals.hpp"

#include "config/keepalived_keywords.hpp"
#include "config/keepalived_script.hpp"

#include <fmt/format.h>

#include <array>
#include <limits>

namespace config {

namespace {

class GlobalsReader {
public:
    GlobalsReader(KeepalivedGlobals& globals, Report& report)
        : globals_(globals), report_(report) {}

    void read(const KeepalivedLine& line) {
        static constexpr std::array<KeepalivedKeyword<GlobalsReader>, 34> keywords = {{
            {"router_id", &GlobalsReader::ignore},
            {"script_user", &GlobalsReader::take_script_user},
            {"enable_script_security", &GlobalsReader::ignore_alone},
            {"vrrp_version", &GlobalsReader::take_version},
            {"vrrp_strict", &GlobalsReader::take_strict},
            {"vrrp_startup_delay", &GlobalsReader::take_start_delay},
            {"vrrp_down_timer_adverts", &GlobalsReader::take_down_adverts},
            {"vrrp_check_unicast_src", &GlobalsReader::ignore_alone},
            {"vrrp_skip_check_adv_addr", &GlobalsReader::ignore_flag},
            {"vrrp_lower_prio_no_advert", &GlobalsReader::take_lower_priority},
            {"vrrp_higher_prio_send_advert", &GlobalsReader::ignore_flag},
            {"v3_checksum_as_v2", &GlobalsReader::take_checksum},
            {"vrrp_garp_interval", &GlobalsReader::take_garp_interval},
            {"vrrp_gna_interval", &GlobalsReader::take_gna_interval},
            {"vrrp_rt_priority", &GlobalsReader::take_realtime_priority},
            {"vrrp_no_swap", &GlobalsReader::take_no_swap},
            {"vrrp_priority", &GlobalsReader::take_nice},
            {"vrrp_rlimit_rttime", &GlobalsReader::take_realtime_limit},
            {"vrrp_rlimit_rtime", &GlobalsReader::take_realtime_limit},
            {"notify_fifo", &GlobalsReader::take_fifo},
            {"notify_fifo_script", &GlobalsReader::take_fifo},
            {"vrrp_notify_fifo", &GlobalsReader::take_fifo},
            {"vrrp_notify_fifo_script", &GlobalsReader::take_fifo},
            {"vrrp_notify_priority_changes", &GlobalsReader::take_priority_notices},
            {"fifo_write_vrrp_states_on_reload", &GlobalsReader::take_states_on_reload},
            {"notification_email", &GlobalsReader::take_mail, KeepalivedForm::block},
            {"notification_email_from", &GlobalsReader::take_mail},
            {"smtp_server", &GlobalsReader::take_mail},
            {"smtp_connect_timeout", &GlobalsReader::take_mail},
            {"smtp_helo_name", &GlobalsReader::take_mail},
            {"smtp_alert", &GlobalsReader::take_mail},
            {"smtp_alert_vrrp", &GlobalsReader::take_mail},
            {"smtp_alert_checker", &GlobalsReader::take_mail},
            {"no_email_faults", &GlobalsReader::take_mail},
        }};
        read_keywords(line.block, "global_defs",
                      std::span<const KeepalivedKeyword<GlobalsReader>>(keywords), *this, report_);
    }

private:
    /// router_id names the host in mails only.
    void ignore(const KeepalivedLine&) {}
    /// enable_script_security is what is always done.
    void ignore_alone(const KeepalivedLine& line) { expect_alone(line, report_); }
    void ignore_flag(const KeepalivedLine& line) { (void)flag_value(line, report_); }

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

    void take_lower_priority(const KeepalivedLine& line) { read_lower_priority(line, report_); }

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

    void take_nice(const KeepalivedLine& line) {
        if (number_value(line, {-20, 19}, report_)) {
            report_.warning(line.place(), fmt::format("{} has no effect here", line.keyword()),
                            "vrrp_rt_priority puts the daemon before all ordinary processes");
        }
    }

    void take_realtime_limit(const KeepalivedLine& line) {
        if (number_value(line, {2, std::numeric_limits<int>::max()}, report_)) {
            report_.warning(line.place(),
                            fmt::format("{} has no effect here: a daemon that does not pause for "
                                        "5 s goes on as an ordinary process",
                                        line.keyword()));
        }
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

    void take_mail(const KeepalivedLine& line) {
        globals_.mail_place = globals_.mail_place.value_or(line.place());
    }

    KeepalivedGlobals& globals_;
    Report& report_;
};

}  // namespace

void read_keepalived_globals(const KeepalivedLine& line, KeepalivedGlobals& globals,
                             Report& report) {
    GlobalsReader(globals, report).read(line);
}

void read_lower_priority(const KeepalivedLine& line, Report& report) {
    if (flag_value(line, report)) {
        report.warning(line.place(),
                       fmt::format("{} has no effect here: a master answers an advert of lower "
                                   "priority",
                                   line.keyword()));
    }
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
