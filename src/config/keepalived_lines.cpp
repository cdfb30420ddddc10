#include "config/keepalived_lines.hpp"

#include "config/keepalived_line.hpp"
#include "config/keepalived_source.hpp"
#include "config/keepalived_table.hpp"
#include "config/report.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>

namespace config {

namespace {

struct Word {
    std::string_view block;
    std::string_view keyword;
    std::string_view key;
};

/// What becomes of a line with a keyword.
struct Fate {
    std::string_view key;  ///< empty: of none
    LineClass line_class = LineClass::honoured;
    std::string_view reason = {};
};

/// The key of TOML that a keyword becomes, of the table that its block becomes.
constexpr std::array<Word, 80> words = {{
    {"vrrp_instance", "state", "priority"},
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
    {"vrrp_instance", "track_interface", "checks"},
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
    {"vrrp_instance", "track_src_ip", "source"},
    {"vrrp_instance", "check_unicast_src", "unicast_strangers"},
    {"authentication", "auth_type", "authentication"},
    {"authentication", "auth_pass", "password"},
    {"auth_hmac", "key", "keys"},
    {"auth_hmac", "active_key", "active"},
    {"auth_hmac", "mode", "mode"},
    {"auth_hmac", "anti_replay", "replay"},
    {"auth_hmac", "time_window", "window"},
    {"global_defs", "vrrp_garp_interval", "announce_interval"},
    {"global_defs", "vrrp_gna_interval", "announce_interval"},
    {"global_defs", "vrrp_rt_priority", "realtime_priority"},
    {"global_defs", "vrrp_no_swap", "lock_memory"},
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
    {"vrrp_track_process", "delay", "grace"},
    {"vrrp_track_process", "terminate_delay", "grace"},
    {"vrrp_track_process", "fork_delay", "hold_good"},
    {"track_file", "file", probe_key},
    {"track_file", "weight", "weight"},
    {"vrrp_sync_group", "group", "routers"},
    {"vrrp_sync_group", "track_script", "routers"},
    {"vrrp_sync_group", "track_process", "routers"},
    {"vrrp_sync_group", "track_file", "routers"},
    {"vrrp_sync_group", "track_interface", "routers"},
    {"garp_group", "garp_interval", "announce_interval"},
    {"garp_group", "gna_interval", "announce_interval"},
    {"vrrp_instance", "notify_master", "on_master"},
    {"vrrp_instance", "notify_backup", "on_backup"},
    {"vrrp_instance", "notify_fault", "on_fault"},
    {"vrrp_instance", "notify_stop", "on_stop"},
    {"vrrp_instance", "notify_master_rx_lower_pri", "on_lower_master"},
    {"vrrp_instance", "notify", "on_change"},
    {"vrrp_sync_group", "notify_master", "on_master"},
    {"vrrp_sync_group", "notify_backup", "on_backup"},
    {"vrrp_sync_group", "notify_fault", "on_fault"},
    {"vrrp_sync_group", "notify_stop", "on_stop"},
    {"vrrp_sync_group", "notify", "on_change"},
    {"global_defs", "notify_fifo", "state_fifo"},
    {"global_defs", "vrrp_notify_fifo", "state_fifo"},
    {"global_defs", "notify_fifo_script", "state_fifo_reader"},
    {"global_defs", "vrrp_notify_fifo_script", "state_fifo_reader"},
    {"global_defs", "vrrp_notify_priority_changes", "state_fifo_priorities"},
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
        Fate fate = fate_of("keepalived.conf", line.keyword());
        if (fate.line_class == LineClass::honoured) {
            fate.reason = "";
        }
        add(line, path.empty() || path.size() == 1 ? block : block + ' ' + name, fate, path);
        if (fate.line_class != LineClass::unsupported) {
            take_block(line, block, path);
        }
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
            const Fate fate = fate_of(name, line.keyword());
            std::vector<std::string> below = path;
            if (line.keyword() == "auth_hmac") {
                below.emplace_back("hmac");
            }
            add(line, shown(line, fate, name), fate, below);
            if (std::ranges::find(lists, line.keyword()) != lists.end()) {
                take_list(line, fate, below);
            } else {
                take_block(line, line.keyword(), below);
            }
        }
    }

    void take_list(const KeepalivedLine& list, const Fate& fate,
                   const std::vector<std::string>& path) {
        for (const KeepalivedLine& entry : list.block) {
            add(entry, entry.keyword(), fate, path);
        }
    }

    static Fate fate_of(std::string_view block, std::string_view keyword) {
        const auto word = std::ranges::find_if(words, [&](const Word& known) {
            return known.block == block && known.keyword == keyword;
        });
        Fate fate{word == words.end() ? "" : word->key};
        const KeepalivedRow* const row = row_of(block, keyword);
        if (row == nullptr) {
            fate.line_class = LineClass::without_effect;
            return fate;
        }
        fate.line_class = class_of(row->effect);
        fate.reason = fate.key.empty() || row->effect != KeywordClass::honoured ? row->text : "";
        return fate;
    }

    static const KeepalivedRow* row_of(std::string_view block, std::string_view keyword) {
        const auto blocks = keepalived_blocks();
        return std::ranges::find(blocks, block, &KeepalivedBlock::name) == blocks.end()
                   ? nullptr
                   : find_row(block, keyword);
    }

    static LineClass class_of(KeywordClass effect) {
        switch (effect) {
            case KeywordClass::honoured: return LineClass::honoured;
            case KeywordClass::translated: return LineClass::translated;
            case KeywordClass::no_effect: return LineClass::without_effect;
            case KeywordClass::unsupported: break;
        }
        return LineClass::unsupported;
    }

    /// A line that may begin with a secret is not shown.
    static std::string shown(const KeepalivedLine& line, const Fate& fate, std::string_view block) {
        const bool is_known = !fate.key.empty();
        const bool may_be_secret =
            block == "authentication" || block == "auth_hmac" || line.may_hold_password;
        return is_known || !may_be_secret ? line.keyword() : "a line of " + std::string(block);
    }

    void add(const KeepalivedLine& line, const std::string& shown, const Fate& fate,
             const std::vector<std::string>& path) {
        if (line.place().file != 0) {
            return;  // the report is of the lines of one file
        }
        ConvertedLine found{.line = line.place().line,
                            .word = shown,
                            .line_class = fate.line_class,
                            .reason = std::string(fate.reason),
                            .path = path,
                            .key = std::string(fate.key)};
        if (path == std::vector<std::string>{"daemon"} && fate.key.empty()) {
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
                line.line_class = LineClass::unsupported;
                line.reason = diagnostic.message;
                // What no message tells, no report tells either.
                if (line.reason.contains("(hidden)")) {
                    line.word = "a line with a secret";
                }
                return;
            }
            const bool is_idle = diagnostic.message.contains("no effect") ||
                                 diagnostic.message.contains("is used by no router");
            line.line_class = is_idle ? LineClass::without_effect : line.line_class;
            line.reason = diagnostic.message;
        }
    }

    const Diagnostics& diagnostics_;
    std::set<std::string> check_names_;
    std::vector<ConvertedLine> found_;
};

/// Adds the lines that begin with a condition which does not hold for this host.
void add_lines_of_others(std::string_view text, std::string_view config_id,
                         std::vector<ConvertedLine>& lines) {
    std::size_t number = 0;
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        std::string_view line = text.substr(start, end - start);
        start = end + 1;
        ++number;
        line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
        if (!line.starts_with('@')) {
            continue;
        }
        const std::string_view condition = line.substr(0, line.find_first_of(" \t"));
        const bool is_negative = condition.starts_with("@^");
        const bool is_same = condition.substr(is_negative ? 2 : 1) == config_id;
        if (is_same == is_negative) {
            lines.push_back({.line = number,
                             .word = std::string(condition),
                             .line_class = LineClass::without_effect,
                             .reason = "a line for other hosts",
                             .path = {},
                             .key = {}});
        }
    }
    std::ranges::stable_sort(lines, {}, &ConvertedLine::line);
}

}  // namespace

std::vector<ConvertedLine> find_keepalived_lines(std::string_view text,
                                                 const Diagnostics& diagnostics,
                                                 std::string_view host) {
    const std::string config_id(host.substr(0, host.find('.')));
    Report report(SourceFile{.name = "", .text = std::string(text)});
    const KeepalivedSource source = read_source({.config_id = config_id}, report);
    std::vector<ConvertedLine> lines = LineFinder(diagnostics).find(read_lines(source, report));
    add_lines_of_others(text, config_id, lines);
    return lines;
}

}  // namespace config
