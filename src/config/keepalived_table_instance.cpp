// The keywords of vrrp_instance.

#include "config/keepalived_table.hpp"
#include "config/keepalived_words.hpp"

#include <array>

namespace config {

namespace {

using enum KeepalivedForm;
using enum Telling;

constexpr std::string_view own_mac =
    "the addresses are on an interface that is there already, with its own MAC, and are announced";
constexpr std::string_view route_advice =
    "let a script of notify_master and notify_backup set them, or keep them on all hosts";
constexpr std::string_view notify = "what is run then";

constexpr auto of_protocol = std::to_array<KeepalivedRow>({
    honoured("state", "MASTER|BACKUP",
             "no head start: the election decides. `MASTER` without `priority` means 255"),
    honoured("interface", "INTERFACE", "required, unless `default_interface` is there"),
    honoured("virtual_router_id", "1..255", "required"),
    honoured("priority", "1..255", "default 100"),
    honoured("version", "2|3", "default: `vrrp_version`; 3 with IPv6"),
    honoured("advert_int", "SECONDS", "default 1"),
    honoured("authentication", "{ … }", "see below", blocks),
    honoured("auth_hmac", "{ … }", "see below", blocks),
    honoured("virtual_ipaddress", "{ ADDRESS … }",
             "all of one family; without any only in version 2", block),
    honoured("virtual_ipaddress_excluded", "{ ADDRESS … }", "`unadvertised_addresses`", block),
    honoured("no_virtual_ipaddress", "", "there is no virtual_ipaddress, and that is meant"),
    honoured("track_script", "{ NAME [weight …] }", "of `vrrp_script`", block),
    honoured("track_process", "{ NAME [weight …] }", "of `vrrp_track_process`", block),
    honoured("track_file", "{ NAME [weight …] }", "of `track_file`", block),
    honoured("track_interface", "{ INTERFACE [weight …] }", "without a weight fatal", block),
    unsupported("track_bfd", "{ NAME … }", "BFD is not spoken",
                "use a vrrp_script or, in TOML, a check that pings the neighbour", block),
    without_effect("dont_track_primary", "",
                   "a router always leaves the election with its interface", each),
    honoured("nopreempt", "", "preempt = false"),
    honoured("preempt", "", "preempt = true, which is the default"),
    honoured("preempt_delay", "SECONDS", "0 to 1000"),
    honoured("strict_mode", "[BOOL]", "strict"),
    honoured("accept", "", "the default, except in strict mode"),
    honoured("no_accept", "", "accept = false"),
    honoured("down_timer_adverts", "1..100", "default 3"),
    honoured("v3_checksum_as_v2", "[BOOL]", "checksum = \"message\""),
    honoured("unicast_peer", "{ IP … }", "see below", block),
    honoured("unicast_ttl", "1..255", "default 255"),
    honoured("unicast_src_ip", "IP", "source"),
    honoured("mcast_src_ip", "IP", "source"),
    honoured("mcast_dst_ip", "IP", "224.0.0.18 or ff02::12 alone; another group is an error"),
    translated("track_src_ip", "", "a router always waits for the address that it speaks from"),
    translated("check_unicast_src", "", "adverts of hosts that are no peers are refused"),
    translated("unicast_fault_no_peer", "", "unicast_peer without a peer is an error"),
    honoured("old_unicast_checksum", "never",
             "alone, the checksum of keepalived before 1.3.6 is an error"),
    translated("native_ipv6", "", "IPv6 is what the addresses are"),
    unsupported("vrf", "INTERFACE", "a router without an interface is not known",
                "name the interface that the peers are reached by"),
    translated("skip_check_adv_addr", "[BOOL]",
               "other addresses in an advert are told, and don't refuse it"),
    without_effect("lower_prio_no_advert", "[BOOL]", lower_are_answered, each),
    translated("higher_prio_send_advert", "[BOOL]",
               "a master that yields always says so, except in strict mode"),
    without_effect("owner_ignore_adverts", "[BOOL]", owners_hear, each),
    translated("timer_expired_backup", "[1..254]",
               "a master that has slept for too long is backup when it wakes"),
    translated("thread_timer_expired", "[1..254]",
               "a master that has slept for too long is backup when it wakes"),
});

constexpr auto of_host = std::to_array<KeepalivedRow>({
    translated(
        "use_vmac", "[WORD...]", own_mac, each,
        "hosts with a virtual MAC may be among the others: what clients know is renewed when "
        "the addresses move"),
    translated("use_vmac_addr", "", own_mac),
    translated("vmac_xmit_base", "", "adverts always leave by the interface itself"),
    translated("use_ipvlan", "[WORD...]", own_mac, each),
    translated("promote_secondaries", "",
               "an address that goes with another one of its network is put back at once"),

    translated("garp_master_delay", "NUMBER", own_announcements),
    translated("garp_master_repeat", "NUMBER", own_announcements),
    translated("garp_master_refresh", "NUMBER", own_refresh, once, {}, "60"),
    translated("garp_master_refresh_repeat", "NUMBER", own_announcements),
    translated("garp_lower_prio_delay", "NUMBER", own_announcements),
    translated("garp_lower_prio_repeat", "NUMBER", own_announcements),
    translated("garp_extra_if", "[all] 0..86400", own_announcements),
    translated("vmac_garp_intvl", "[all] 0..86400", own_announcements),

    honoured("notify_master", "COMMAND [USER [:][GROUP]]", notify),
    honoured("notify_backup", "COMMAND [USER [:][GROUP]]", notify),
    honoured("notify_fault", "COMMAND [USER [:][GROUP]]", notify),
    honoured("notify_stop", "COMMAND [USER [:][GROUP]]", notify),
    honoured("notify_deleted", "[COMMAND [USER [:][GROUP]]]", notify),
    honoured("notify", "COMMAND [USER [:][GROUP]]", "what is run at each change of state"),
    honoured("notify_master_rx_lower_pri", "COMMAND [USER [:][GROUP]]",
             "what is run when a master hears an advert of lower priority"),
    honoured("notify_priority_changes", "[BOOL]", "into the FIFO"),
    without_effect("smtp_alert", "[BOOL]", no_mail, once, log_advice),

    unsupported("virtual_routes", "{ ROUTE … }", "routes are not moved with the addresses",
                route_advice, block),
    unsupported("virtual_rules", "{ RULE … }", "rules are not moved with the addresses",
                route_advice, block),
    without_effect("linkbeat_use_polling", "", links_tell, once),
    without_effect("lvs_sync_daemon_interface", "INTERFACE",
                   "there is no IPVS here, and so no connections to hand over", each),
    without_effect("kernel_rx_buf_size", "NUMBER", "socket buffers are as large as they need be"),
    without_effect("debug", "0..4", "it has none in keepalived either"),
});

}  // namespace

std::vector<KeepalivedRow> instance_rows() {
    return joined({of_protocol, of_host});
}

}  // namespace config
