#include "health/probe.hpp"

#include <utility>
#include <variant>

#include "health/process_probe.hpp"
#include "health/script_probe.hpp"

namespace health {

namespace {

/// One overload for each kind of probe.
struct Start {
    const CheckConfig& check;
    os::Loop& loop;
    ReportResult& report;

    using Started = std::expected<std::unique_ptr<Probe>, os::Error>;

    Started operator()(const ProcessProbeConfig& config) const {
        return ProcessProbe::start(check, config, loop, std::move(report));
    }
    Started operator()(const ScriptProbeConfig& config) const {
        return ScriptProbe::start(check.name, config, loop, std::move(report));
    }
};

}  // namespace

std::expected<std::unique_ptr<Probe>, os::Error> start_probe(const CheckConfig& config,
                                                             os::Loop& loop, ReportResult report) {
    return std::visit(Start{config, loop, report}, config.probe);
}

}  // namespace health
