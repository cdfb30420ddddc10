#pragma once

#include "config/report.hpp"
#include "config/toml_document.hpp"
#include "config/toml_keys.hpp"
#include "config/values.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace config {

/// More hosts than can share one virtual router.
inline constexpr std::size_t max_hosts = 1000;

/// A value of a key, for one host or for all.
struct HostValue {
    TomlNode node;
    bool is_here = true;  ///< it is this host's value
    std::string host;     ///< as the file names it; empty where the value is for all
};

/// A table of the file, read key by key. Each key is read by itself, so that all
/// mistakes are told at once; a table of values by host is read for every host, so that a mistake
/// is told on each of them.
class TomlSection {
public:
    /// `title` names it in messages: "router k8s-api". `report` outlives it. Each key that it is
    /// asked for is one of toml_keys(kind).
    TomlSection(TomlSectionKind kind, std::string title, const TomlNode& table,
                std::string_view host, Report& report);

    [[nodiscard]] const std::string& title() const { return title_; }
    [[nodiscard]] Place place() const { return place_; }
    [[nodiscard]] const std::string& host() const { return host_; }
    [[nodiscard]] bool has(const std::string& key) const;

    /// Whether a host of this name is meant by an entry for `host`, in full or by its first part.
    [[nodiscard]] bool is_this_host(const std::string& host) const;

    /// Says that the key is missing, unless it is there.
    void require(const std::string& key, const std::string& example);
    /// Says that the key has no meaning here, if it is there.
    void refuse(const std::string& key, const std::string& reason);

    /// All values of a key: none, one, or one for each host. A table of hosts in which this host is
    /// missing is an error, said when the key is asked for first. A key asked for is a known key.
    [[nodiscard]] std::vector<HostValue> values(const std::string& key);

    /// Where this host's value of a key stands; the table's own place where there is none.
    [[nodiscard]] Place place_of(const std::string& key);

    /// This host's value as `read(node)` gave it, which returns an optional and reports for itself.
    template <class Read>
    [[nodiscard]] auto value(const std::string& key, Read read) {
        decltype(read(std::declval<const TomlNode&>())) mine;
        for (const HostValue& candidate : values(key)) {
            auto value = read(candidate.node);
            if (candidate.is_here) {
                mine = std::move(value);
            }
        }
        return mine;
    }

    /// This host's value, if it is a text that `convert(text)` accepts.
    template <class Convert>
    [[nodiscard]] auto converted(const std::string& key, Convert convert) {
        return value(key, [&](const TomlNode& node) { return convert_text(key, node, convert); });
    }

    /// This host's value, if it is a duration with a unit that `accept(text, duration)` accepts.
    template <class Accept>
    [[nodiscard]] auto duration(const std::string& key, Accept accept) {
        using Value = typename decltype(accept(std::string_view(), vrrp::Duration()))::value_type;
        return value(key, [&](const TomlNode& node) -> std::optional<Value> {
            const auto duration = duration_of(key, node);
            if (!duration) {
                return std::nullopt;
            }
            auto result = accept(node.text(), *duration);
            if (!result) {
                report_.error(node.place(), result.error());
                return std::nullopt;
            }
            return std::move(*result);
        });
    }

    /// This host's value, if it is one of the texts of `choices`.
    template <class Value, std::size_t size>
    [[nodiscard]] std::optional<Value> choice(
        const std::string& key,
        const std::array<std::pair<std::string_view, Value>, size>& choices) {
        return value(key, [&](const TomlNode& node) -> std::optional<Value> {
            std::vector<std::string> names;
            for (const auto& [name, meaning] : choices) {
                if (node.kind() == TomlKind::text && node.text() == name) {
                    return meaning;
                }
                names.emplace_back(name);
            }
            report_no_choice(key, node, names);
            return std::nullopt;
        });
    }

    /// The table below a key that is itself one thing, not values by host.
    [[nodiscard]] std::optional<TomlNode> table(const std::string& key);
    /// The entries of a table that are no tables; those of tables within it have joined names:
    /// "a.b". An unquoted name with dots is a table within a table to TOML.
    [[nodiscard]] static std::vector<std::pair<std::string, TomlNode>> leaves(
        const TomlNode& table);
    /// Which of the hosts listed below a key is this one: its full name, else its first part. Says
    /// that it is missing, if asked to.
    [[nodiscard]] std::string choose_host(const std::string& key, const TomlNode& table,
                                          const std::vector<std::string>& hosts, bool is_needed);

    [[nodiscard]] std::optional<int> number(const std::string& key, const Range& range);
    [[nodiscard]] std::optional<bool> flag(const std::string& key);
    /// The text of a node, if it is one; else an error with `example`.
    [[nodiscard]] std::optional<std::string> text_of(const std::string& key, const TomlNode& node,
                                                     std::string_view example);

    /// Says which keys are unknown: all that were not asked for.
    void finish();

private:
    template <class Convert>
    [[nodiscard]] auto convert_text(const std::string& key, const TomlNode& node, Convert convert) {
        using Value = typename decltype(convert(std::string()))::value_type;
        const auto text = text_of(key, node, "text in quotes");
        if (!text) {
            return std::optional<Value>();
        }
        auto result = convert(*text);
        if (!result) {
            report_.error(node.place(), result.error());
            return std::optional<Value>();
        }
        return std::optional<Value>(std::move(*result));
    }

    [[nodiscard]] std::optional<vrrp::Duration> duration_of(const std::string& key,
                                                            const TomlNode& node);
    void report_no_choice(const std::string& key, const TomlNode& node,
                          const std::vector<std::string>& names);
    void report_missing_host(const std::string& key, const TomlNode& table,
                             const std::vector<std::string>& hosts);

    void know(const std::string& key);
    [[nodiscard]] std::string advice_for_unknown(const std::string& key) const;

    TomlSectionKind kind_;
    std::string title_;
    Place place_;
    std::vector<std::pair<std::string, TomlNode>> entries_;
    std::string host_;
    Report& report_;
    std::set<std::string> known_keys_;
};

}  // namespace config
