#include "config/route_text.hpp"
#include "config/route_words.hpp"
#include "config/text.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

namespace config {

namespace {

constexpr std::uint32_t largest = std::numeric_limits<std::uint32_t>::max();
constexpr std::string_view known_words =
    "known: not, from, to, table, goto, nop, blackhole, unreachable, prohibit, priority, tos, "
    "fwmark, iif, oif, uidrange, ipproto, sport, dport, l3mdev, suppress_prefixlength, "
    "suppress_ifgroup";

class RuleReader {
public:
    RuleReader(std::span<const std::string> words, std::uint32_t usual_priority) : words_(words) {
        rule_.priority = usual_priority;
    }

    std::expected<net::RouteRule, RouteError> read() {
        if (words_.take("inet6")) {
            family_ = vrrp::Family::ipv6;
        } else if (words_.take("inet")) {
            family_ = vrrp::Family::ipv4;
        }
        while (!words_.is_done()) {
            if (!read_match() && !read_action()) {
                words_.fail_next(fmt::format("{} is not known in a rule", in_quotes(words_.peek())),
                                 std::string(known_words));
            }
        }
        if (!has_action_ && !words_.error()) {
            words_.fail_next("the rule says nothing to do", "add such as: table 100");
        }
        rule_.family = family_.value_or(vrrp::Family::ipv4);
        if (words_.error()) {
            return std::unexpected(*words_.error());
        }
        return std::move(rule_);
    }

private:
    bool read_match() {
        if (words_.take("not")) {
            rule_.is_inverted = true;
        } else if (words_.take("from")) {
            rule_.from = take_network();
        } else if (words_.take("to")) {
            rule_.to = take_network();
        } else if (words_.take("priority") || words_.take("preference") || words_.take("order")) {
            rule_.priority = words_.take_number("priority", 0, largest);
        } else if (words_.take("tos") || words_.take("dsfield")) {
            rule_.tos = static_cast<std::uint8_t>(words_.take_number("tos", 0, 255));
        } else if (words_.take("fwmark")) {
            read_mark();
        } else if (words_.take("dev") || words_.take("iif")) {
            rule_.input_interface = words_.take_interface();
        } else if (words_.take("oif")) {
            rule_.output_interface = words_.take_interface();
        } else if (words_.take("l3mdev")) {
            rule_.is_for_vrf = true;
            has_action_ = true;
        } else {
            return read_ranges();
        }
        return true;
    }

    bool read_ranges() {
        if (words_.take("uidrange")) {
            rule_.users = take_range<std::uint32_t>("uidrange", largest);
        } else if (words_.take("sport")) {
            rule_.source_ports = take_range<std::uint16_t>("sport", 65535);
        } else if (words_.take("dport")) {
            rule_.destination_ports = take_range<std::uint16_t>("dport", 65535);
        } else if (words_.take("ipproto") || words_.take("ip_proto")) {
            rule_.protocol = take_protocol();
        } else if (words_.take("suppress_prefixlength") || words_.take("sup_pl")) {
            rule_.suppressed_prefix_length = words_.take_number("suppress_prefixlength", 0, 128);
        } else if (words_.take("suppress_ifgroup") || words_.take("sup_group")) {
            rule_.suppressed_group = words_.take_number("suppress_ifgroup", 0, largest);
        } else if (words_.take("protocol")) {
            // Ours all bear one mark, so that they are known again.
            (void)words_.take_any("a protocol");
        } else {
            return false;
        }
        return true;
    }

    bool read_action() {
        words_.take("type");
        if (words_.take("table") || words_.take("lookup")) {
            rule_.action = net::RuleAction::table;
            rule_.target = words_.take_table();
        } else if (words_.take("goto")) {
            rule_.action = net::RuleAction::go_to;
            rule_.target = words_.take_number("goto", 0, largest);
        } else if (words_.take("nop")) {
            rule_.action = net::RuleAction::nop;
        } else if (words_.take("blackhole")) {
            rule_.action = net::RuleAction::blackhole;
        } else if (words_.take("unreachable")) {
            rule_.action = net::RuleAction::unreachable;
        } else if (words_.take("prohibit")) {
            rule_.action = net::RuleAction::prohibit;
        } else {
            return false;
        }
        has_action_ = true;
        return true;
    }

    /// The first network says which family the rule is of.
    std::optional<vrrp::VirtualAddress> take_network() {
        const bool is_all =
            !words_.is_done() &&
            (words_.peek() == "all" || words_.peek() == "any" || words_.peek() == "default");
        const auto network = words_.take_network(family_);
        if (!network || is_all) {
            return std::nullopt;
        }
        if (family_ && *family_ != network->address.family()) {
            words_.fail("the networks of a rule are of one family");
        }
        family_ = network->address.family();
        return network;
    }

    /// "1", "0x10/0xff"
    void read_mark() {
        const std::string text = words_.take_any("fwmark");
        const std::size_t slash = text.find('/');
        const std::vector<std::string> parts = {
            text.substr(0, slash), slash == std::string::npos ? "0" : text.substr(slash + 1)};
        RouteWords numbers(parts);
        rule_.mark = numbers.take_number("fwmark", 0, largest);
        const std::uint32_t mask = numbers.take_number("the mask of fwmark", 0, largest);
        if (numbers.error() && !words_.error()) {
            words_.fail(numbers.error()->complaint.message);
        }
        rule_.mark_mask = slash == std::string::npos ? std::nullopt : std::optional(mask);
    }

    /// "443", "1000-2000"
    template <class Number>
    net::NumberRange<Number> take_range(std::string_view what, std::uint32_t last) {
        const std::string text = words_.take_any(what);
        const std::size_t dash = text.find('-');
        const std::vector<std::string> parts = {
            text.substr(0, dash), dash == std::string::npos ? text : text.substr(dash + 1)};
        RouteWords numbers(parts);
        const auto first = static_cast<Number>(numbers.take_number(what, 0, last));
        const auto end = static_cast<Number>(numbers.take_number(what, 0, last));
        if (!words_.error() && (numbers.error() || first > end)) {
            words_.fail(fmt::format("{} is {}, expected numbers up to {} such as 443 or 1000-2000",
                                    what, in_quotes(text), last));
        }
        return {first, end};
    }

    std::uint8_t take_protocol() {
        for (const auto& [name, number] : {std::pair("tcp", 6), std::pair("udp", 17),
                                           std::pair("icmp", 1), std::pair("sctp", 132)}) {
            if (words_.take(name)) {
                return static_cast<std::uint8_t>(number);
            }
        }
        return static_cast<std::uint8_t>(words_.take_number("ipproto", 1, 255));
    }

    RouteWords words_;
    net::RouteRule rule_;
    std::optional<vrrp::Family> family_;
    bool has_action_ = false;
};

}  // namespace

std::expected<net::RouteRule, RouteError> to_route_rule(std::span<const std::string> words,
                                                        std::uint32_t usual_priority) {
    return RuleReader(words, usual_priority).read();
}

}  // namespace config
