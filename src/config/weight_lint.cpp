#include "config/weight_lint.hpp"

#include "vrrp/router_config.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bitset>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace config {

namespace {

/// Priorities that a router may have.
using Priorities = std::bitset<256>;

/// What a check adds to the priority while it is good, and while it is not.
struct Effect {
    int good = 0;
    int bad = 0;
};

Effect effect_of(const health::CheckUse& use) {
    const int weight = *use.weight;
    const Effect effect = weight > 0 ? Effect{weight, 0} : Effect{0, weight};
    return use.is_inverted ? Effect{effect.bad, effect.good} : effect;
}

/// Sums are kept within these, as the daemon does; in between they may be more.
constexpr int lowest = 1;
constexpr int highest = 254;

/// More of them may add up to anything.
constexpr std::size_t most_weights = 16;

/// All sums of the base and what these checks may add, kept within a priority's limits.
Priorities possible(int base, const std::vector<Effect>& effects) {
    std::vector<int> sums{base};
    for (const Effect& effect : effects) {
        std::vector<int> next;
        for (const int sum : sums) {
            next.push_back(sum + effect.good);
            next.push_back(sum + effect.bad);
        }
        std::ranges::sort(next);
        const auto repeated = std::ranges::unique(next);
        next.erase(repeated.begin(), repeated.end());
        sums = std::move(next);
    }
    Priorities priorities;
    for (const int sum : sums) {
        priorities.set(static_cast<std::size_t>(std::clamp(sum, lowest, highest)));
    }
    return priorities;
}

/// Whether one of these priorities lies between the two, or is one of them: then it makes a
/// difference which of the two a router has. Equal ones are told apart by address.
bool has_between(const Priorities& priorities, int first, int second) {
    const auto [low, high] = std::minmax(first, second);
    for (int priority = low; low != high && priority <= high; ++priority) {
        if (priorities.test(static_cast<std::size_t>(priority))) {
            return true;
        }
    }
    return false;
}

/// The names of the checks that say numbers themselves, and may say any.
std::set<std::string> find_numbers(const Config& config) {
    std::set<std::string> numbers;
    for (const health::CheckConfig& check : config.checks) {
        const auto* const file = std::get_if<health::FileProbeConfig>(&check.probe);
        if (health::says_priority(check.probe) ||
            (file != nullptr && file->wish == health::FileWish::number_or_zero)) {
            numbers.insert(check.name);
        }
    }
    return numbers;
}

/// Judges the weights of one router.
class WeightLinter {
public:
    /// `numbers` are the checks that say numbers themselves.
    WeightLinter(const Router& router, const std::set<std::string>& numbers,
                 const std::string& file)
        : router_(router), numbers_(numbers), file_(file) {}

    Diagnostics lint() {
        for (std::size_t index = 0; index < router_.checks.size(); ++index) {
            const health::CheckUse& use = router_.checks[index];
            if (use.weight) {
                judge(index);
            }
        }
        return std::move(diagnostics_);
    }

private:
    void judge(std::size_t index) {
        const std::string& name = router_.checks[index].name;
        const int weight = *router_.checks[index].weight;
        if (router_.protocol.priority == vrrp::owner_priority) {
            warn(index,
                 fmt::format("check {} can never change who is master: a router of priority "
                             "255 keeps it whatever the weight {} says",
                             name, weight),
                 "leave the weight out, then its failure takes the router out of office");
        } else if (!router_.protocol.preempt) {
            warn(index,
                 fmt::format("check {} can never change who is master while one lives: its weight "
                             "{} moves the priority of {}, and without preemption a master stays "
                             "whatever that is",
                             name, weight, router_.protocol.priority),
                 "leave the weight out, then its failure takes the router out of office");
        } else if (!router_.others.empty() && !numbers_.contains(name) && !matters(index)) {
            warn_of_size(index);
        }
    }

    [[nodiscard]] std::vector<Effect> effects_but(std::optional<std::size_t> left_out) const {
        std::vector<Effect> effects;
        for (std::size_t index = 0; index < router_.checks.size(); ++index) {
            const health::CheckUse& use = router_.checks[index];
            if (use.weight && index != left_out) {
                effects.push_back(effect_of(use));
            }
        }
        return effects;
    }

    /// Whether its change can put this host above or below another, in whatever state all the other
    /// checks may be. The other hosts are taken to have the same checks.
    [[nodiscard]] bool matters(std::size_t index) const {
        if (effects_but(std::nullopt).size() > most_weights) {
            return true;
        }
        const Effect own = effect_of(router_.checks[index]);
        Priorities theirs;
        for (const std::uint8_t other : router_.others) {
            theirs |= possible(other, effects_but(std::nullopt));
        }
        const std::vector<Effect> rest = effects_but(index);
        const Priorities ours = possible(router_.protocol.priority, rest);
        for (std::size_t sum = 0; sum < ours.size(); ++sum) {
            const int base = static_cast<int>(sum);
            if (ours.test(sum) && has_between(theirs, std::clamp(base + own.good, lowest, highest),
                                              std::clamp(base + own.bad, lowest, highest))) {
                return true;
            }
        }
        return false;
    }

    void warn_of_size(std::size_t index) {
        const Effect effect = effect_of(router_.checks[index]);
        const int base = router_.protocol.priority;
        int nearest = 255;
        for (const std::uint8_t other : router_.others) {
            nearest = std::min(nearest, std::abs(other - base));
        }
        warn(index,
             fmt::format("check {} can never change who is master: with its weight {} the "
                         "priority is {} while it is good and {} while it is bad, and the other "
                         "hosts have {}",
                         router_.checks[index].name, *router_.checks[index].weight,
                         std::clamp(base + effect.good, lowest, highest),
                         std::clamp(base + effect.bad, lowest, highest),
                         fmt::join(router_.others, ", ")),
             fmt::format("let it weigh more than {}, the difference, or leave the weight out: then "
                         "its failure takes the router out of office",
                         nearest));
    }

    void warn(std::size_t index, std::string message, std::string advice) {
        diagnostics_.push_back({Severity::warning, file_, router_.check_places[index],
                                fmt::format("router {}: {}", router_.name, message),
                                std::move(advice)});
    }

    const Router& router_;
    const std::set<std::string>& numbers_;
    const std::string& file_;
    Diagnostics diagnostics_;
};

}  // namespace

Diagnostics lint_weights(const Config& config, const std::string& file) {
    Diagnostics all;
    const std::set<std::string> numbers = find_numbers(config);
    std::string last;
    for (const Router& router : config.routers) {
        // With addresses of both families it is two of one name.
        if (std::exchange(last, router.name) != router.name) {
            const Diagnostics found = WeightLinter(router, numbers, file).lint();
            all.insert(all.end(), found.begin(), found.end());
        }
    }
    return all;
}

}  // namespace config
