// The keywords of global_defs.

#include "config/keepalived_table.hpp"
#include "config/keepalived_words.hpp"

#include <array>

namespace config {

namespace {

using enum KeepalivedForm;
using enum Telling;

constexpr std::string_view no_names = "a process is called understudy";
constexpr std::string_view no_ipvs = "it is for IPVS, which is no part of Understudy";
constexpr std::string_view no_snmp =
    "there is no SNMP agent: the keywords for it have no effect here";
constexpr std::string_view no_dbus =
    "there is no service on D-Bus: the keywords for it have no effect here";
constexpr std::string_view no_dump =
    "no files are dumped: the keywords for them have no effect here";
constexpr std::string_view own_buffers = "socket buffers are as large as they need be";
constexpr std::string_view own_scheduling = "there is one process; vrrp_rt_priority is for it";
constexpr std::string_view own_filter =
    "no_accept has a table of its own in nf_tables, whatever it would be called";
constexpr std::string_view no_timed_reload =
    "a file is read when it is asked for: reload_* has no effect here";
constexpr std::string_view status = "use understudy status --json, or the API";

constexpr auto of_routers = std::to_array<KeepalivedRow>({
    without_effect("router_id", "TEXT...", "it names the host in mails and SNMP only"),
    without_effect("lvs_id", "TEXT...", "it is what old versions called router_id"),
    honoured("script_user", "USER [:][GROUP]", "of scripts that name no user"),
    without_effect("enable_script_security", "",
                   "what root would run is always looked at, and refused where others can change "
                   "it",
                   never, "it is always on: leave the line out, or write it alone"),
    honoured("vrrp_version", "2|3", "of IPv4 instances that say none; default 2"),
    honoured("vrrp_strict", "[BOOL]", "strict_mode of instances that say none"),
    honoured("vrrp_startup_delay", "SECONDS", "start_delay of all routers, up to 3600"),
    without_effect("vrrp_delay_after_boot", "SECONDS",
                   "a router waits from the daemon's start, not from the host's", each,
                   "use vrrp_startup_delay"),
    honoured("vrrp_down_timer_adverts", "1..100", "of instances that say none"),
    without_effect("vrrp_lower_prio_no_advert", "[BOOL]", lower_are_answered, each),
    translated("vrrp_higher_prio_send_advert", "[BOOL]",
               "a master that yields always says so, except in strict mode"),
    translated("vrrp_check_unicast_src", "", "adverts of hosts that are no peers are refused"),
    translated("vrrp_skip_check_adv_addr", "[BOOL]",
               "other addresses in an advert are told, and don't refuse it"),
    honoured("v3_checksum_as_v2", "[BOOL]", "of instances that say none"),
    honoured("vrrp_mcast_group4", "IP", "224.0.0.18 alone; another group is an error"),
    honoured("vrrp_mcast_group6", "IP", "ff02::12 alone; another group is an error"),
    honoured("vrrp_garp_interval", "SECONDS", "announce_interval, 0 to 1, up to six decimals"),
    honoured("vrrp_gna_interval", "SECONDS", "the same; the longer of the two counts"),
    translated("vrrp_garp_master_delay", "NUMBER", own_announcements),
    translated("vrrp_garp_master_repeat", "NUMBER", own_announcements),
    translated("vrrp_garp_master_refresh", "NUMBER", own_refresh, once, {}, "60"),
    translated("vrrp_garp_master_refresh_repeat", "NUMBER", own_announcements),
    translated("vrrp_garp_lower_prio_delay", "NUMBER", own_announcements),
    translated("vrrp_garp_lower_prio_repeat", "NUMBER", own_announcements),
    translated("vrrp_min_garp", "[BOOL]", own_announcements),
    translated("vrrp_garp_extra_if", "[all] 0..86400", own_announcements),
    translated("vrrp_vmac_garp_intvl", "[all] 0..86400", own_announcements),
    without_effect("vrrp_owner_ignore_adverts", "[BOOL]", owners_hear, each),
    translated("dynamic_interfaces", "[allow_if_changes]",
               "a router always waits for an interface that is not there yet"),
    honoured("default_interface", "INTERFACE", "of instances that name none"),
    translated("disable_local_igmp", "", "the kernel's own settings stay as they are"),
    translated("vrrp_iptables", "[CHAIN [CHAIN]]", own_filter),
    translated("vrrp_ipsets", "[NAME...]", own_filter),
    translated("nftables", "[TABLE]", own_filter),
    translated("nftables_priority", "-2147483648..2147483647", own_filter),
    translated("nftables_ifindex", "", own_filter),
    translated("nftables_counters", "", own_filter),
    without_effect("log_unknown_vrids", "", "adverts of other router ids don't wake the daemon",
                   each),
    without_effect("vmac_prefix", "TEXT", "there are no virtual interfaces"),
    without_effect("vmac_addr_prefix", "TEXT", "there are no virtual interfaces"),
});

constexpr auto of_processes = std::to_array<KeepalivedRow>({
    honoured("vrrp_rt_priority", "1..99", "realtime_priority"),
    honoured("vrrp_no_swap", "", "lock_memory"),
    without_effect("vrrp_priority", "-20..19",
                   "the daemon asks for a realtime priority, or none at all", each,
                   "vrrp_rt_priority puts the daemon before all ordinary processes", "0"),
    without_effect("vrrp_rlimit_rttime", "2..2147483647",
                   "a daemon that does not pause for 5 s goes on as an ordinary process", each),
    without_effect("vrrp_rlimit_rtime", "2..2147483647",
                   "a daemon that does not pause for 5 s goes on as an ordinary process", each),
    without_effect("vrrp_cpu_affinity", "NUMBER...", "the daemon runs where the kernel puts it",
                   each, "write CPUAffinity= into the service's unit"),
    without_effect("max_auto_priority", "[-1..99]", own_scheduling),
    without_effect("min_auto_priority_delay", "1..10000000", own_scheduling),
    without_effect("checker_priority", "-20..19", no_ipvs),
    without_effect("checker_no_swap", "", no_ipvs),
    without_effect("checker_rt_priority", "NUMBER", no_ipvs),
    without_effect("checker_cpu_affinity", "NUMBER...", no_ipvs),
    without_effect("checker_rlimit_rttime", "NUMBER", no_ipvs),
    without_effect("bfd_priority", "-20..19", own_scheduling),
    without_effect("bfd_no_swap", "", own_scheduling),
    without_effect("bfd_rt_priority", "NUMBER", own_scheduling),
    without_effect("bfd_cpu_affinity", "NUMBER...", own_scheduling),
    without_effect("bfd_rlimit_rttime", "NUMBER", own_scheduling),
    without_effect("process_names", "", no_names),
    without_effect("process_name", "NAME", no_names),
    without_effect("vrrp_process_name", "NAME", no_names),
    without_effect("checker_process_name", "NAME", no_names),
    without_effect("lvs_process_name", "NAME", no_names),
    without_effect("bfd_process_name", "NAME", no_names),
});

constexpr auto of_what_is_told = std::to_array<KeepalivedRow>({
    with_block(without_effect("notification_email", "{ ADDRESS ... }", no_mail, once, log_advice)),
    without_effect("notification_email_from", "TEXT...", no_mail, once, log_advice),
    without_effect("smtp_server", "HOST [PORT]", no_mail, once, log_advice),
    without_effect("smtp_helo_name", "TEXT", no_mail, once, log_advice),
    without_effect("smtp_connect_timeout", "NUMBER", no_mail, once, log_advice),
    without_effect("smtp_alert", "[BOOL]", no_mail, once, log_advice),
    without_effect("smtp_alert_vrrp", "[BOOL]", no_mail, once, log_advice),
    without_effect("smtp_alert_checker", "[BOOL]", no_mail, once, log_advice),
    without_effect("no_email_faults", "", no_mail, once, log_advice),
    without_effect("checker_log_all_failures", "[BOOL]", no_ipvs),
    without_effect("no_checker_emails", "[BOOL]", no_ipvs),
    without_effect("rs_init_notifies", "[BOOL]", no_ipvs),

    honoured("notify_fifo", "PATH [USER [GROUP]]", "each change of state as a line"),
    honoured("vrrp_notify_fifo", "PATH [USER [GROUP]]", "each change of state as a line"),
    honoured("notify_fifo_script", "COMMAND [USER [:][GROUP]]", "what reads the FIFO"),
    honoured("vrrp_notify_fifo_script", "COMMAND [USER [:][GROUP]]", "what reads the FIFO"),
    honoured("vrrp_notify_priority_changes", "[BOOL]", "of instances that say none"),
    honoured("fifo_write_vrrp_states_on_reload", "", "all states once more after a reload"),
    without_effect("lvs_notify_fifo", "PATH [USER [GROUP]]", no_ipvs, each),
    without_effect("lvs_notify_fifo_script", "COMMAND...", no_ipvs, each),
    unsupported("startup_script", "COMMAND [USER [:][GROUP]]",
                "what runs before the daemon is the service manager's business",
                "write it as ExecStartPre= into the service's unit"),
    unsupported("shutdown_script", "COMMAND [USER [:][GROUP]]",
                "what runs after the daemon is the service manager's business",
                "write it as ExecStopPost= into the service's unit"),
    without_effect("startup_script_timeout", "1..1000", "no such script is run"),
    without_effect("shutdown_script_timeout", "1..1000", "no such script is run"),
    translated("use_symlink_paths", "[BOOL]",
               "every part of a script's path is looked at, whether it is a link or not"),
    without_effect("set_supplementary_groups", "[BOOL]",
                   "scripts don't have the other groups of their user", each,
                   "let the script's own group be the one that it needs"),
    without_effect("umask", "NUMBER|BITS", "files of the daemon have modes of their own"),

    without_effect("snmp_socket", "TEXT", no_snmp, once, status),
    without_effect("enable_traps", "", no_snmp, once, status),
    without_effect("enable_snmp_vrrp", "", no_snmp, once, status),
    without_effect("enable_snmp_keepalived", "", no_snmp, once, status),
    without_effect("enable_snmp_rfc", "", no_snmp, once, status),
    without_effect("enable_snmp_rfcv2", "", no_snmp, once, status),
    without_effect("enable_snmp_rfcv3", "", no_snmp, once, status),
    without_effect("enable_snmp_checker", "", no_snmp, once, status),
    without_effect("snmp_vs_stats_update_interval", "SECONDS", no_ipvs),
    without_effect("snmp_rs_stats_update_interval", "SECONDS", no_ipvs),
    without_effect("enable_dbus", "", no_dbus, once, status),
    without_effect("dbus_service_name", "NAME", no_dbus, once, status),
    without_effect("dbus_no_interface_name", "NAME", no_dbus, once, status),
    without_effect("state_dump_file", "PATH", no_dump, once, status),
    without_effect("stats_dump_file", "PATH", no_dump, once, status),
    without_effect("json_dump_file", "PATH", no_dump, once, status),
    without_effect("json_version", "1|2", no_dump),
    without_effect("data_use_instance", "[BOOL]", no_dump),
});

constexpr auto of_the_rest = std::to_array<KeepalivedRow>({
    without_effect("vrrp_netlink_cmd_rcv_bufs", "NUMBER", own_buffers),
    without_effect("vrrp_netlink_cmd_rcv_bufs_force", "[BOOL]", own_buffers),
    without_effect("vrrp_netlink_monitor_rcv_bufs", "NUMBER", own_buffers),
    without_effect("vrrp_netlink_monitor_rcv_bufs_force", "[BOOL]", own_buffers),
    without_effect("lvs_netlink_cmd_rcv_bufs", "NUMBER", no_ipvs),
    without_effect("lvs_netlink_cmd_rcv_bufs_force", "[BOOL]", no_ipvs),
    without_effect("lvs_netlink_monitor_rcv_bufs", "NUMBER", no_ipvs),
    without_effect("lvs_netlink_monitor_rcv_bufs_force", "[BOOL]", no_ipvs),
    without_effect("process_monitor_rcv_bufs", "NUMBER", own_buffers),
    without_effect("process_monitor_rcv_bufs_force", "[BOOL]", own_buffers),
    without_effect("vrrp_rx_bufs_policy", "SIZE", own_buffers),
    without_effect("vrrp_rx_bufs_multiplier", "NUMBER", own_buffers),

    translated("reload_check_config", "[PATH]", "a file with errors never changes anything"),
    without_effect("reload_time_file", "PATH", no_timed_reload, once,
                   "let a systemd timer reload the service"),
    without_effect("reload_repeat", "", no_timed_reload, once,
                   "let a systemd timer reload the service"),
    without_effect("reload_file", "[PATH]", no_timed_reload, once,
                   "let a systemd timer reload the service"),
    translated("include_check", "[WORD...]",
               "obeyed, and an include that finds nothing is told in any case"),
    without_effect("config_save_dir", "PATH", "no copies of the file are kept", each),
    without_effect("tmp_config_directory", "PATH", "no copies of the file are made"),
    without_effect("iproute_usr_dir", "PATH", "iproute2's names are not asked for"),
    without_effect("iproute_etc_dir", "PATH", "iproute2's names are not asked for"),
    without_effect("random_seed", "NUMBER", "nothing that matters is left to chance"),

    without_effect("lvs_timeouts", "WORD...", no_ipvs, each),
    without_effect("lvs_flush", "", no_ipvs, each),
    without_effect("lvs_flush_on_stop", "[VS]", no_ipvs, each),
    without_effect("lvs_sync_daemon", "INTERFACE [WORD...]", no_ipvs, each),
    without_effect("nftables_ipvs", "[TABLE]", no_ipvs),
    without_effect("nftables_ipvs_priority", "-2147483648..2147483647", no_ipvs),
    without_effect("nftables_ipvs_start_fwmark", "NUMBER", no_ipvs),
});

}  // namespace

std::vector<KeepalivedRow> globals_rows() {
    return joined({of_routers, of_processes, of_what_is_told, of_the_rest});
}

}  // namespace config
