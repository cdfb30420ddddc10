#include "health/priority.hpp"

#include <vector>

#include "catch2.hpp"

using health::effective_priority;
using health::Opinion;
using health::Verdict;

namespace {

int priority(int base, const std::vector<Opinion>& opinions) {
    return effective_priority(static_cast<std::uint8_t>(base), opinions);
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
