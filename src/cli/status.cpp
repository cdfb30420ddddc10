#include "cli/client.hpp"
#include "cli/commands.hpp"
#include "cli/paint.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <ctime>
#include <nlohmann/json.hpp>
#include <string>
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
    const int priority = router["priority"];
    const int base = router["base_priority"];
    return priority == base ? fmt::format("priority {}", priority)
                            : fmt::format("priority {} (of {})", priority, base);
}

void print_router(const json& router, const json& taken_at) {
    fmt::print("{}  {} {}\n", paint(router["name"].get<std::string>(), Colour::bold),
               painted(router["state"]), duration_text(router["since"], taken_at));
    fmt::print("  because    {}\n", router["reason"].get<std::string>());
    for (const json& address : router["addresses"]) {
        fmt::print("  address    {}\n", address.get<std::string>());
    }
    fmt::print("  router     vrid {} on {}, {}\n", router["vrid"].get<int>(),
               router["interface"].get<std::string>(), priority_text(router));
    if (router["master"].is_string()) {
        fmt::print("  master     {}\n", router["master"].get<std::string>());
    }
    for (const auto& [reason, count] : router["counters"]["refused"].items()) {
        fmt::print("  refused    {} ({})\n", count.get<std::uint64_t>(), reason);
    }
}

void print_check(const json& check, const json& taken_at) {
    fmt::print("check {}  {} {}\n", paint(check["name"].get<std::string>(), Colour::bold),
               painted(check["verdict"]), duration_text(check["since"], taken_at));
    fmt::print("  probe      {}\n", check["probe"].get<std::string>());
    if (!check["detail"].get<std::string>().empty()) {
        fmt::print("  last       {}\n", check["detail"].get<std::string>());
    }
}

void print_status(const json& status) {
    fmt::print("{}  understudy {}, pid {}, up {}\n",
               paint(status["host"].get<std::string>(), Colour::bold),
               status["version"].get<std::string>(), status["pid"].get<int>(),
               duration_text(status["started_at"], status["taken_at"]));
    for (const json& router : status["routers"]) {
        fmt::print("\n");
        print_router(router, status["taken_at"]);
    }
    for (const json& check : status["checks"]) {
        fmt::print("\n");
        print_check(check, status["taken_at"]);
    }
}

}  // namespace

int status(const std::string& socket_path, bool as_json) {
    const auto body = get(socket_path, "/v1/status");
    if (!body) {
        fmt::print(stderr, "understudy: {}\n", body.error());
        return 1;
    }
    if (as_json) {
        fmt::print("{}", *body);
        return 0;
    }
    try {
        print_status(json::parse(*body));
    } catch (const json::exception& error) {
        fmt::print(stderr, "understudy: the daemon's answer makes no sense: {}\n", error.what());
        return 1;
    }
    return 0;
}

}  // namespace cli
