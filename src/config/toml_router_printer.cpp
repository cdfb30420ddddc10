#include "config/toml_router_printer.hpp"

#include "config/toml_state_printer.hpp"
#include "config/trailer_keys.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

namespace config {

namespace {

constexpr std::string_view hidden = "\"…\"";

std::string written(const vrrp::VirtualAddress& address) {
    const std::size_t longest = 8 * vrrp::address_size(address.address.family());
    return address.prefix_length == longest ? address.address.to_text() : vrrp::to_text(address);
}

std::string to_text(const vrrp::UnicastPeer& peer) {
    const vrrp::UnicastPeer usual{peer.address};
    if (peer == usual) {
        return toml_quoted(peer.address.to_text());
    }
    std::string table = fmt::format("{{ address = {}", toml_quoted(peer.address.to_text()));
    table += peer.min_ttl != usual.min_ttl ? fmt::format(", min_ttl = {}", peer.min_ttl) : "";
    table += peer.max_ttl != usual.max_ttl ? fmt::format(", max_ttl = {}", peer.max_ttl) : "";
    return table + " }";
}

/// A password is what it was made of; where eight bytes end within a character, with some end of
/// it, which does not count.
std::string to_text(const vrrp::Password& password) {
    std::string text;
    for (const std::byte byte : password) {
        if (byte == std::byte{0}) {
            break;
        }
        text.push_back(static_cast<char>(byte));
    }
    std::size_t start = text.size();
    std::size_t tail = 0;
    while (start > 0 && tail < 4) {
        const auto byte = static_cast<unsigned char>(text[--start]);
        ++tail;
        if ((byte & 0xC0U) == 0x80U) {
            continue;
        }
        const std::size_t size = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
        // The second byte of some characters has a range of its own.
        for (; tail < size; ++tail) {
            const bool is_second = tail == 1;
            text.push_back(static_cast<char>(is_second && byte == 0xE0   ? 0xA0
                                             : is_second && byte == 0xF0 ? 0x90
                                                                         : 0x80));
        }
        break;
    }
    return text;
}

std::string to_hex(const std::vector<std::byte>& bytes) {
    std::string digits;
    for (const std::byte byte : bytes) {
        digits += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
    }
    return digits;
}

/// A key as text where it is one that can be typed.
std::string to_text(const std::vector<std::byte>& secret) {
    const bool is_printable = std::ranges::all_of(
        secret, [](std::byte byte) { return byte >= std::byte{' '} && byte <= std::byte{'~'}; });
    if (!is_printable) {
        return "hex:" + to_hex(secret);
    }
    std::string text = "text:";
    for (const std::byte byte : secret) {
        text.push_back(static_cast<char>(byte));
    }
    return text;
}

class RouterPrinter {
public:
    RouterPrinter(std::span<const Router> parts,
                  const std::map<std::string, std::optional<int>>& weights, std::string_view host)
        : parts_(parts), router_(parts.front()), weights_(weights), host_(host) {}

    std::vector<TomlTable> describe() {
        add("interface", toml_quoted(router_.interface));
        add("vrid", std::to_string(protocol().virtual_router_id));
        add_priority();
        add_addresses();
        add_times();
        add_ways();
        add_authentication();
        add_peers();
        add_checks();
        describe_state_scripts(router_.scripts, entries_);
        std::vector<TomlTable> tables = {{.path = {"router", router_.name},
                                          .entries = std::move(entries_),
                                          .comments = {},
                                          .remark = {}}};
        if (router_.trailer) {
            add_trailer();
            tables.push_back({.path = {"router", router_.name, "hmac"},
                              .entries = std::move(entries_),
                              .comments = {},
                              .remark = {}});
        }
        return tables;
    }

private:
    [[nodiscard]] const vrrp::RouterConfig& protocol() const { return router_.protocol; }

    void add(std::string_view key, std::string value, bool is_default = false) {
        entries_.push_back(
            {.key = std::string(key), .value = std::move(value), .is_default = is_default});
    }

    void add_flag(std::string_view key, bool flag, bool usual) {
        add(key, toml_flag(flag), flag == usual);
    }

    /// Those of the other hosts are what it knows of them.
    void add_priority() {
        const int usual = vrrp::RouterConfig().priority;
        if (router_.others.empty()) {
            add("priority", std::to_string(protocol().priority), protocol().priority == usual);
            return;
        }
        std::vector<std::string> hosts = {
            fmt::format("{} = {}", toml_key(host_), protocol().priority)};
        for (std::size_t index = 0; index < router_.others.size(); ++index) {
            hosts.push_back(fmt::format("{} = {}", toml_key(router_.other_hosts[index]),
                                        router_.others[index]));
        }
        add("priority", fmt::format("{{ {} }}", fmt::join(hosts, ", ")));
    }

    void add_addresses() {
        std::vector<std::string> advertised;
        std::vector<std::string> others;
        for (const Router& part : parts_) {
            const std::size_t count = part.protocol.addresses.size();
            for (std::size_t index = 0; index < part.addresses.size(); ++index) {
                (index < count ? advertised : others).push_back(written(part.addresses[index]));
            }
        }
        add("addresses", toml_texts(advertised));
        add("unadvertised_addresses", toml_texts(others), others.empty());
    }

    [[nodiscard]] bool has(vrrp::Family family) const {
        return std::ranges::any_of(
            parts_, [family](const Router& part) { return part.protocol.family() == family; });
    }

    void add_times() {
        const vrrp::RouterConfig usual;
        const auto usual_version = has(vrrp::Family::ipv6) ? vrrp::Version::v3 : vrrp::Version::v2;
        add("version", std::to_string(static_cast<int>(protocol().version)),
            protocol().version == usual_version);
        add("interval", toml_duration(protocol().interval), protocol().interval == usual.interval);
        add("down_adverts", std::to_string(protocol().down_adverts),
            protocol().down_adverts == usual.down_adverts);
        add_flag("preempt", protocol().preempt, usual.preempt);
        add("preempt_delay", toml_duration(protocol().preempt_delay),
            protocol().preempt_delay == usual.preempt_delay);
        add("start_delay", toml_duration(router_.start_delay),
            router_.start_delay == Router().start_delay);
    }

    void add_ways() {
        const Router usual;
        add_flag("accept", router_.accepts_traffic, usual.accepts_traffic);
        add_flag("lease", router_.lease, usual.lease);
        add_flag("last_resort", protocol().last_resort, usual.protocol.last_resort);
        add_flag("strict", protocol().strict, usual.protocol.strict);
    }

    void add_authentication() {
        if (protocol().password) {
            add("password", toml_quoted(to_text(*protocol().password)));
            entries_.back().shown = hidden;
            add("authentication", protocol().authenticates_headers ? "\"ah\"" : "\"password\"",
                !protocol().authenticates_headers);
        }
        const bool is_message = protocol().checksum_form == vrrp::ChecksumForm::message;
        const bool is_default = !is_message && !protocol().follows_checksum_form;
        const bool has_meaning = protocol().version == vrrp::Version::v3 && has(vrrp::Family::ipv4);
        if (has_meaning || !is_default) {
            add("checksum",
                protocol().follows_checksum_form ? "\"auto\""
                : is_message                     ? "\"message\""
                                                 : "\"pseudo-header\"",
                is_default);
        }
    }

    void add_peers() {
        std::vector<std::string> peers;
        std::vector<std::string> sources;
        for (const Router& part : parts_) {
            for (const vrrp::UnicastPeer& peer : part.protocol.peers) {
                peers.push_back(to_text(peer));
            }
            if (part.source) {
                sources.push_back(toml_quoted(part.source->to_text()));
            }
        }
        const Router usual;
        if (!peers.empty()) {
            add("unicast", toml_list(peers));
        }
        if (!peers.empty() || router_.ttl != usual.ttl) {
            add("unicast_ttl", std::to_string(router_.ttl), router_.ttl == usual.ttl);
        }
        if (!peers.empty() || protocol().hears_strangers) {
            add_flag("unicast_strangers", protocol().hears_strangers, false);
        }
        if (!sources.empty()) {
            add("source", sources.size() == 1 ? sources.front() : toml_list(sources));
        }
    }

    [[nodiscard]] std::string to_text_of(const health::CheckUse& use) const {
        const auto own = weights_.find(use.name);
        const bool is_own_weight = own != weights_.end() && own->second == use.weight;
        if (is_own_weight && !use.is_inverted) {
            return toml_quoted(use.name);
        }
        return fmt::format(
            "{{ name = {}{}{} }}", toml_quoted(use.name),
            is_own_weight ? "" : fmt::format(", weight = {}", use.weight.value_or(0)),
            use.is_inverted ? ", invert = true" : "");
    }

    void add_checks() {
        std::vector<std::string> uses;
        for (const health::CheckUse& use : router_.checks) {
            uses.push_back(to_text_of(use));
        }
        add("checks", toml_list(uses), uses.empty());
    }

    void add_trailer() {
        const auth::TrailerConfig& trailer = *router_.trailer;
        std::vector<std::string> keys;
        std::vector<std::string> shown;
        for (std::size_t index = 0; index < trailer.keys.size(); ++index) {
            const auth::Key& key = trailer.keys[index];
            const std::string& reference = router_.key_references[index];
            keys.push_back(
                fmt::format("{} = {}", key.id,
                            toml_quoted(reference.empty() ? to_text(key.secret) : reference)));
            shown.push_back(reference.empty() ? fmt::format("{} = {}", key.id, hidden)
                                              : keys.back());
        }
        add("keys", fmt::format("{{ {} }}", fmt::join(keys, ", ")));
        entries_.back().shown = fmt::format("{{ {} }}", fmt::join(shown, ", "));
        add("active", std::to_string(trailer.active), keys.size() == 1);
        add("mode",
            trailer.mode == auth::Mode::enforce      ? "\"enforce\""
            : trailer.mode == auth::Mode::permissive ? "\"permissive\""
                                                     : "\"receive-only\"",
            trailer.mode == auth::Mode::enforce);
        const bool is_time = trailer.replay == auth::Replay::time;
        add("replay", is_time ? "\"time\"" : "\"monotonic\"", is_time);
        const bool is_usual = trailer.window == usual_window(protocol().interval);
        if (is_time || !is_usual) {
            add("window", toml_duration(trailer.window), is_usual);
        }
    }

    std::span<const Router> parts_;
    const Router& router_;
    const std::map<std::string, std::optional<int>>& weights_;
    std::string_view host_;
    std::vector<TomlEntry> entries_;
};

}  // namespace

std::vector<TomlTable> describe_router(std::span<const Router> parts,
                                       const std::map<std::string, std::optional<int>>& weights,
                                       std::string_view host) {
    return RouterPrinter(parts, weights, host).describe();
}

}  // namespace config
