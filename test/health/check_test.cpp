#include "health/check.hpp"

#include <chrono>
#include <string>

#include "catch2.hpp"

using health::Check;
using health::ProbeResult;
using health::Verdict;
using health::VerdictChanged;

namespace {

constexpr auto start = vrrp::Instant{} + std::chrono::seconds(1);

Check make_check(int rise, int fall) {
    return Check({.name = "web", .probe = {}, .rise = rise, .fall = fall, .weight = {}});
}

const ProbeResult good{.is_good = true, .detail = "exit status 0"};
const ProbeResult bad{.is_good = false, .detail = "exit status 1"};

}  // namespace

TEST_CASE("a check knows nothing before its first result", "[health]") {
    const Check check = make_check(1, 1);

    CHECK(check.verdict() == Verdict::unknown);
    CHECK(check.detail().empty());
    CHECK_FALSE(check.since());
}

TEST_CASE("the first result decides at once, whatever rise and fall say", "[health]") {
    Check rising = make_check(3, 3);
    Check falling = make_check(3, 3);

    CHECK(rising.handle(good, start) == VerdictChanged{Verdict::unknown, Verdict::good});
    CHECK(falling.handle(bad, start) == VerdictChanged{Verdict::unknown, Verdict::bad});
    CHECK(rising.since() == start);
}

TEST_CASE("a check turns bad after as many bad results in a row as fall says", "[health]") {
    Check check = make_check(1, 3);
    static_cast<void>(check.handle(good, start));

    CHECK_FALSE(check.handle(bad, start));
    CHECK_FALSE(check.handle(bad, start));
    CHECK_FALSE(check.handle(good, start));
    CHECK_FALSE(check.handle(bad, start));
    CHECK_FALSE(check.handle(bad, start));
    const auto later = start + std::chrono::seconds(9);
    CHECK(check.handle(bad, later) == VerdictChanged{Verdict::good, Verdict::bad});

    CHECK(check.verdict() == Verdict::bad);
    CHECK(check.since() == later);
}

TEST_CASE("a check turns good after as many good results in a row as rise says", "[health]") {
    Check check = make_check(2, 1);
    static_cast<void>(check.handle(bad, start));

    CHECK_FALSE(check.handle(good, start));
    CHECK_FALSE(check.handle(bad, start));
    CHECK_FALSE(check.handle(good, start));
    CHECK(check.handle(good, start) == VerdictChanged{Verdict::bad, Verdict::good});
    CHECK(check.handle(bad, start) == VerdictChanged{Verdict::good, Verdict::bad});
}

TEST_CASE("a check keeps what the last result said, also without a new verdict", "[health]") {
    Check check = make_check(1, 2);
    static_cast<void>(check.handle(good, start));

    static_cast<void>(check.handle(bad, start + std::chrono::seconds(1)));

    CHECK(check.verdict() == Verdict::good);
    CHECK(check.detail() == "exit status 1");
    CHECK(check.since() == start);
}

TEST_CASE("verdicts have their names", "[health]") {
    CHECK(to_text(Verdict::unknown) == "unknown");
    CHECK(to_text(Verdict::good) == "good");
    CHECK(to_text(Verdict::bad) == "bad");
}
