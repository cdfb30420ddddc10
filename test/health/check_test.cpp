#include "health/check.hpp"

#include <chrono>
#include <string>

#include "catch2.hpp"

using health::Check;
using health::CheckChanged;
using health::CheckTimeout;
using health::ProbeResult;
using health::ProbeStarted;
using health::ProbeSuspended;
using health::Verdict;

using namespace std::chrono_literals;

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
    CHECK(check.detail() == "no result yet");
    CHECK_FALSE(check.deadline());
    CHECK_FALSE(check.since());
}

TEST_CASE("the first result decides at once, whatever rise and fall say", "[health]") {
    Check rising = make_check(3, 3);
    Check falling = make_check(3, 3);

    CHECK(rising.handle(good, start) == CheckChanged{Verdict::unknown, Verdict::good});
    CHECK(falling.handle(bad, start) == CheckChanged{Verdict::unknown, Verdict::bad});
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
    CHECK(check.handle(bad, later) == CheckChanged{Verdict::good, Verdict::bad});

    CHECK(check.verdict() == Verdict::bad);
    CHECK(check.since() == later);
}

TEST_CASE("a check turns good after as many good results in a row as rise says", "[health]") {
    Check check = make_check(2, 1);
    static_cast<void>(check.handle(bad, start));

    CHECK_FALSE(check.handle(good, start));
    CHECK_FALSE(check.handle(bad, start));
    CHECK_FALSE(check.handle(good, start));
    CHECK(check.handle(good, start) == CheckChanged{Verdict::bad, Verdict::good});
    CHECK(check.handle(bad, start) == CheckChanged{Verdict::good, Verdict::bad});
}

TEST_CASE("a check keeps what the last result said, also without a new verdict", "[health]") {
    Check check = make_check(1, 2);
    static_cast<void>(check.handle(good, start));

    static_cast<void>(check.handle(bad, start + std::chrono::seconds(1)));

    CHECK(check.verdict() == Verdict::good);
    CHECK(check.detail() == "exit status 1");
    CHECK(check.since() == start);
}

TEST_CASE("a check that is good initially needs as many bad results as fall says", "[health]") {
    Check check({.name = "web", .probe = {}, .fall = 2, .initially = Verdict::good});

    CHECK_FALSE(check.handle(ProbeStarted{}, start));
    CHECK(check.verdict() == Verdict::good);
    CHECK_FALSE(check.handle(bad, start));
    CHECK(check.handle(bad, start) == CheckChanged{Verdict::good, Verdict::bad});
}

TEST_CASE("an inverted check takes good for bad", "[health]") {
    Check check({.name = "web", .probe = {}, .invert = true});

    CHECK(check.handle(good, start) == CheckChanged{Verdict::unknown, Verdict::bad});
    CHECK(check.detail() == "exit status 0");
    CHECK(check.handle(bad, start) == CheckChanged{Verdict::bad, Verdict::good});
}

TEST_CASE("a check without any result is bad after its interval and time limit", "[health]") {
    Check check({.name = "web", .probe = {}, .interval = 2s, .timeout = 500ms});

    CHECK_FALSE(check.handle(ProbeStarted{}, start));
    REQUIRE(check.deadline() == start + 2500ms);
    CHECK_FALSE(check.handle(CheckTimeout{}, start + 2499ms));
    CHECK(check.handle(CheckTimeout{}, start + 2500ms) ==
          CheckChanged{Verdict::unknown, Verdict::bad});
    CHECK(check.detail() == "no result within 2.5 s");
    CHECK_FALSE(check.deadline());
}

TEST_CASE("a result in time leaves no deadline", "[health]") {
    Check check = make_check(1, 1);
    CHECK_FALSE(check.handle(ProbeStarted{}, start));

    CHECK(check.handle(good, start + 1ms));

    CHECK_FALSE(check.deadline());
    CHECK_FALSE(check.handle(CheckTimeout{}, start + 1h));
}

TEST_CASE("hold_good keeps a check bad until it was found good for so long", "[health]") {
    Check check({.name = "web", .probe = {}, .hold_good = 10s});
    CHECK(check.handle(bad, start));

    CHECK_FALSE(check.handle(good, start + 1s));
    REQUIRE(check.deadline() == start + 11s);
    CHECK_FALSE(check.handle(good, start + 5s));
    CHECK_FALSE(check.handle(bad, start + 6s));
    CHECK_FALSE(check.deadline());
    CHECK_FALSE(check.handle(good, start + 7s));
    CHECK_FALSE(check.handle(CheckTimeout{}, start + 16s));
    CHECK(check.handle(CheckTimeout{}, start + 17s) == CheckChanged{Verdict::bad, Verdict::good});
    CHECK(check.since() == start + 17s);
}

TEST_CASE("hold_good begins with the first good result in a row, and rise counts too", "[health]") {
    Check check({.name = "web", .probe = {}, .rise = 3, .hold_good = 2s});
    CHECK(check.handle(bad, start));

    CHECK_FALSE(check.handle(good, start + 1s));
    CHECK_FALSE(check.handle(good, start + 3s));
    CHECK_FALSE(check.deadline());
    CHECK(check.handle(good, start + 4s) == CheckChanged{Verdict::bad, Verdict::good});
}

TEST_CASE("the first result decides at once, whatever hold_good says", "[health]") {
    Check check({.name = "web", .probe = {}, .hold_good = 1h});

    CHECK(check.handle(good, start) == CheckChanged{Verdict::unknown, Verdict::good});
}

TEST_CASE("a suspended check is unknown until its next first result", "[health]") {
    Check check = make_check(3, 3);
    CHECK(check.handle(ProbeResult{.is_good = true, .detail = "1", .number = 7}, start));
    CHECK(check.number() == 7);

    CHECK(check.handle(ProbeSuspended{"waits for check a, which is bad"}, start + 1s) ==
          CheckChanged{Verdict::good, Verdict::unknown});
    CHECK(check.detail() == "waits for check a, which is bad");
    CHECK_FALSE(check.number());
    CHECK_FALSE(check.deadline());
    CHECK_FALSE(check.handle(ProbeStarted{}, start + 2s));
    CHECK(check.deadline() == start + 4s);
    CHECK(check.handle(bad, start + 3s) == CheckChanged{Verdict::unknown, Verdict::bad});
}

TEST_CASE("another number is a change of its own", "[health]") {
    Check check = make_check(1, 2);
    CHECK(check.handle(ProbeResult{.is_good = true, .number = 7}, start));

    CHECK_FALSE(check.handle(ProbeResult{.is_good = true, .number = 7}, start));
    CHECK(check.handle(ProbeResult{.is_good = true, .number = 8}, start) ==
          CheckChanged{Verdict::good, Verdict::good});
    CHECK(check.number() == 8);
    CHECK_FALSE(check.handle(bad, start));
    CHECK(check.number() == 8);
}

TEST_CASE("a check keeps the last result's warning", "[health]") {
    Check check = make_check(1, 1);
    CHECK(check.handle(ProbeResult{.is_good = true, .warning = "ends in 5 days"}, start));
    CHECK(check.warning() == "ends in 5 days");

    CHECK_FALSE(check.handle(good, start));
    CHECK(check.warning().empty());
}

TEST_CASE("a check counts what its results said of it", "[health]") {
    Check check({.name = "web", .probe = {}, .weight = {}, .invert = true});
    static_cast<void>(check.handle(good, start));
    static_cast<void>(check.handle(ProbeSuspended{"waits for net"}, start));
    static_cast<void>(check.handle(ProbeStarted{}, start));
    static_cast<void>(check.handle(bad, start));
    static_cast<void>(check.handle(bad, start));

    CHECK(check.results() == health::ResultCounts{.good = 2, .bad = 1});
}

TEST_CASE("verdicts have their names", "[health]") {
    CHECK(to_text(Verdict::unknown) == "unknown");
    CHECK(to_text(Verdict::good) == "good");
    CHECK(to_text(Verdict::bad) == "bad");
}

TEST_CASE("a check that looks at something else keeps its verdict until the first result",
          "[health]") {
    Check check = make_check(3, 3);
    static_cast<void>(check.handle(ProbeStarted{}, start));
    static_cast<void>(check.handle(good, start));
    health::CheckConfig other = check.config();
    other.probe = health::FileProbeConfig{"/other"};

    check.reconfigure(other, start + 1s);

    CHECK(check.verdict() == Verdict::good);
    CHECK(check.deadline() == start + 1s + other.interval + other.timeout);
    CHECK(check.handle(bad, start + 2s) == CheckChanged{Verdict::good, Verdict::bad});
    CHECK_FALSE(check.deadline());
    CHECK_FALSE(check.handle(good, start + 3s));
}

TEST_CASE("without a result in time what a check looked at before counts no more", "[health]") {
    Check check = make_check(3, 3);
    static_cast<void>(check.handle(good, start));
    health::CheckConfig other = check.config();
    other.invert = true;
    check.reconfigure(other, start);

    CHECK(check.handle(CheckTimeout{}, start + 2s) == CheckChanged{Verdict::good, Verdict::bad});
    CHECK(check.detail() == "no result within 2 s");
    CHECK_FALSE(check.deadline());
}

TEST_CASE("a check that is judged by other numbers counts on", "[health]") {
    Check check = make_check(1, 3);
    static_cast<void>(check.handle(good, start));
    static_cast<void>(check.handle(bad, start));
    health::CheckConfig other = check.config();
    other.fall = 2;

    check.reconfigure(other, start);

    CHECK_FALSE(check.deadline());
    CHECK(check.handle(bad, start) == CheckChanged{Verdict::good, Verdict::bad});
}
