#include "health/combination.hpp"

#include <vector>

#include "catch2.hpp"

using health::combine;
using health::MemberState;
using health::Verdict;

namespace {

std::vector<MemberState> members(Verdict first, Verdict second, Verdict third) {
    return {{"a", first}, {"b", second}, {"c", third}};
}

constexpr auto good = Verdict::good;
constexpr auto bad = Verdict::bad;
constexpr auto unknown = Verdict::unknown;

}  // namespace

TEST_CASE("a combination is good with as many good checks as it needs", "[health]") {
    CHECK(combine(1, members(bad, good, bad))->is_good);
    CHECK(combine(3, members(good, good, good))->is_good);
    CHECK(combine(2, members(good, bad, good))->is_good);
    CHECK_FALSE(combine(2, members(good, bad, bad))->is_good);
    CHECK_FALSE(combine(1, members(bad, bad, bad))->is_good);
}

TEST_CASE("a combination is decided as soon as unknown checks can't change it", "[health]") {
    CHECK(combine(1, members(unknown, good, unknown))->is_good);
    CHECK_FALSE(combine(3, members(unknown, bad, unknown))->is_good);
    CHECK_FALSE(combine(2, members(unknown, good, bad)));
    CHECK_FALSE(combine(1, members(unknown, bad, bad)));
}

TEST_CASE("a combination tells which of its checks are not good", "[health]") {
    CHECK(combine(3, members(good, bad, unknown))->detail ==
          "1 of 3 are good, 3 needed; bad: b; unknown: c");
    CHECK(combine(1, members(good, good, good))->detail == "3 of 3 are good, 1 needed");
}
