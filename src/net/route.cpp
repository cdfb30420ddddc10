#include "net/route.hpp"

#include <fmt/format.h>

namespace net {

namespace {

std::string_view word_of(RouteType type) {
    switch (type) {
        case RouteType::unicast: return "";
        case RouteType::local: return "local ";
        case RouteType::broadcast: return "broadcast ";
        case RouteType::multicast: return "multicast ";
        case RouteType::blackhole: return "blackhole ";
        case RouteType::unreachable: return "unreachable ";
        case RouteType::prohibit: return "prohibit ";
        case RouteType::throws: return "throw ";
    }
    return "";
}

std::string way_text(const RouteWay& way) {
    std::string text;
    if (way.via) {
        text += " via " + way.via->to_text();
    }
    if (!way.interface.empty()) {
        text += " dev " + way.interface;
    }
    return text;
}

std::string table_text(std::uint32_t table) {
    switch (table) {
        case 255: return "local";
        case 254: return "main";
        case 253: return "default";
        default: return std::to_string(table);
    }
}

std::string action_text(const RouteRule& rule) {
    switch (rule.action) {
        case RuleAction::table: return "lookup " + table_text(rule.target);
        case RuleAction::go_to: return fmt::format("goto {}", rule.target);
        case RuleAction::nop: return "nop";
        case RuleAction::blackhole: return "blackhole";
        case RuleAction::unreachable: return "unreachable";
        case RuleAction::prohibit: return "prohibit";
    }
    return "";
}

}  // namespace

std::string to_text(const Route& route) {
    std::string text(word_of(route.type));
    text += route.network.prefix_length == 0 ? "default" : to_text(route.network);
    for (const RouteWay& way : route.ways) {
        text += (route.ways.size() > 1 ? " nexthop" : "") + way_text(way);
    }
    if (route.table != 254) {
        text += " table " + table_text(route.table);
    }
    return route.priority ? fmt::format("{} metric {}", text, *route.priority) : text;
}

std::string to_text(const RouteRule& rule) {
    return fmt::format("{}:{} from {}{} {}", rule.priority, rule.is_inverted ? " not" : "",
                       rule.from ? to_text(*rule.from) : "all",
                       rule.to ? " to " + to_text(*rule.to) : "", action_text(rule));
}

}  // namespace net
