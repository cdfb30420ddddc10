#include "config/toml_merge.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <utility>

namespace config {

namespace {

using Path = std::vector<std::string>;

const TomlEntry* find_entry(const TomlTable& table, const std::string& key) {
    const auto found = std::ranges::find(table.entries, key, &TomlEntry::key);
    return found == table.entries.end() ? nullptr : &*found;
}

/// A table, and whose it is.
struct HostTable {
    const HostTables* host;
    const TomlTable* table;
};

class Merger {
public:
    explicit Merger(const std::vector<HostTables>& hosts) : hosts_(hosts), indices_(hosts.size()) {
        for (std::size_t host = 0; host < hosts.size(); ++host) {
            for (const TomlTable& table : hosts[host].tables) {
                indices_[host].emplace(table.path, &table);
            }
        }
    }

    std::expected<std::vector<TomlTable>, std::vector<MergeConflict>> merge() {
        std::vector<TomlTable> merged;
        for (const std::vector<std::string>& path : all_paths()) {
            const std::vector<HostTable> tables = tables_of(path);
            if (tables.size() < hosts_.size() && path.front() != "check") {
                conflicts_.push_back({path, "", tables.front().host->host, host_without(path)});
                continue;
            }
            merged.push_back(merge_table(path, tables));
        }
        if (!conflicts_.empty()) {
            return std::unexpected(std::move(conflicts_));
        }
        return merged;
    }

private:
    /// In the order of the first host; what only others have stands behind all of its kind.
    [[nodiscard]] std::vector<Path> all_paths() const {
        std::vector<std::vector<Path>> kinds;
        std::set<Path> seen;
        for (const HostTables& host : hosts_) {
            for (const TomlTable& table : host.tables) {
                if (!seen.insert(table.path).second) {
                    continue;
                }
                auto kind = std::ranges::find_if(kinds, [&table](const std::vector<Path>& paths) {
                    return paths.front().front() == table.path.front();
                });
                if (kind == kinds.end()) {
                    kind = kinds.emplace(kinds.end());
                }
                kind->push_back(table.path);
            }
        }
        std::vector<Path> paths;
        for (const std::vector<Path>& kind : kinds) {
            paths.insert(paths.end(), kind.begin(), kind.end());
        }
        return paths;
    }

    [[nodiscard]] const TomlTable* find_table(std::size_t host, const Path& path) const {
        const auto found = indices_[host].find(path);
        return found == indices_[host].end() ? nullptr : found->second;
    }

    [[nodiscard]] std::vector<HostTable> tables_of(const Path& path) const {
        std::vector<HostTable> tables;
        for (std::size_t host = 0; host < hosts_.size(); ++host) {
            if (const TomlTable* const table = find_table(host, path)) {
                tables.push_back({&hosts_[host], table});
            }
        }
        return tables;
    }

    [[nodiscard]] std::string host_without(const Path& path) const {
        std::size_t host = 0;
        while (find_table(host, path) != nullptr) {
            ++host;
        }
        return hosts_[host].host;
    }

    TomlTable merge_table(const std::vector<std::string>& path,
                          const std::vector<HostTable>& tables) {
        TomlTable merged;
        merged.path = path;
        for (const HostTable& table : tables) {
            for (const TomlEntry& entry : table.table->entries) {
                if (find_entry(merged, entry.key) == nullptr && !is_told(path, entry.key)) {
                    add_entry(entry.key, tables, merged);
                }
            }
        }
        return merged;
    }

    [[nodiscard]] bool is_told(const std::vector<std::string>& path, const std::string& key) const {
        return std::ranges::any_of(conflicts_, [&](const MergeConflict& conflict) {
            return conflict.path == path && conflict.key == key;
        });
    }

    void add_entry(const std::string& key, const std::vector<HostTable>& tables,
                   TomlTable& merged) {
        std::vector<std::string> values;
        const HostTable* with = nullptr;
        const HostTable* without = nullptr;
        TomlEntry result;
        for (const HostTable& table : tables) {
            const TomlEntry* const entry = find_entry(*table.table, key);
            if (entry == nullptr) {
                without = &table;
                continue;
            }
            result = with == nullptr ? *entry : result;
            with = &table;
            result.is_default = result.is_default && entry->is_default;
            values.push_back(fmt::format("{} = {}", toml_key(table.host->host), entry->value));
        }
        if (without != nullptr) {
            conflicts_.push_back({merged.path, key, with->host->host, without->host->host});
            return;
        }
        const bool is_common = std::ranges::all_of(tables, [&](const HostTable& table) {
            return find_entry(*table.table, key)->value == result.value;
        });
        if (!is_common) {
            result.value = fmt::format("{{ {} }}", fmt::join(values, ", "));
            result.shown.clear();
        }
        merged.entries.push_back(std::move(result));
    }

    const std::vector<HostTables>& hosts_;
    std::vector<std::map<Path, const TomlTable*>> indices_;  ///< of each host
    std::vector<MergeConflict> conflicts_;
};

}  // namespace

std::expected<std::vector<TomlTable>, std::vector<MergeConflict>> merge_tables(
    const std::vector<HostTables>& hosts) {
    return Merger(hosts).merge();
}

}  // namespace config
