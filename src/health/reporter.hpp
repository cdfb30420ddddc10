#pragma once

#include "health/check.hpp"
#include "health/probe.hpp"
#include "vrrp/time.hpp"

#include <utility>

namespace health {

/// A probe's way to report, made so that the probe may be destroyed in the report.
class Reporter {
public:
    explicit Reporter(ReportResult report) : report_(std::move(report)) {}
    Reporter(const Reporter&) = delete;
    Reporter& operator=(const Reporter&) = delete;
    ~Reporter() {
        if (is_gone_ != nullptr) {
            *is_gone_ = true;
        }
    }

    /// Reports. The probe may be gone afterwards: nothing of it may be touched any more.
    void operator()(const ProbeResult& result, vrrp::Instant now) {
        bool is_gone = false;
        is_gone_ = &is_gone;
        // The function outlives its own call, whatever becomes of the probe.
        ReportResult report = std::move(report_);
        report(result, now);
        if (!is_gone) {
            is_gone_ = nullptr;
            report_ = std::move(report);
        }
    }

private:
    ReportResult report_;
    bool* is_gone_ = nullptr;
};

}  // namespace health
