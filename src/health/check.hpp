#pragma once

#include "health/check_config.hpp"
#include "vrrp/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace health {

/// What a check has found. Unknown until the first result.
enum class Verdict : std::uint8_t { unknown, good, bad };

[[nodiscard]] std::string_view to_text(Verdict verdict);

/// One look of a probe at the service.
struct ProbeResult {
    bool is_good = false;
    std::string detail;  ///< for people: "process 4711 exited", "exit status 1: connection refused"

    friend bool operator==(const ProbeResult&, const ProbeResult&) = default;
};

/// The check has another verdict now.
struct VerdictChanged {
    Verdict from = Verdict::unknown;
    Verdict to = Verdict::unknown;

    friend bool operator==(const VerdictChanged&, const VerdictChanged&) = default;
};

/// One health check: results in, verdict out. The first result decides at once; after that `fall`
/// bad ones in a row turn good into bad, and `rise` good ones in a row turn bad into good.
class Check {
public:
    explicit Check(CheckConfig config);

    /// Takes one result; tells the change of verdict, if it makes one.
    [[nodiscard]] std::optional<VerdictChanged> handle(const ProbeResult& result,
                                                       vrrp::Instant now);

    [[nodiscard]] const CheckConfig& config() const { return config_; }
    [[nodiscard]] Verdict verdict() const { return verdict_; }
    /// What the last result said; empty before the first.
    [[nodiscard]] const std::string& detail() const { return detail_; }
    /// When the verdict was last changed; nullopt while it is unknown.
    [[nodiscard]] std::optional<vrrp::Instant> since() const { return since_; }

private:
    CheckConfig config_;
    Verdict verdict_ = Verdict::unknown;
    int streak_ = 0;  ///< results in a row that speak against the verdict
    std::string detail_;
    std::optional<vrrp::Instant> since_;
};

}  // namespace health
