#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/address_values.hpp"
#include "config/load.hpp"
#include "config/report.hpp"
#include "config/sameness.hpp"
#include "config/toml_printer.hpp"
#include "fuzz/fuzz.hpp"

/// What holds for every text that either reader is given.
namespace fuzz {

/// Stands in the corpus and the dictionaries where a password does; nothing may repeat it.
inline constexpr std::string_view marker = "s3CrEt-7";

/// How many characters each line has.
inline std::vector<std::size_t> line_lengths(std::string_view text) {
    std::vector<std::size_t> lengths(1);
    for (const char byte : text) {
        if (byte == '\n') {
            lengths.push_back(0);
        } else if ((static_cast<unsigned char>(byte) & 0xC0U) != 0x80U) {
            ++lengths.back();
        }
    }
    return lengths;
}

inline bool is_printable(std::string_view text) {
    return std::ranges::none_of(
        text, [](char byte) { return static_cast<unsigned char>(byte) < 0x20U || byte == 0x7F; });
}

/// Whether what stands in a line before the marker makes that a password for anybody: it begins
/// with the word for one, and no brace has ended what the word began.
inline bool begins_password(std::string_view line, std::string_view word) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    return line.starts_with(word) && line.size() > word.size() &&
           std::string_view(" \t=.").find(line[word.size()]) != std::string_view::npos &&
           line.find('}') == std::string_view::npos;
}

/// Whether the marker stands in the text, and only where it is a password.
inline bool hides_marker(std::string_view text, std::string_view word) {
    bool is_hidden = false;
    for (std::size_t at = text.find(marker); at != std::string_view::npos;
         at = text.find(marker, at + 1)) {
        const std::string_view before = text.substr(0, at);
        if (!begins_password(before.substr(before.rfind('\n') + 1), word)) {
            return false;
        }
        is_hidden = true;
    }
    return is_hidden;
}

inline void check_diagnostic(const config::Diagnostic& diagnostic,
                             const std::vector<std::size_t>& lengths) {
    const config::Place place = diagnostic.place;
    if (place.line == 0) {
        expect(place.column == 0, "the file as a whole has no column");
    } else {
        expect(place.line <= lengths.size(), "a place's line is one of the text");
        expect(place.column >= 1 && place.column <= lengths[place.line - 1] + 1,
               "a place's column is one of its line, or just behind it");
    }
    expect(!diagnostic.message.empty(), "a diagnostic says something");
    expect(is_printable(diagnostic.message) && is_printable(diagnostic.advice),
           "a diagnostic is one printable line");
}

inline void check_router(const config::Config& config, const config::Router& router) {
    const vrrp::RouterConfig& protocol = router.protocol;
    expect(!router.name.empty() && !router.interface.empty(), "a router has a name and a link");
    expect(protocol.virtual_router_id > 0 && protocol.priority > 0,
           "a router's id and priority are 1 to 255");
    expect(protocol.interval.count() >= 1 && protocol.interval.count() <= 25500,
           "a router's interval can be advertised");
    const std::size_t advertised = protocol.addresses.size();
    expect(advertised >= 1 && advertised <= 255, "a router advertises 1 to 255 addresses");
    expect(router.addresses.size() >= advertised &&
               router.addresses.size() <= advertised + config::max_unadvertised_addresses,
           "a router moves what it advertises, and at most 4096 addresses more");
    expect(std::ranges::equal(std::span(router.addresses).first(advertised), protocol.addresses, {},
                              &vrrp::VirtualAddress::address),
           "a router's addresses begin with those that it advertises");
    for (const health::CheckUse& use : router.checks) {
        expect(std::ranges::find(config.checks, use.name, &health::CheckConfig::name) !=
                   config.checks.end(),
               "a router's checks are there");
    }
}

inline void check_daemon(const config::DaemonSettings& daemon) {
    expect(daemon.announce_interval.count() >= 0 &&
               daemon.announce_interval <= std::chrono::seconds(1),
           "the time between announcements is at most a second");
    const int priority = daemon.realtime_priority.value_or(0);
    expect(priority >= 0 && priority <= 99, "a real-time priority is 0 to 99");
}

inline void check_check(const health::CheckConfig& check) {
    expect(check.rise >= 1 && check.fall >= 1, "rise and fall are at least 1");
    if (const auto* process = std::get_if<health::ProcessProbeConfig>(&check.probe)) {
        const auto* const pattern = std::get_if<health::ProcessName>(&process->pattern);
        expect(pattern == nullptr || !pattern->name.empty(), "a process has a name");
    } else if (const auto* script = std::get_if<health::ScriptProbeConfig>(&check.probe)) {
        expect(!script->command.empty() && script->command.front().starts_with('/'),
               "a script has an absolute path");
    }
    expect(check.interval.count() > 0 && check.timeout.count() > 0, "a check's times are above 0");
}

/// What is printed reads as the same. A keepalived.conf may name an interface as TOML can't name a
/// check.
inline void check_printing(const config::Config& config) {
    const bool has_names = std::ranges::all_of(config.checks, [](const health::CheckConfig& check) {
        return config::to_name("a check", check.name).has_value();
    });
    if (!has_names) {
        return;
    }
    const std::string printed = config::print_toml(config, "lb-master", {.with_defaults = true});
    const config::Loaded again = config::load_text("printed.toml", printed, "lb-master");
    expect(again.config && config::means_same(*again.config, config),
           "what is printed of a configuration reads as the same");
}

/// Reads a text as a file of this name; `password_word` begins a line that holds a password.
inline void check_reading(const std::string& path, std::string_view text,
                          std::string_view password_word) {
    const config::Loaded loaded = config::load_text(path, text, "lb-master");
    expect(loaded.config.has_value() != config::has_errors(loaded.diagnostics),
           "a text gives values or errors");
    const std::vector<std::size_t> lengths = line_lengths(text);
    const bool may_not_tell = hides_marker(text, password_word);
    for (const config::Diagnostic& diagnostic : loaded.diagnostics) {
        check_diagnostic(diagnostic, lengths);
        expect(!may_not_tell || config::to_text(diagnostic).find(marker) == std::string::npos,
               "a diagnostic tells no password");
    }
    if (loaded.config) {
        check_daemon(loaded.config->daemon);
        expect(loaded.config->check_places.size() == loaded.config->checks.size(),
               "each check has its places");
        for (const config::Router& router : loaded.config->routers) {
            check_router(*loaded.config, router);
        }
        std::ranges::for_each(loaded.config->checks, check_check);
        check_printing(*loaded.config);
    }
}

}  // namespace fuzz
