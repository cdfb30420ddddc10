#include "engine/fitness.hpp"

#include "catch2.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace {

health::Check check(const std::string& name) {
    return health::Check({.name = name, .probe = health::FileProbeConfig{"/x"}});
}

void report(health::Check& check, bool is_good) {
    static_cast<void>(
        check.handle(health::ProbeResult{.is_good = is_good, .detail = "seen"}, vrrp::Instant{}));
}

}  // namespace

TEST_CASE("a fatal check that is new counts as good until its first result", "[engine]") {
    health::Check old_check = check("old");
    health::Check new_check = check("new");
    report(old_check, true);
    const engine::Fitness before(100, false, {{&old_check}});
    engine::Fitness after(100, false, {{&old_check}, {&new_check}});
    CHECK(after.priority() == 0);

    after.succeed(before);
    CHECK(after.priority() == 100);

    report(new_check, false);
    CHECK(after.take(new_check));
    CHECK(after.priority() == 0);
}

TEST_CASE("once it is known a new check is a check as any", "[engine]") {
    health::Check new_check = check("new");
    const engine::Fitness before(100, false, {});
    engine::Fitness after(100, false, {{&new_check}});
    after.succeed(before);
    report(new_check, true);
    static_cast<void>(after.take(new_check));

    static_cast<void>(new_check.handle(health::ProbeSuspended{"waits"}, vrrp::Instant{}));

    CHECK(after.priority() == 0);
}

TEST_CASE("a check that was unknown before a reload is not taken for good by it", "[engine]") {
    health::Check unknown = check("unknown");
    const engine::Fitness before(100, false, {{&unknown}});
    engine::Fitness after(90, false, {{&unknown}});

    after.succeed(before);

    CHECK(after.priority() == 0);
}

TEST_CASE("a new check with a weight adds nothing before it is known", "[engine]") {
    health::Check heavy = check("heavy");
    const engine::Fitness before(100, false, {});
    engine::Fitness after(100, false, {{&heavy, 20}});

    after.succeed(before);

    CHECK(after.priority() == 100);
}

TEST_CASE("a check that is about to change and was good counts as good meanwhile", "[engine]") {
    health::Check changing = check("changing");
    health::Check bad = check("bad");
    report(changing, true);
    report(bad, false);
    engine::Fitness fit(100, false, {{&changing}});
    engine::Fitness unfit(100, false, {{&bad}});
    const std::vector<std::string> changed{"changing", "bad"};
    fit.assume(changed);
    unfit.assume(changed);

    for (health::Check* const each : {&changing, &bad}) {
        static_cast<void>(each->handle(health::ProbeSuspended{"waits"}, vrrp::Instant{}));
    }

    CHECK(fit.priority() == 100);
    CHECK(unfit.priority() == 0);
}
