#include "cli/status_text.hpp"

#include "cli/paint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

namespace cli {

namespace {

using nlohmann::json;

constexpr std::time_t contest_lasts = 60;

/// Of a router: the JSON has all.
constexpr std::size_t shown_addresses = 8;

std::time_t parse_time(const std::string& text) {
    std::tm time{};
    return strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &time) == nullptr ? 0 : timegm(&time);
}

std::time_t seconds_between(const json& since, const json& until) {
    return parse_time(until.get<std::string>()) - parse_time(since.get<std::string>());
}

/// "3 min"
std::string duration_text(std::time_t seconds) {
    if (seconds < 120) {
        return fmt::format("{} s", seconds);
    }
    if (seconds < 2 * 3600) {
        return fmt::format("{} min", seconds / 60);
    }
    return seconds < 2 * 86400 ? fmt::format("{} h", seconds / 3600)
                               : fmt::format("{} days", seconds / 86400);
}

/// "for 3 min": how long ago `since` was when the answer was made.
std::string since_text(const json& since, const json& taken_at) {
    return since.is_string() ? "for " + duration_text(seconds_between(since, taken_at)) : "";
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

/// "priority 70 = 100 - 30 (load)", or by which checks the router is unfit.
std::string priority_text(const json& router) {
    const int priority = router.at("priority");
    const int base = router.at("base_priority");
    std::string sum;
    std::string unfit;
    for (const json& check : router.at("checks")) {
        const auto name = check.at("name").get<std::string>();
        const json& change = check.at("priority_change");
        if (change.is_null()) {
            unfit += (unfit.empty() ? "" : ", ") + name;
        } else if (const int added = change; added != 0) {
            sum += fmt::format(" {} {} ({})", added < 0 ? '-' : '+', std::abs(added), name);
        }
    }
    if (!unfit.empty()) {
        return fmt::format("priority {} of {}, unfit by {}", priority, base, unfit);
    }
    if (sum.empty()) {
        return priority == base ? fmt::format("priority {}", priority)
                                : fmt::format("priority {} (of {})", priority, base);
    }
    return fmt::format("priority {} = {}{}", priority, base, sum);
}

/// A contest is over when no sign of it has been seen for a while.
std::string contest_text(const json& contest, const json& taken_at) {
    const std::time_t ago = seconds_between(contest.at("at"), taken_at);
    const std::string title = ago < contest_lasts ? paint("contested", Colour::red) : "contested";
    return fmt::format("  {}  {}, last seen {} ago\n", title, contest.at("what").get<std::string>(),
                       duration_text(ago));
}

/// As the log calls it: with its family where it is one of two of its name.
std::string label_of(const json& router) {
    const auto name = router.at("name").get<std::string>();
    return router.at("group") == name ? name + "/" + router.at("family").get<std::string>() : name;
}

std::string router_text(const json& router, const json& taken_at) {
    std::string text =
        fmt::format("{}  {} {}\n", paint(label_of(router), Colour::bold),
                    painted(router.at("state")), since_text(router.at("since"), taken_at));
    text += fmt::format("  because    {}\n", router.at("reason").get<std::string>());
    const json& lease = router.at("lease_seconds");
    const std::string suffix =
        lease.is_number() ? fmt::format(" (lease {} s)", lease.get<int>()) : std::string();
    const json& addresses = router.at("addresses");
    for (std::size_t index = 0; index < std::min(addresses.size(), shown_addresses); ++index) {
        text += fmt::format("  address    {}{}\n", addresses[index].get<std::string>(), suffix);
    }
    if (addresses.size() > shown_addresses) {
        text += fmt::format("             and {} more\n", addresses.size() - shown_addresses);
    }
    text += fmt::format("  router     vrid {} on {}, {}, VRRP {} over {} each {} ms\n",
                        router.at("vrid").get<int>(), router.at("interface").get<std::string>(),
                        priority_text(router), router.at("version").get<int>(),
                        router.at("family") == "ipv6" ? "IPv6" : "IPv4",
                        router.at("interval_ms").get<std::int64_t>());
    if (router.at("master").is_string()) {
        text += fmt::format("  master     {}\n", router.at("master").get<std::string>());
    }
    if (router.at("contest").is_object()) {
        text += contest_text(router.at("contest"), taken_at);
    }
    for (const auto& [reason, count] : router.at("counters").at("refused").items()) {
        text += fmt::format("  refused    {} ({})\n", count.get<std::uint64_t>(), reason);
    }
    return text;
}

std::string check_text(const json& check, const json& taken_at) {
    std::string text =
        fmt::format("check {}  {} {}\n", paint(check.at("name").get<std::string>(), Colour::bold),
                    painted(check.at("verdict")), since_text(check.at("since"), taken_at));
    text += fmt::format("  probe      {}\n", check.at("probe").get<std::string>());
    const auto detail = check.at("detail").get<std::string>();
    if (!detail.empty()) {
        text += fmt::format("  last       {}\n", detail);
    }
    if (check.at("warning").is_string()) {
        text += fmt::format("  {}    {}\n", paint("warning", Colour::yellow),
                            check.at("warning").get<std::string>());
    }
    return text;
}

/// "state scripts of router web", with what runs, and how the last one ended.
std::string scripts_text(const json& scripts, const json& taken_at) {
    std::string text =
        fmt::format("state scripts of {} {}  {} runs", scripts.at("kind").get<std::string>(),
                    paint(scripts.at("name").get<std::string>(), Colour::bold),
                    scripts.at("runs").get<std::uint64_t>());
    for (const auto& [key, what] :
         {std::pair("failures", "failed"), std::pair("passed_over", "states passed over")}) {
        if (const auto count = scripts.at(key).get<std::uint64_t>(); count != 0) {
            text += paint(fmt::format(", {} {}", count, what), Colour::yellow);
        }
    }
    text += '\n';
    if (scripts.at("running").is_string()) {
        text += fmt::format("  running    {}\n", scripts.at("running").get<std::string>());
    }
    if (const json& last = scripts.at("last"); last.is_object()) {
        text +=
            fmt::format("  last       {} for {}, {} ago: {}\n",
                        last.at("script").get<std::string>(), last.at("state").get<std::string>(),
                        duration_text(seconds_between(last.at("ended_at"), taken_at)),
                        last.at("detail").get<std::string>());
    }
    return text;
}

std::string fifo_text(const json& fifo) {
    std::string text = fmt::format("state FIFO {}  {} lines written, {} waiting",
                                   paint(fifo.at("path").get<std::string>(), Colour::bold),
                                   fifo.at("lines_written").get<std::uint64_t>(),
                                   fifo.at("lines_waiting").get<std::uint64_t>());
    if (const auto lost = fifo.at("lines_lost").get<std::uint64_t>(); lost != 0) {
        text += paint(fmt::format(", {} lost", lost), Colour::red);
    }
    text += '\n';
    if (fifo.at("problem").is_string()) {
        text += fmt::format("  {}    {}\n", paint("problem", Colour::red),
                            fifo.at("problem").get<std::string>());
    }
    return text;
}

/// How late the daemon is with what it does at its time.
std::string lag_text(const json& loop) {
    const auto late = loop.at("late_wake_ups").get<std::uint64_t>();
    return fmt::format("  lag        {:.1f} ms at most, {:.1f} ms lately, {}\n",
                       loop.at("lag_max_ms").get<double>(), loop.at("lag_recent_ms").get<double>(),
                       late == 0 ? "never over 100 ms" : fmt::format("{} times over 100 ms", late));
}

/// Which file runs, and whether a newer one was refused.
std::string configuration_text(const json& configuration, const json& taken_at) {
    std::string text =
        fmt::format("  config     loaded {} ago\n",
                    duration_text(seconds_between(configuration.at("loaded_at"), taken_at)));
    const json& failure = configuration.at("last_failure");
    if (failure.is_object()) {
        text += fmt::format("  {} {} ago: {}\n", paint("not taken", Colour::red),
                            duration_text(seconds_between(failure.at("at"), taken_at)),
                            failure.at("reason").get<std::string>());
    }
    return text;
}

/// Throws json::exception where something is missing or is not what it should be.
std::string text_of(const json& status) {
    const json& taken_at = status.at("taken_at");
    std::string text =
        fmt::format("{}  understudy {}, pid {}, up {}\n",
                    paint(status.at("host").get<std::string>(), Colour::bold),
                    status.at("version").get<std::string>(), status.at("pid").get<int>(),
                    since_text(status.at("started_at"), taken_at)) +
        configuration_text(status.at("configuration"), taken_at) + lag_text(status.at("loop"));
    for (const json& router : status.at("routers")) {
        text += "\n" + router_text(router, taken_at);
    }
    for (const json& check : status.at("checks")) {
        text += "\n" + check_text(check, taken_at);
    }
    for (const json& scripts : status.at("state_scripts")) {
        text += "\n" + scripts_text(scripts, taken_at);
    }
    for (const json& fifo : status.at("state_fifos")) {
        text += "\n" + fifo_text(fifo);
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
