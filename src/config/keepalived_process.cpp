#include "config/keepalived_process.hpp"

#include "config/keepalived_keywords.hpp"
#include "config/keepalived_track.hpp"
#include "config/text.hpp"
#include "config/values.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace config {

namespace {

constexpr Range quorum_range{0, 1000};
constexpr vrrp::Duration longest_delay = std::chrono::hours(1);

/// Which parameters a process must have.
enum class Parameters : std::uint8_t { any, exact, initial, partial };

/// A text that a regular expression takes as it is.
std::string escape(std::string_view text) {
    std::string escaped;
    for (const char letter : text) {
        if (std::string_view(R"(\^$.[]|()?*+{})").find(letter) != std::string_view::npos) {
            escaped += '\\';
        }
        escaped += letter;
    }
    return escaped;
}

class ProcessReader {
public:
    explicit ProcessReader(Report& report) : report_(report) {}

    CheckDraft read(const KeepalivedLine& line) {
        static constexpr auto keywords = std::to_array<KeepalivedKeyword<ProcessReader>>({
            {"process", &ProcessReader::take_process},
            {"param_match", &ProcessReader::take_match},
            {"full_command", &ProcessReader::take_full_command},
            {"weight", &ProcessReader::take_weight},
            {"quorum", &ProcessReader::take_quorum},
            {"quorum_max", &ProcessReader::take_quorum_max},
            {"delay", &ProcessReader::take_delay},
            {"terminate_delay", &ProcessReader::take_terminate_delay},
            {"fork_delay", &ProcessReader::take_fork_delay},
        });
        draft_.place = line.value_place();
        draft_.kind = "vrrp_track_process";
        draft_.probe_place = draft_.place;
        take_name(line);
        read_keywords(line.block, "vrrp_track_process",
                      std::span<const KeepalivedKeyword<ProcessReader>>(keywords), *this, report_);
        if (words_.empty()) {
            report_.error(
                draft_.place,
                fmt::format("vrrp_track_process {} has no process",
                            draft_.check.name.empty() ? "without a name" : draft_.check.name),
                "add a line such as: process nginx");
        }
        probe_.pattern = pattern();
        check_counts();
        draft_.check.probe = probe_;
        return draft_;
    }

private:
    void take_name(const KeepalivedLine& line) {
        const auto name = single_value(line, report_);
        if (!name) {
            return;
        }
        draft_.check.name = *name;
        if (const auto valid = to_name("the process's name", *name); !valid) {
            report_.error(draft_.place, valid.error());
        }
    }

    void take_process(const KeepalivedLine& line) {
        draft_.probe_place = line.value_place();
        if (line.words.size() == 1 || line.words[1].text.empty()) {
            report_.error(line.place(), "process has no value");
            return;
        }
        words_.clear();
        for (std::size_t index = 1; index < line.words.size(); ++index) {
            words_.push_back(line.words[index].text);
        }
    }

    void take_match(const KeepalivedLine& line) {
        if (line.words.size() == 1) {
            parameters_ = Parameters::exact;
            return;
        }
        const auto word = single_value(line, report_);
        if (word == "initial") {
            parameters_ = Parameters::initial;
        } else if (word == "partial") {
            parameters_ = Parameters::partial;
        } else if (word) {
            report_.error(line.value_place(),
                          fmt::format("param_match is {}, expected \"initial\", \"partial\" or "
                                      "nothing",
                                      in_quotes(*word)));
        }
    }

    void take_full_command(const KeepalivedLine& line) {
        expect_alone(line, report_);
        is_full_command_ = true;
    }

    void take_weight(const KeepalivedLine& line) {
        if (const auto weight = read_weight_line(line, track_weight_range, report_)) {
            draft_.check.weight = weight->first == 0 ? std::nullopt : std::optional(weight->first);
            draft_.is_reversed = weight->second;
        }
    }

    void take_quorum(const KeepalivedLine& line) {
        probe_.min = number_value(line, quorum_range, report_).value_or(1);
        quorum_place_ = line.value_place();
    }
    void take_quorum_max(const KeepalivedLine& line) {
        probe_.max = number_value(line, quorum_range, report_);
        max_place_ = line.value_place();
    }

    void take_delay(const KeepalivedLine& line) {
        take_terminate_delay(line);
        draft_.check.hold_good = probe_.grace;
    }
    void take_terminate_delay(const KeepalivedLine& line) {
        probe_.grace = delay_value(line, longest_delay, report_).value_or(vrrp::Duration::zero());
    }
    void take_fork_delay(const KeepalivedLine& line) {
        draft_.check.hold_good =
            delay_value(line, longest_delay, report_).value_or(vrrp::Duration::zero());
    }

    [[nodiscard]] bool has_parameters() const { return words_.size() > 1; }

    [[nodiscard]] health::ProcessPattern pattern() {
        if (words_.empty()) {
            return health::ProcessName{};
        }
        if (!has_parameters() && !is_full_command_ && !parameters_) {
            return lone_pattern();
        }
        using health::Match;
        const std::string line = fmt::format("{}", fmt::join(words_, " "));
        switch (parameters_.value_or(has_parameters() ? Parameters::exact : Parameters::any)) {
            case Parameters::exact: return health::ProcessCommandLine{line, Match::exact};
            case Parameters::initial:
                if (has_parameters()) {
                    return health::ProcessCommandLine{line, Match::prefix};
                }
                break;
            default: break;
        }
        // These words, and maybe others after them.
        return health::ProcessCommandLine{fmt::format("^{}( |$)", escape(line)), Match::expression};
    }

    /// keepalived compares the word with a comm, which never is a path, nor longer than 15 bytes.
    [[nodiscard]] health::ProcessPattern lone_pattern() {
        const std::string& word = words_.front();
        if (word.find('/') == std::string::npos) {
            return health::ProcessName{word};
        }
        if (!word.starts_with('/')) {
            report_.error(draft_.probe_place,
                          fmt::format("process {} is a relative path", in_quotes(word)),
                          "write the name of the program, or its whole path");
        } else {
            report_.warning(draft_.probe_place,
                            fmt::format("process {} is a path: whatever runs this program is "
                                        "found here, where keepalived finds nothing",
                                        in_quotes(word)),
                            "write the name of the program, or add full_command");
        }
        return health::ProcessExecutable{word};
    }

    void check_counts() {
        if (probe_.max == 0 && !quorum_place_) {
            probe_.min = 0;
        }
        if (probe_.max && probe_.min > *probe_.max) {
            report_.error(*max_place_, fmt::format("quorum_max is {}, below quorum, which is {}",
                                                   *probe_.max, probe_.min));
        }
        if (probe_.min == 0 && !probe_.max) {
            report_.error(*quorum_place_, "quorum is 0, which is always good");
        }
    }

    Report& report_;
    CheckDraft draft_;
    health::ProcessProbeConfig probe_;
    std::vector<std::string> words_;  ///< the process and its parameters
    std::optional<Parameters> parameters_;
    bool is_full_command_ = false;
    std::optional<Place> quorum_place_;
    std::optional<Place> max_place_;
};

}  // namespace

CheckDraft read_keepalived_process(const KeepalivedLine& line, Report& report) {
    return ProcessReader(report).read(line);
}

}  // namespace config
