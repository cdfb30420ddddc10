#include "config/text.hpp"
#include "config/toml_probes.hpp"
#include "health/expression.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace config {

namespace {

constexpr Range min_range{0, 1000};
constexpr Range max_range{0, 1000};
constexpr vrrp::Duration longest_grace = std::chrono::hours(1);

Checked<std::string> to_process_name(std::string_view text) {
    if (text.empty()) {
        return std::unexpected(Complaint{"process is empty", "write process = \"nginx\""});
    }
    if (text.find('/') != std::string_view::npos || text.find('\0') != std::string_view::npos) {
        return std::unexpected(
            Complaint{fmt::format("process {} is not the name of a process", in_quotes(text)),
                      "write the name of the program without its directory, or "
                      "executable = \"/path/to/program\""});
    }
    return std::string(text);
}

/// With its kind, as systemd names its folder: "nginx.service".
Checked<std::string> to_unit_name(std::string_view text) {
    const std::size_t dot = text.rfind('.');
    const bool has_kind = dot != std::string_view::npos && dot > 0 &&
                          (text.substr(dot) == ".service" || text.substr(dot) == ".scope" ||
                           text.substr(dot) == ".slice");
    if (!has_kind || text.find('/') != std::string_view::npos ||
        text.find('\0') != std::string_view::npos) {
        return std::unexpected(Complaint{
            fmt::format("unit {} is not the name of a service, scope or slice", in_quotes(text)),
            "write unit = \"nginx.service\""});
    }
    return std::string(text);
}

health::ProcessPattern read_command_line(TomlSection& section, Report& report) {
    using health::Match;
    static constexpr std::array<std::pair<std::string_view, Match>, 3> matches = {
        {{"exact", Match::exact}, {"prefix", Match::prefix}, {"regex", Match::expression}}};
    health::ProcessCommandLine pattern;
    pattern.text = read_text(section, "command_line").value_or("");
    pattern.match = section.choice("match", matches).value_or(Match::exact);
    if (pattern.match == Match::expression) {
        if (const auto compiled = health::Expression::compile(pattern.text); !compiled) {
            report.error(section.place_of("command_line"),
                         fmt::format("command_line {} is no regular expression: {}",
                                     in_quotes(pattern.text), compiled.error()),
                         "write a regular expression such as \"^(ok|ready)$\", in RE2's syntax");
        }
    }
    return pattern;
}

health::ProcessPattern read_pattern(TomlSection& section, Report& report) {
    if (section.has("command_line")) {
        return read_command_line(section, report);
    }
    section.refuse("match", "is for command_line");
    if (section.has("executable")) {
        return health::ProcessExecutable{read_path(section, "executable").value_or("")};
    }
    if (section.has("pid_file")) {
        return health::ProcessPidFile{read_path(section, "pid_file").value_or("")};
    }
    if (section.has("unit")) {
        return health::ProcessUnit{section.converted("unit", to_unit_name).value_or("")};
    }
    return health::ProcessName{section.converted("process", to_process_name).value_or("")};
}

void read_counts(TomlSection& section, Report& report, health::ProcessProbeConfig& probe) {
    probe.max = section.number("max", max_range);
    const auto min = section.number("min", min_range);
    probe.min = min.value_or(probe.max == 0 ? 0 : 1);
    if (probe.max && probe.min > *probe.max) {
        report.error(section.place_of(min ? "min" : "max"),
                     fmt::format("min is {}, above max, which is {}", probe.min, *probe.max),
                     "write max = 0 alone for what must not run");
    }
    if (min == 0 && !probe.max) {
        report.error(section.place_of("min"), "min is 0, which is always good",
                     "leave it out, or add max");
    }
    if (std::holds_alternative<health::ProcessPidFile>(probe.pattern) && probe.min > 1) {
        report.error(section.place_of("min"),
                     fmt::format("min is {}, but a pid file names one process", probe.min),
                     "leave min out");
    }
}

}  // namespace

health::ProbeConfig read_process_probe(TomlSection& section, Report& report) {
    health::ProcessProbeConfig probe;
    probe.pattern = read_pattern(section, report);
    read_counts(section, report, probe);
    const auto grace = section.duration(
        "grace", [](std::string_view text, vrrp::Duration duration) -> Checked<vrrp::Duration> {
            if (duration > longest_grace) {
                return std::unexpected(
                    Complaint{fmt::format("grace is {}, expected 0s to 1h", in_quotes(text)), ""});
            }
            return duration;
        });
    probe.grace = grace.value_or(probe.grace);
    return probe;
}

}  // namespace config
