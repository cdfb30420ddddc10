#pragma once

#include "health/change_reporter.hpp"
#include "health/check_config.hpp"
#include "health/file_watch.hpp"
#include "health/probe.hpp"

#include <optional>
#include <string_view>

namespace health {

/// The number that a file's content is: decimal, with a sign or without, and blanks around it;
/// nullopt for everything else, and for what an int can't hold.
[[nodiscard]] std::optional<int> to_number(std::string_view content);

/// The number at the beginning of a file's content, as strtol() reads it; 0 where there is none.
[[nodiscard]] int leading_number(std::string_view content);

/// The probe that asks whether a file is there, or which number it holds. The kernel tells it of
/// changes. A file that is being written to is read when its writer has closed it, or has left it
/// alone for a tenth of a second.
class FileProbe final : public Probe {
public:
    /// As start_probe(), for a check whose probe is `config`.
    [[nodiscard]] static StartedProbe start(const CheckConfig& check, const FileProbeConfig& config,
                                            ProbeContext context);

private:
    FileProbe(const CheckConfig& check, const FileProbeConfig& config, ProbeContext context);

    void take(FileChange change, vrrp::Instant now);
    [[nodiscard]] ProbeResult judge();

    FileProbeConfig config_;
    FileWatch watch_;
    ChangeReporter reporter_;
};

}  // namespace health
