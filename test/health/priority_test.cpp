#include "health/priority.hpp"

#include <cstdint>
#include <optional>
#include <vector>

#include "catch2.hpp"

using health::effective_priority;
using health::Opinion;
using health::Verdict;

namespace {

int priority(int base, const std::vector<Opinion>& opinions) {
    return effective_priority(static_cast<std::uint8_t>(base), false, opinions);
}

Opinion fatal(Verdict verdict) {
    return {.verdict = verdict, .weight = {}};
}

Opinion weighted(Verdict verdict, int weight) {
    return {.verdict = verdict, .weight = weight};
}

}  // namespace

TEST_CASE("a router without checks has its own priority", "[health]") {
    CHECK(priority(100, {}) == 100);
    CHECK(priority(255, {}) == 255);
    CHECK(priority(1, {}) == 1);
}

TEST_CASE("a fatal check that is bad or unknown takes the whole priority", "[health]") {
    CHECK(priority(100, {fatal(Verdict::good)}) == 100);
    CHECK(priority(100, {fatal(Verdict::bad)}) == 0);
    CHECK(priority(100, {fatal(Verdict::unknown)}) == 0);
    CHECK(priority(100, {weighted(Verdict::good, 50), fatal(Verdict::bad)}) == 0);
    CHECK(priority(255, {fatal(Verdict::bad)}) == 0);
}

TEST_CASE("a positive weight counts while its check is good", "[health]") {
    CHECK(priority(100, {weighted(Verdict::good, 20)}) == 120);
    CHECK(priority(100, {weighted(Verdict::bad, 20)}) == 100);
    CHECK(priority(100, {weighted(Verdict::unknown, 20)}) == 100);
}

TEST_CASE("a negative weight counts while its check is bad", "[health]") {
    CHECK(priority(100, {weighted(Verdict::good, -20)}) == 100);
    CHECK(priority(100, {weighted(Verdict::bad, -20)}) == 80);
    CHECK(priority(100, {weighted(Verdict::unknown, -20)}) == 100);
}

TEST_CASE("weights are added before the sum is kept within 1 and 254", "[health]") {
    CHECK(priority(200, {weighted(Verdict::good, 100)}) == 254);
    CHECK(priority(50, {weighted(Verdict::bad, -100)}) == 1);
    CHECK(priority(200, {weighted(Verdict::good, 100), weighted(Verdict::bad, -60)}) == 240);
}

TEST_CASE("the owner of the addresses keeps its priority under weights", "[health]") {
    CHECK(priority(255, {weighted(Verdict::bad, -100)}) == 255);
    CHECK(priority(255, {weighted(Verdict::good, 100)}) == 255);
}

TEST_CASE("a last resort that is unfit keeps priority 1, once that is known", "[health]") {
    const auto last_resort = [](int base, const std::vector<Opinion>& opinions) {
        return effective_priority(static_cast<std::uint8_t>(base), true, opinions);
    };

    CHECK(last_resort(100, {fatal(Verdict::good)}) == 100);
    CHECK(last_resort(100, {fatal(Verdict::bad)}) == 1);
    CHECK(last_resort(100, {fatal(Verdict::unknown)}) == 0);
    CHECK(last_resort(100, {fatal(Verdict::bad), fatal(Verdict::unknown)}) == 1);
    CHECK(last_resort(100, {fatal(Verdict::unknown), fatal(Verdict::unknown)}) == 0);
    CHECK(last_resort(100, {fatal(Verdict::bad), weighted(Verdict::unknown, 5)}) == 1);
    CHECK(last_resort(255, {fatal(Verdict::bad)}) == 1);
}

TEST_CASE("a number counts as often as the weight says", "[health]") {
    const auto says = [](int number, std::optional<int> weight) {
        return Opinion{.verdict = Verdict::good, .weight = weight, .number = number};
    };

    CHECK(priority(100, {says(20, 1)}) == 120);
    CHECK(priority(100, {says(-20, 2)}) == 60);
    CHECK(priority(1, {says(1000, 1)}) == 254);
    CHECK(priority(200, {says(-253, 1)}) == 1);
    CHECK(priority(200, {says(-254, 1)}) == 0);
    CHECK(priority(200, {says(2'000'000'000, -253)}) == 0);
}

TEST_CASE("a number without a weight is fatal unless it is 0", "[health]") {
    const auto says = [](int number, bool is_inverted) {
        return Opinion{.verdict = Verdict::good, .number = number, .is_inverted = is_inverted};
    };

    CHECK(priority(100, {says(0, false)}) == 100);
    CHECK(priority(100, {says(1, false)}) == 0);
    CHECK(priority(100, {says(0, true)}) == 0);
    CHECK(priority(100, {says(-1, true)}) == 100);
}

TEST_CASE("a check that says numbers and is bad counts as others do", "[health]") {
    CHECK(priority(100, {{.verdict = Verdict::bad, .weight = 1, .number = 20}}) == 100);
    CHECK(priority(100, {{.verdict = Verdict::bad, .number = 20}}) == 0);
}

TEST_CASE("a number that is a change of the priority counts without a weight too", "[health]") {
    const auto says = [](Verdict verdict, std::optional<int> weight) {
        return Opinion{.verdict = verdict, .weight = weight, .number = -30, .adds_number = true};
    };

    CHECK(priority(100, {says(Verdict::good, {})}) == 70);
    CHECK(priority(100, {says(Verdict::bad, {})}) == 0);
    CHECK(priority(100, {says(Verdict::good, 2)}) == 40);
    CHECK(priority(100, {says(Verdict::bad, 2)}) == 100);
    CHECK(priority(100, {says(Verdict::bad, -2)}) == 98);
}

TEST_CASE("an inverted opinion takes good for bad", "[health]") {
    const auto inverted = [](Verdict verdict, std::optional<int> weight) {
        return Opinion{.verdict = verdict, .weight = weight, .is_inverted = true};
    };

    CHECK(priority(100, {inverted(Verdict::good, std::nullopt)}) == 0);
    CHECK(priority(100, {inverted(Verdict::bad, std::nullopt)}) == 100);
    CHECK(priority(100, {inverted(Verdict::unknown, std::nullopt)}) == 0);
    CHECK(priority(100, {inverted(Verdict::good, -20)}) == 80);
    CHECK(priority(100, {inverted(Verdict::bad, -20)}) == 100);
    CHECK(priority(100, {inverted(Verdict::bad, 20)}) == 120);
}
