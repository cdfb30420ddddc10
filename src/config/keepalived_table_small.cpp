// The keywords of the file itself, and of the blocks that have few.

#include "config/keepalived_table.hpp"
#include "config/keepalived_words.hpp"

#include <array>

namespace config {

namespace {

using enum KeepalivedForm;
using enum Telling;

constexpr std::string_view ipvs = "load balancing by IPVS is no part of Understudy";
constexpr std::string_view ipvs_advice =
    "let HAProxy, nginx or ipvsadm balance, and Understudy move the address; or keep keepalived "
    "for this block alone";
constexpr std::string_view bfd_advice =
    "use a vrrp_script or, in TOML, a check that pings the neighbour";
constexpr std::string_view static_advice = "let the host's network configuration set them";
constexpr std::string_view notify = "what is run then";
constexpr std::string_view no_labels =
    "addresses have no label and no scope of their own here: they show in listings alone";
constexpr std::string_view no_broadcast =
    "no broadcast address is set, and the kernel needs none to serve the address";
constexpr std::string_view lone_addresses =
    "an address of ours is a plain one: these flags have no effect on it";

constexpr auto root = std::to_array<KeepalivedRow>({
    honoured("global_defs", "{ … }", "what counts for the whole file", blocks),
    honoured("vrrp_instance", "NAME { … }", "a router", blocks),
    honoured("vrrp_sync_group", "NAME { … }", "instances that share their fate", blocks),
    honoured("vrrp_script", "NAME { … }", "a check by a script", blocks),
    honoured("vrrp_track_process", "NAME { … }", "a check of processes", blocks),
    honoured("track_file", "NAME { … }", "a number in a file, which changes priorities", blocks),
    honoured("vrrp_track_file", "NAME { … }", "the same", blocks),
    honoured("garp_group", "{ … }", "the pace of announcements", blocks),
    unsupported("bfd_instance", "NAME { … }", "BFD is not spoken", bfd_advice, blocks),
    unsupported("static_ipaddress", "{ … }", "addresses that don't move are the host's own",
                static_advice, blocks),
    unsupported("static_routes", "{ … }", "routes that don't move are the host's own",
                static_advice, blocks),
    unsupported("static_rules", "{ … }", "rules that don't move are the host's own", static_advice,
                blocks),
    unsupported("track_group", "NAME { … }", "it is for static addresses, which are the host's own",
                "track the interface: track_interface", blocks),
    with_block(without_effect("linkbeat_interfaces", "{ INTERFACE … }", links_tell, once)),
    without_effect("linkbeat_use_polling", "", links_tell, once),
    with_block(without_effect("interface_up_down_delays", "{ INTERFACE SECONDS [SECONDS] … }",
                              "a router leaves at once when its interface is lost", each)),
    unsupported("net_namespace", "NAME", "the daemon stays in the namespace that it is started in",
                "start it there: NetworkNamespacePath= in the service's unit"),
    without_effect("net_namespace_ipvs", "[NAME]", ipvs, each),
    without_effect("namespace_with_ipsets", "", "no ipsets are used"),
    translated("instance", "NAME", "daemons on one host are told apart by their socket: --socket",
               each),
    without_effect("use_pid_dir", "", "there is no file with the daemon's process id"),
    without_effect("child_wait_time", "NUMBER", "there is one process"),
    unsupported("virtual_server", "IP PORT|group NAME|fwmark NUMBER { … }", ipvs, ipvs_advice,
                blocks),
    unsupported("virtual_server_group", "NAME { … }", ipvs, ipvs_advice, blocks),
    unsupported("SSL", "{ … }", ipvs, ipvs_advice, blocks),
    unsupported("real_server", "IP PORT { … }", ipvs, ipvs_advice, blocks),
    unsupported("sorry_server", "IP PORT", ipvs, ipvs_advice),
});

constexpr auto authentication = std::to_array<KeepalivedRow>({
    honoured("auth_type", "PASS|AH|none", "without a known one nothing is started"),
    honoured("auth_pass", "TEXT", "of a longer one 8 bytes count, as everywhere (warning)"),
});

constexpr auto hmac = std::to_array<KeepalivedRow>({
    honoured("key", "NUMBER SECRET", "text, `hex:…`, `file:/path` or `credential:NAME`", lines),
    honoured("active_key", "NUMBER", "which key signs"),
    honoured("mode", "enforce|permissive|receive-only", "default `enforce`"),
    honoured("anti_replay", "time|monotonic", "default `time`"),
    honoured("time_window", "1..300", "seconds; default: three intervals, at least 5"),
});

constexpr auto script = std::to_array<KeepalivedRow>({
    honoured("script", "COMMAND", "required"),
    honoured("interval", "SECONDS", "default 1, 0.01 to 3600; 0 means 1"),
    honoured("timeout", "SECONDS", "default: the interval"),
    honoured("weight", "-253..253 [reverse|noreverse]", "default 0: fatal"),
    honoured("rise", "1..1000", "default 1"),
    honoured("fall", "1..1000", "default 1"),
    honoured("user", "USER [:][GROUP]", "default: `script_user`"),
    honoured("init_fail", "", "bad until it has been run"),
});

constexpr auto process = std::to_array<KeepalivedRow>({
    honoured("process", "NAME|PATH [PARAMETER...]", "required"),
    honoured("param_match", "[initial|partial]", "how the parameters are compared"),
    honoured("full_command", "", "the whole command line is compared"),
    honoured("weight", "-254..254 [reverse|noreverse]", "default 0: fatal"),
    honoured("quorum", "0..1000", "min, default 1"),
    honoured("quorum_max", "0..1000", "max"),
    honoured("delay", "SECONDS", "both of the following"),
    honoured("terminate_delay", "SECONDS", "grace"),
    honoured("fork_delay", "SECONDS", "hold_good"),
});

constexpr auto file = std::to_array<KeepalivedRow>({
    honoured("file", "PATH", "required, absolute"),
    honoured("weight", "-254..254 [reverse|noreverse]", "times the number in the file; default 1"),
    without_effect("init_file", "[NUMBER] [overwrite]",
                   "the file is not written here, and counts as 0 until it is there", each,
                   "let whatever changes the file also make it"),
});

constexpr auto group = std::to_array<KeepalivedRow>({
    honoured("group", "{ NAME … }", "the members", block),
    honoured("track_script", "{ NAME [weight …] }", "of all members", block),
    honoured("track_process", "{ NAME [weight …] }", "of all members", block),
    honoured("track_file", "{ NAME [weight …] }", "of all members", block),
    honoured("track_interface", "{ INTERFACE [weight …] }", "of all members", block),
    unsupported("track_bfd", "{ NAME … }", "BFD is not spoken", bfd_advice, block),
    honoured("sync_group_tracking_weight", "", "members' own trackers keep their weights"),
    honoured("global_tracking", "", "the same"),
    honoured("notify_master", "COMMAND [USER [:][GROUP]]", notify),
    honoured("notify_backup", "COMMAND [USER [:][GROUP]]", notify),
    honoured("notify_fault", "COMMAND [USER [:][GROUP]]", notify),
    honoured("notify_stop", "COMMAND [USER [:][GROUP]]", notify),
    honoured("notify", "COMMAND [USER [:][GROUP]]", "what is run at each change of state"),
    honoured("notify_priority_changes", "[BOOL]", "into the FIFO"),
    without_effect("smtp_alert", "[BOOL]", no_mail, once, log_advice),
});

constexpr auto pace = std::to_array<KeepalivedRow>({
    honoured("garp_interval", "SECONDS", "for all interfaces, each by itself (warning)"),
    honoured("gna_interval", "SECONDS", "the same; the longest of all counts"),
    honoured("interface", "INTERFACE", "accepted", lines),
    honoured("interfaces", "{ INTERFACE … }", "accepted", blocks),
});

constexpr auto address = std::to_array<KeepalivedRow>({
    honoured("dev", "INTERFACE", "the instance's own; another one is an error"),
    without_effect("label", "TEXT", no_labels, once),
    without_effect("brd", "IP|+|-", no_broadcast),
    without_effect("broadcast", "IP|+|-", no_broadcast),
    without_effect("scope", "SCOPE", no_labels, once, {}, "global"),
    unsupported("peer", "IP", "point-to-point addresses are not set", "leave it out"),
    without_effect("home", "", lone_addresses, once),
    without_effect("-nodad", "", "an address is usable at once, without asking for duplicates",
                   each),
    without_effect("mngtmpaddr", "", lone_addresses, once),
    without_effect("noprefixroute", "", lone_addresses, once,
                   "without a length, or with /32 or /128, there is no route either"),
    without_effect("autojoin", "", lone_addresses, once),
    without_effect("no_track", "",
                   "an address that another program takes away is put back, and the router stays",
                   never),
    without_effect("preferred_lft", "SECONDS|forever",
                   "an IPv6 address with /128 is never chosen as a source, others may be", each),
    translated("use_vmac", "", "the address is on the interface itself, with its own MAC", each),
});

constexpr auto peer = std::to_array<KeepalivedRow>({
    honoured("min_ttl", "0..255", "adverts with a lower one are refused"),
    honoured("max_ttl", "0..255", "adverts with a higher one are refused"),
});

constexpr auto tracker = std::to_array<KeepalivedRow>({
    honoured("weight", "-254..254 [reverse|noreverse]", "instead of the tracker's own"),
});

constexpr KeepalivedRow bfd(std::string_view keyword, std::string_view grammar) {
    return unsupported(keyword, grammar, "BFD is not spoken", bfd_advice);
}

constexpr auto bfd_rows = std::to_array<KeepalivedRow>({
    bfd("neighbor_ip", "IP"),
    bfd("neighbour_ip", "IP"),
    bfd("source_ip", "IP"),
    bfd("min_rx", "NUMBER"),
    bfd("min_tx", "NUMBER"),
    bfd("idle_tx", "NUMBER"),
    bfd("multiplier", "1..255"),
    bfd("passive", ""),
    bfd("ttl", "1..255"),
    bfd("hoplimit", "1..255"),
    bfd("max_hops", "-1..255"),
    bfd("multihop", "[BOOL]"),
    bfd("weight", "-253..253 [reverse]"),
    bfd("vrrp", ""),
    bfd("checker", ""),
});

constexpr auto track_group = std::to_array<KeepalivedRow>({
    unsupported("group", "{ NAME … }", "it is for static addresses, which are the host's own",
                "track the interface: track_interface", block),
});

constexpr auto links = std::to_array<KeepalivedRow>({
    without_effect("INTERFACE", "[MII|ETHTOOL|IOCTL]", links_tell, once),
});

constexpr auto delays = std::to_array<KeepalivedRow>({
    without_effect("INTERFACE", "0..255 [0..255]",
                   "a router leaves at once when its interface is lost", each),
});

constexpr auto routes = std::to_array<KeepalivedRow>({
    unsupported("ROUTE", "[TYPE] [to] PREFIX [OPTION …]", "routes are not set",
                "let a state script or the host's network configuration set them"),
});

constexpr auto rules = std::to_array<KeepalivedRow>({
    unsupported("RULE", "[from PREFIX] [to PREFIX] [OPTION …] ACTION", "rules are not set",
                "let a state script or the host's network configuration set them"),
});

}  // namespace

std::vector<KeepalivedRow> root_rows() {
    return joined({root});
}

std::vector<KeepalivedBlock> small_blocks() {
    return {
        {"authentication", "`authentication`", joined({authentication})},
        {"auth_hmac", "`auth_hmac`", joined({hmac})},
        {"address", "After an address of `virtual_ipaddress` and `virtual_ipaddress_excluded`",
         joined({address})},
        {"peer", "After an address of `unicast_peer`", joined({peer})},
        {"tracker",
         "After a name of `track_script`, `track_process`, `track_file`, `track_interface`",
         joined({tracker})},
        {"vrrp_sync_group", "`vrrp_sync_group NAME`", joined({group})},
        {"vrrp_script", "`vrrp_script NAME`", joined({script})},
        {"vrrp_track_process", "`vrrp_track_process NAME`", joined({process})},
        {"track_file", "`track_file NAME`, `vrrp_track_file NAME`", joined({file})},
        {"garp_group", "`garp_group`", joined({pace})},
        {"bfd_instance", "`bfd_instance NAME`", joined({bfd_rows})},
        {"track_group", "`track_group NAME`", joined({track_group})},
        {"linkbeat_interfaces", "`linkbeat_interfaces`", joined({links})},
        {"interface_up_down_delays", "`interface_up_down_delays`", joined({delays})},
        {"route", "In `virtual_routes` and `static_routes`", joined({routes})},
        {"rule", "In `virtual_rules` and `static_rules`", joined({rules})},
    };
}

}  // namespace config
