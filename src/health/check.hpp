#pragma once

#include "health/check_config.hpp"
#include "vrrp/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace health {

/// One look of a probe at the service.
struct ProbeResult {
    bool is_good = false;
    std::string detail;  ///< for people: "process 4711 exited", "exit status 1: connection refused"
    std::optional<int> number;  ///< what a file or a program says of the priority
    std::string warning;        ///< what will be bad one day; empty: nothing

    friend bool operator==(const ProbeResult&, const ProbeResult&) = default;
};

/// How many looks have found the check good, and bad (`invert` applied), since the daemon began.
struct ResultCounts {
    std::uint64_t good = 0;
    std::uint64_t bad = 0;

    friend bool operator==(const ResultCounts&, const ResultCounts&) = default;
};

/// The probe runs from now on, and results will follow.
struct ProbeStarted {
    friend bool operator==(const ProbeStarted&, const ProbeStarted&) = default;
};

/// The probe does not run: the check that it waits for is not good.
struct ProbeSuspended {
    std::string reason;           ///< for people
    bool is_for_failure = false;  ///< that one is bad, or waits for one that is

    friend bool operator==(const ProbeSuspended&, const ProbeSuspended&) = default;
};

/// It is the check's deadline, or later.
struct CheckTimeout {
    friend bool operator==(const CheckTimeout&, const CheckTimeout&) = default;
};

using CheckEvent = std::variant<ProbeStarted, ProbeSuspended, ProbeResult, CheckTimeout>;

/// The check has another verdict now, or another number, or waits for another reason.
struct CheckChanged {
    Verdict from = Verdict::unknown;
    Verdict to = Verdict::unknown;  ///< may be the same

    friend bool operator==(const CheckChanged&, const CheckChanged&) = default;
};

/// One health check: results in, verdict out. The first result decides at once, unless the file
/// says what the check is initially; after that `fall` bad ones in a row turn good into bad, and
/// `rise` good ones in a row, over `hold_good` at least, turn bad into good. Without any result for
/// its interval and its time limit together an unknown check is bad.
class Check {
public:
    explicit Check(CheckConfig config);

    /// Takes what has happened; tells the change, if it makes one.
    [[nodiscard]] std::optional<CheckChanged> handle(const CheckEvent& event, vrrp::Instant now);

    /// Takes other settings over, of the same name, and keeps its verdict. Where it looks at
    /// something else now, the first result decides at once, as does it that none comes in time.
    void reconfigure(CheckConfig config, vrrp::Instant now);

    /// When to call handle(CheckTimeout) next; nullopt while nothing is pending. A call before does
    /// nothing.
    [[nodiscard]] std::optional<vrrp::Instant> deadline() const;

    [[nodiscard]] const CheckConfig& config() const { return config_; }
    [[nodiscard]] Verdict verdict() const { return verdict_; }
    /// What the last result said; why there is none before the first.
    [[nodiscard]] const std::string& detail() const { return detail_; }
    /// What the last result warned of; empty: of nothing.
    [[nodiscard]] const std::string& warning() const { return warning_; }
    /// What the last good result said of the priority.
    [[nodiscard]] std::optional<int> number() const { return number_; }
    /// Whether it does not run because another check is bad: nothing will tell that it is good
    /// before that one is.
    [[nodiscard]] bool waits_for_failure() const { return waits_for_failure_; }
    [[nodiscard]] const ResultCounts& results() const { return results_; }
    /// When the verdict was last changed; nullopt before the first change.
    [[nodiscard]] std::optional<vrrp::Instant> since() const { return since_; }

private:
    [[nodiscard]] std::optional<CheckChanged> on(const ProbeStarted& event, vrrp::Instant now);
    [[nodiscard]] std::optional<CheckChanged> on(const ProbeSuspended& event, vrrp::Instant now);
    [[nodiscard]] std::optional<CheckChanged> on(const ProbeResult& result, vrrp::Instant now);
    [[nodiscard]] std::optional<CheckChanged> on(const CheckTimeout& event, vrrp::Instant now);
    [[nodiscard]] std::optional<CheckChanged> become(Verdict verdict, vrrp::Instant now);
    void count(Verdict seen, vrrp::Instant now);
    [[nodiscard]] bool is_convinced(vrrp::Instant now) const;

    CheckConfig config_;
    Verdict verdict_ = Verdict::unknown;
    int streak_ = 0;  ///< results in a row that speak against the verdict
    std::optional<vrrp::Instant> against_since_;  ///< the first of them
    std::optional<vrrp::Instant> started_at_;     ///< while no result has come yet
    bool is_provisional_ = false;                 ///< the verdict is of what it looked at before
    std::optional<int> number_;
    bool waits_for_failure_ = false;
    ResultCounts results_;
    std::string detail_;
    std::string warning_;
    std::optional<vrrp::Instant> since_;
};

}  // namespace health
