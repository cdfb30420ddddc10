#include "config/keepalived_lines.hpp"

#include "config/keepalived_line.hpp"
#include "config/report.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>

namespace config {

namespace {

using enum LineClass;

/// What a keyword of a block becomes.
struct Word {
    std::string_view block;
    std::string_view keyword;
    std::string_view key;  ///< of the table that the block becomes; empty: of none
    LineClass line_class = honoured;
    std::string_view reason = {};
};

constexpr std::string_view is_mail = "no mail is sent";

constexpr std::array<Word, 89> words = {{
    {"vrrp_instance", "state", "priority", translated, "the priority says who is wanted"},
    {"vrrp_instance", "interface", "interface"},
    {"vrrp_instance", "virtual_router_id", "vrid"},
    {"vrrp_instance", "priority", "priority"},
    {"vrrp_instance", "advert_int", "interval"},
    {"vrrp_instance", "authentication", "password"},
    {"vrrp_instance", "virtual_ipaddress", "addresses"},
    {"vrrp_instance", "virtual_ipaddress_excluded", "unadvertised_addresses"},
    {"vrrp_instance", "track_script", "checks"},
    {"vrrp_instance", "track_process", "checks"},
    {"vrrp_instance", "track_file", "checks"},
    {"vrrp_instance", "track_interface", "checks", translated, "a check of the interface"},
    {"vrrp_instance", "nopreempt", "preempt"},
    {"vrrp_instance", "preempt", "preempt"},
    {"vrrp_instance", "preempt_delay", "preempt_delay"},
    {"vrrp_instance", "version", "version"},
    {"vrrp_instance", "strict_mode", "strict"},
    {"vrrp_instance", "accept", "accept"},
    {"vrrp_instance", "no_accept", "accept"},
    {"vrrp_instance", "down_timer_adverts", "down_adverts"},
    {"vrrp_instance", "v3_checksum_as_v2", "checksum"},
    {"vrrp_instance", "unicast_peer", "unicast"},
    {"vrrp_instance", "unicast_ttl", "unicast_ttl"},
    {"vrrp_instance", "unicast_src_ip", "source"},
    {"vrrp_instance", "mcast_src_ip", "source"},
    {"vrrp_instance", "track_src_ip", "source", honoured, "always so"},
    {"vrrp_instance", "check_unicast_src", "unicast_strangers", honoured, "always so"},
    {"vrrp_instance", "lower_prio_no_advert", "", without_effect},
    {"vrrp_instance", "higher_prio_send_advert", "", honoured, "always so"},
    {"vrrp_instance", "smtp_alert", "", without_effect, is_mail},
    {"authentication", "auth_type", "authentication"},
    {"authentication", "auth_pass", "password"},
    {"auth_hmac", "key", "keys"},
    {"auth_hmac", "active_key", "active"},
    {"auth_hmac", "mode", "mode"},
    {"auth_hmac", "anti_replay", "replay"},
    {"auth_hmac", "time_window", "window"},
    {"global_defs", "router_id", "", without_effect, "it names the host in mails only"},
    {"global_defs", "script_user", "", honoured, "user and group of the checks"},
    {"global_defs", "enable_script_security", "", honoured, "always so"},
    {"global_defs", "vrrp_version", "", honoured, "version of the routers"},
    {"global_defs", "vrrp_strict", "", honoured, "strict of the routers"},
    {"global_defs", "vrrp_startup_delay", "", honoured, "start_delay of the routers"},
    {"global_defs", "vrrp_down_timer_adverts", "", honoured, "down_adverts of the routers"},
    {"global_defs", "vrrp_check_unicast_src", "", honoured, "always so"},
    {"global_defs", "v3_checksum_as_v2", "", honoured, "checksum of the routers"},
    {"global_defs", "vrrp_garp_interval", "announce_interval"},
    {"global_defs", "vrrp_gna_interval", "announce_interval"},
    {"global_defs", "vrrp_rt_priority", "realtime_priority"},
    {"global_defs", "vrrp_no_swap", "lock_memory"},
    {"global_defs", "notification_email", "", without_effect, is_mail},
    {"global_defs", "notification_email_from", "", without_effect, is_mail},
    {"global_defs", "smtp_server", "", without_effect, is_mail},
    {"global_defs", "smtp_connect_timeout", "", without_effect, is_mail},
    {"global_defs", "smtp_helo_name", "", without_effect, is_mail},
    {"global_defs", "smtp_alert", "", without_effect, is_mail},
    {"global_defs", "smtp_alert_vrrp", "", without_effect, is_mail},
    {"global_defs", "smtp_alert_checker", "", without_effect, is_mail},
    {"global_defs", "no_email_faults", "", without_effect, is_mail},
    {"vrrp_script", "script", probe_key},
    {"vrrp_script", "interval", "interval"},
    {"vrrp_script", "timeout", "timeout"},
    {"vrrp_script", "weight", "weight"},
    {"vrrp_script", "rise", "rise"},
    {"vrrp_script", "fall", "fall"},
    {"vrrp_script", "user", "user"},
    {"vrrp_script", "init_fail", "initially"},
    {"vrrp_track_process", "process", probe_key},
    {"vrrp_track_process", "param_match", "match"},
    {"vrrp_track_process", "full_command", "match"},
    {"vrrp_track_process", "weight", "weight"},
    {"vrrp_track_process", "quorum", "min"},
    {"vrrp_track_process", "quorum_max", "max"},
    {"vrrp_track_process", "delay", "grace", translated, "grace and hold_good"},
    {"vrrp_track_process", "terminate_delay", "grace"},
    {"vrrp_track_process", "fork_delay", "hold_good"},
    {"track_file", "file", probe_key},
    {"track_file", "weight", "weight"},
    {"track_file", "init_file", "", without_effect, "the file is not written here"},
    {"vrrp_sync_group", "group", "routers"},
    {"vrrp_sync_group", "track_script", "routers", translated, "the checks of each router"},
    {"vrrp_sync_group", "track_process", "routers", translated, "the checks of each router"},
    {"vrrp_sync_group", "track_file", "routers", translated, "the checks of each router"},
    {"vrrp_sync_group", "track_interface", "routers", translated, "the checks of each router"},
    {"vrrp_sync_group", "sync_group_tracking_weight", "", honoured, "the weights of the checks"},
    {"vrrp_sync_group", "global_tracking", "", honoured, "the weights of the checks"},
    {"vrrp_sync_group", "smtp_alert", "", without_effect, is_mail},
    {"garp_group", "garp_interval", "announce_interval", translated, "the same on all links"},
    {"garp_group", "gna_interval", "announce_interval", translated, "the same on all links"},
}};

/// Blocks that are one value, with a line for each of its parts.
constexpr auto lists = std::to_array<std::string_view>(
    {"virtual_ipaddress", "virtual_ipaddress_excluded", "track_script", "track_process",
     "track_file", "track_interface", "unicast_peer", "group", "notification_email", "interfaces"});

constexpr auto check_blocks =
    std::to_array<std::string_view>({"vrrp_script", "vrrp_track_process", "track_file"});

/// Goes through a file block by block.
class LineFinder {
public:
    explicit LineFinder(const Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

    std::vector<ConvertedLine> find(const std::vector<KeepalivedLine>& lines) {
        for (const KeepalivedLine& line : lines) {
            take_root(line);
        }
        return std::move(found_);
    }

private:
    void take_root(const KeepalivedLine& line) {
        const std::string block =
            line.keyword() == "vrrp_track_file" ? "track_file" : line.keyword();
        const std::string name = line.words.size() > 1 ? line.words[1].text : "";
        const std::vector<std::string> path = path_of(block, name);
        add(line, path.empty() || path.size() == 1 ? block : block + ' ' + name,
            {"", "", "", path.empty() ? without_effect : honoured}, path);
        take_block(line, block, path);
    }

    std::vector<std::string> path_of(const std::string& block, const std::string& name) {
        if (block == "global_defs" || block == "garp_group") {
            return {"daemon"};
        }
        if (block == "vrrp_instance") {
            return {"router", name};
        }
        if (block == "vrrp_sync_group") {
            return {"group", name};
        }
        if (std::ranges::find(check_blocks, block) == check_blocks.end()) {
            return {};
        }
        // Of two kinds that have one name the later one gets another, as when they are read.
        const std::string own = check_names_.contains(name) ? block + '-' + name : name;
        check_names_.insert(own);
        return {"check", own};
    }

    void take_block(const KeepalivedLine& block, std::string_view name,
                    const std::vector<std::string>& path) {
        for (const KeepalivedLine& line : block.block) {
            const Word word = word_of(name, line.keyword());
            std::vector<std::string> below = path;
            if (line.keyword() == "auth_hmac") {
                below.emplace_back("hmac");
            }
            add(line, shown(line, word, name), word, below);
            if (std::ranges::find(lists, line.keyword()) != lists.end()) {
                take_list(line, word, below);
            } else {
                take_block(line, line.keyword(), below);
            }
        }
    }

    void take_list(const KeepalivedLine& list, const Word& word,
                   const std::vector<std::string>& path) {
        for (const KeepalivedLine& entry : list.block) {
            add(entry, entry.keyword(), word, path);
        }
    }

    static Word word_of(std::string_view block, std::string_view keyword) {
        const auto found = std::ranges::find_if(words, [&](const Word& word) {
            return word.block == block && word.keyword == keyword;
        });
        const Word block_of_keys{block, keyword, "", honoured};
        if (found == words.end()) {
            return keyword == "auth_hmac" ? block_of_keys
                                          : Word{block, keyword, "", without_effect};
        }
        return *found;
    }

    /// A line that may begin with a secret is not shown.
    static std::string shown(const KeepalivedLine& line, const Word& word, std::string_view block) {
        const bool is_known = !word.key.empty();
        const bool may_be_secret =
            block == "authentication" || block == "auth_hmac" || line.may_hold_password;
        return is_known || !may_be_secret ? line.keyword() : "a line of " + std::string(block);
    }

    void add(const KeepalivedLine& line, const std::string& shown, const Word& word,
             const std::vector<std::string>& path) {
        ConvertedLine found{.line = line.place().line,
                            .word = shown,
                            .line_class = word.line_class,
                            .reason = std::string(word.reason),
                            .path = path,
                            .key = std::string(word.key)};
        if (path == std::vector<std::string>{"daemon"} && word.key.empty()) {
            found.path.clear();  // what is said of all routers has no table of its own
        }
        judge(found);
        found_.push_back(std::move(found));
    }

    /// What was said of a line when it was read counts more than what is said of its keyword.
    void judge(ConvertedLine& line) const {
        for (const Diagnostic& diagnostic : diagnostics_) {
            if (diagnostic.place.line != line.line || diagnostic.place.line == 0) {
                continue;
            }
            if (diagnostic.severity == Severity::error) {
                line.line_class = unsupported;
                line.reason = diagnostic.message;
                return;
            }
            const bool is_idle = diagnostic.message.contains("no effect") ||
                                 diagnostic.message.contains("is used by no router");
            line.line_class = is_idle ? without_effect : line.line_class;
            line.reason = diagnostic.message;
        }
    }

    const Diagnostics& diagnostics_;
    std::set<std::string> check_names_;
    std::vector<ConvertedLine> found_;
};

}  // namespace

std::vector<ConvertedLine> find_keepalived_lines(std::string_view text,
                                                 const Diagnostics& diagnostics) {
    Report report("");
    return LineFinder(diagnostics).find(read_lines(text, report));
}

}  // namespace config
