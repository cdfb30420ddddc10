#include "cli/status_text.hpp"

#include "cli/paint.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <ctime>
#include <nlohmann/json.hpp>
#include <string_view>

namespace cli {

namespace {

using nlohmann::json;

std::time_t parse_time(const std::string& text) {
    std::tm time{};
    return strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &time) == nullptr ? 0 : timegm(&time);
}

/// "for 3 min": how long ago `since` was when the answer was made.
std::string duration_text(const json& since, const json& taken_at) {
    if (!since.is_string()) {
        return "";
    }
    const auto seconds =
        parse_time(taken_at.get<std::string>()) - parse_time(since.get<std::string>());
    if (seconds < 120) {
        return fmt::format("for {} s", seconds);
    }
    if (seconds < 2 * 3600) {
        return fmt::format("for {} min", seconds / 60);
    }
    return seconds < 2 * 86400 ? fmt::format("for {} h", seconds / 3600)
                               : fmt::format("for {} days", seconds / 86400);
}

Colour colour_of(std::string_view word) {
    if (word == "master" || word == "good") {
        return Colour::green;
    }
    if (word == "backup") {
        return Colour::cyan;
    }
    return word == "initialize" || word == "bad" ? Colour::red : Colour::yellow;
}

std::string painted(const json& word) {
    const auto text = word.get<std::string>();
    return paint(text, colour_of(text));
}

std::string priority_text(const json& router) {
    const int priority = router.at("priority");
    const int base = router.at("base_priority");
    return priority == base ? fmt::format("priority {}", priority)
                            : fmt::format("priority {} (of {})", priority, base);
}

std::string router_text(const json& router, const json& taken_at) {
    std::string text =
        fmt::format("{}  {} {}\n", paint(router.at("name").get<std::string>(), Colour::bold),
                    painted(router.at("state")), duration_text(router.at("since"), taken_at));
    text += fmt::format("  because    {}\n", router.at("reason").get<std::string>());
    for (const json& address : router.at("addresses")) {
        text += fmt::format("  address    {}\n", address.get<std::string>());
    }
    text += fmt::format("  router     vrid {} on {}, {}, VRRP {} over {}\n",
                        router.at("vrid").get<int>(), router.at("interface").get<std::string>(),
                        priority_text(router), router.at("version").get<int>(),
                        router.at("family") == "ipv6" ? "IPv6" : "IPv4");
    if (router.at("master").is_string()) {
        text += fmt::format("  master     {}\n", router.at("master").get<std::string>());
    }
    if (router.at("contest").is_object()) {
        const json& contest = router.at("contest");
        text +=
            fmt::format("  {}  {}, last at {}\n", paint("contested", Colour::red),
                        contest.at("what").get<std::string>(), contest.at("at").get<std::string>());
    }
    for (const auto& [reason, count] : router.at("counters").at("refused").items()) {
        text += fmt::format("  refused    {} ({})\n", count.get<std::uint64_t>(), reason);
    }
    return text;
}

std::string check_text(const json& check, const json& taken_at) {
    std::string text =
        fmt::format("check {}  {} {}\n", paint(check.at("name").get<std::string>(), Colour::bold),
                    painted(check.at("verdict")), duration_text(check.at("since"), taken_at));
    text += fmt::format("  probe      {}\n", check.at("probe").get<std::string>());
    const auto detail = check.at("detail").get<std::string>();
    return detail.empty() ? text : text + fmt::format("  last       {}\n", detail);
}

/// Throws json::exception where something is missing or is not what it should be.
std::string text_of(const json& status) {
    const json& taken_at = status.at("taken_at");
    std::string text =
        fmt::format("{}  understudy {}, pid {}, up {}\n",
                    paint(status.at("host").get<std::string>(), Colour::bold),
                    status.at("version").get<std::string>(), status.at("pid").get<int>(),
                    duration_text(status.at("started_at"), taken_at));
    for (const json& router : status.at("routers")) {
        text += "\n" + router_text(router, taken_at);
    }
    for (const json& check : status.at("checks")) {
        text += "\n" + check_text(check, taken_at);
    }
    return text;
}

}  // namespace

std::expected<std::string, std::string> status_text(const std::string& body) {
    try {
        return text_of(json::parse(body));
    } catch (const json::exception& error) {
        return std::unexpected(fmt::format("the daemon's answer makes no sense: {}", error.what()));
    }
}

}  // namespace cli
