#include "config/text.hpp"
#include "config/toml_probes.hpp"

#include <fmt/format.h>

namespace config {

namespace {

Checked<std::string> to_process_name(std::string_view text) {
    if (text.empty()) {
        return std::unexpected(Complaint{"process is empty", "write process = \"nginx\""});
    }
    if (text.find('/') != std::string_view::npos || text.find('\0') != std::string_view::npos) {
        return std::unexpected(
            Complaint{fmt::format("process {} is not the name of a process", in_quotes(text)),
                      "write the name of the program without its directory"});
    }
    return std::string(text);
}

}  // namespace

health::ProbeConfig read_process_probe(TomlSection& section, Report& /*report*/) {
    health::ProcessProbeConfig probe;
    probe.pattern = health::ProcessName{section.converted("process", to_process_name).value_or("")};
    probe.min = section.number("min", count_range).value_or(probe.min);
    return probe;
}

}  // namespace config
