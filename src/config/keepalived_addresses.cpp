#include "config/keepalived_addresses.hpp"

#include "config/address_values.hpp"
#include "config/keepalived_keywords.hpp"
#include "config/keepalived_table.hpp"
#include "config/nearest.hpp"
#include "config/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>

namespace config {

namespace {

constexpr std::size_t max_peers = 255;

void report_option(const KeepalivedToken& word, const KeepalivedRow* row, Report& report) {
    if (row != nullptr) {
        report.error(word.place, fmt::format("{} after an address has no value", word.text),
                     fmt::format("expected: {} {}", row->keyword, row->grammar));
        return;
    }
    report.error(word.place,
                 fmt::format("{} is no word that follows an address", in_quotes(word.text)),
                 suggest(word.text, keywords_of("address")));
}

void read_options(const KeepalivedLine& entry, const vrrp::IpAddress& address,
                  std::vector<KeepalivedDevice>& devices, Report& report) {
    if (entry.has_block) {
        report.error(entry.place(), "an address takes no block in braces");
    }
    for (std::size_t index = 1; index < entry.words.size(); ++index) {
        const KeepalivedToken& word = entry.words[index];
        const KeepalivedRow* const row = find_row("address", word.text);
        const std::size_t size = row == nullptr || row->grammar.empty() ? 1 : 2;
        if (row == nullptr || index + size > entry.words.size()) {
            report_option(word, row, report);
            return;
        }
        KeepalivedLine option;
        option.words.assign(entry.words.begin() + static_cast<std::ptrdiff_t>(index),
                            entry.words.begin() + static_cast<std::ptrdiff_t>(index + size));
        index += size - 1;
        if (admit(option, "address", report) == nullptr) {
            continue;
        }
        if (word.text == "dev") {
            devices.push_back({option.words.back(), address});
        } else {
            pass_over(option, *row, "address", report);
        }
    }
}

/// Adds an address, unless there is none, or it is there already.
void read_address(const KeepalivedLine& entry, KeepalivedAddresses& addresses, Report& report) {
    const auto address = to_virtual_address(entry.keyword());
    if (!address) {
        report.error(entry.place(), address.error());
        return;
    }
    read_options(entry, address->address, addresses.devices, report);
    if (!addresses.known.insert(address->address).second) {
        report.warning(entry.place(), fmt::format("{} stands here twice; once is enough",
                                                  address->address.to_text()));
        return;
    }
    addresses.addresses.push_back({*address, entry.place()});
}

/// An advert has addresses of one family: that of the first. The last one is taken out again if it
/// is of the other.
void require_one_family(KeepalivedAddresses& addresses, Report& report) {
    auto& list = addresses.addresses;
    if (list.empty()) {
        return;
    }
    const auto [last, place] = list.back();
    const vrrp::Family family = last.address.family();
    if (family == list.front().value.address.family()) {
        return;
    }
    report.error(place,
                 fmt::format("{} is an {} address, and the first one is not: the addresses of an "
                             "instance are of one family",
                             last.address.to_text(), family_text(family)),
                 "give it a vrrp_instance of its own, and put both into a vrrp_sync_group; or put "
                 "it into virtual_ipaddress_excluded");
    list.pop_back();
}

/// "min_ttl 254", "max_ttl 255", in any order.
bool read_ttl(const KeepalivedLine& entry, std::size_t index, vrrp::UnicastPeer& peer,
              Report& report) {
    const KeepalivedToken& word = entry.words[index];
    const bool is_min = word.text == "min_ttl";
    if ((!is_min && word.text != "max_ttl") || index + 1 == entry.words.size()) {
        report.error(word.place, fmt::format("{} after a peer is not read", in_quotes(word.text)),
                     "read after a peer: min_ttl NUMBER, max_ttl NUMBER");
        return false;
    }
    const auto ttl = to_number(entry.words[index + 1], word.text, heard_ttl_range, report);
    if (!ttl) {
        return false;
    }
    (is_min ? peer.min_ttl : peer.max_ttl) = static_cast<std::uint8_t>(*ttl);
    return true;
}

std::optional<vrrp::UnicastPeer> read_peer(const KeepalivedLine& entry, Report& report) {
    const auto address = to_host_address("peer", entry.keyword());
    if (!address) {
        report.error(entry.place(), address.error());
        return std::nullopt;
    }
    if (entry.has_block) {
        report.error(entry.place(), "a peer takes no block in braces");
    }
    vrrp::UnicastPeer peer{*address};
    for (std::size_t index = 1; index < entry.words.size(); index += 2) {
        if (!read_ttl(entry, index, peer, report)) {
            return std::nullopt;
        }
    }
    if (peer.min_ttl > peer.max_ttl) {
        report.error(entry.place(), fmt::format("min_ttl is {}, which is more than max_ttl, {}",
                                                peer.min_ttl, peer.max_ttl));
    }
    return peer;
}

}  // namespace

void read_virtual_addresses(const KeepalivedLine& line, KeepalivedAddresses& addresses,
                            Report& report) {
    expect_alone(line, report);
    if (line.block.empty()) {
        report.error(line.place(), "virtual_ipaddress is empty, expected 1 to 255 addresses");
    }
    for (const KeepalivedLine& entry : line.block) {
        read_address(entry, addresses, report);
        require_one_family(addresses, report);
    }
}

void read_excluded_addresses(const KeepalivedLine& line, KeepalivedAddresses& addresses,
                             Report& report) {
    expect_alone(line, report);
    for (const KeepalivedLine& entry : line.block) {
        read_address(entry, addresses, report);
    }
}

void read_unicast_peers(const KeepalivedLine& line, std::vector<Placed<vrrp::UnicastPeer>>& peers,
                        Report& report) {
    expect_alone(line, report);
    if (line.block.empty() || line.block.size() > max_peers) {
        report.error(line.place(),
                     fmt::format("unicast_peer has {} entries, expected 1 to {}", line.block.size(),
                                 max_peers),
                     line.block.empty() ? "leave it out to speak by multicast" : "");
        return;
    }
    for (const KeepalivedLine& entry : line.block) {
        const auto peer = read_peer(entry, report);
        if (!peer) {
            continue;
        }
        if (std::ranges::any_of(
                peers, [&](const auto& other) { return other.value.address == peer->address; })) {
            report.warning(entry.place(), fmt::format("{} stands here twice; the first one counts",
                                                      peer->address.to_text()));
            continue;
        }
        peers.push_back({*peer, entry.place()});
    }
}

}  // namespace config
