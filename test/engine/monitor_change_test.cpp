#include "theatre.hpp"

#include <set>

namespace {

using Routers = std::map<std::string, std::vector<std::string>>;

/// Goes on with these checks, which must be possible.
void change_to(Theatre& theatre, const std::vector<CheckConfig>& checks,
               Routers routers = {{"a", {"k8s-api"}}}) {
    auto change = theatre.monitor.prepare(checks, std::move(routers));
    REQUIRE(change);
    theatre.monitor.commit(std::move(*change), theatre.loop.now());
}

CheckConfig looking_at(const std::string& name, const std::string& path) {
    return {.name = name, .probe = health::FileProbeConfig{path}};
}

}  // namespace

TEST_CASE("a check that does not change goes on untouched", "[engine]") {
    Theatre theatre({simple("a"), simple("b")});
    REQUIRE(theatre.monitor.start());
    theatre.report("a", true);
    const health::Check* const before = &theatre.monitor.find("a");

    change_to(theatre, {simple("c"), simple("a"), simple("b")});

    CHECK(theatre.started["a"] == 1);
    CHECK(theatre.verdict("a") == Verdict::good);
    CHECK(&theatre.monitor.find("a") == before);
    CHECK(theatre.started["c"] == 1);
    CHECK(theatre.take_changes() == "a=good ");
    CHECK(theatre.monitor.snapshot().front().name == "c");
}

TEST_CASE("a changed check keeps its verdict until its first new result", "[engine]") {
    CheckConfig patient = looking_at("a", "/x");
    patient.fall = 3;
    Theatre theatre({patient});
    REQUIRE(theatre.monitor.start());
    theatre.report("a", true);
    static_cast<void>(theatre.take_changes());
    CheckConfig wanted = looking_at("a", "/y");
    wanted.fall = 3;

    change_to(theatre, {wanted});

    CHECK(theatre.started["a"] == 2);
    CHECK(theatre.verdict("a") == Verdict::good);
    CHECK(theatre.take_changes().empty());
    theatre.report("a", false);
    CHECK(theatre.take_changes() == "a=bad ");
}

TEST_CASE("a check whose judgement changes counts on", "[engine]") {
    CheckConfig wanted = simple("a");
    wanted.fall = 2;
    wanted.interval = 2s;
    Theatre theatre({simple("a")});
    REQUIRE(theatre.monitor.start());
    theatre.report("a", true);

    change_to(theatre, {wanted});

    theatre.report("a", false);
    CHECK(theatre.verdict("a") == Verdict::good);
    theatre.report("a", false);
    CHECK(theatre.verdict("a") == Verdict::bad);
}

TEST_CASE("another weight does not begin a check anew", "[engine]") {
    Theatre theatre({simple("a")});
    REQUIRE(theatre.monitor.start());
    CheckConfig wanted = simple("a");
    wanted.weight = -10;

    change_to(theatre, {wanted});

    CHECK(theatre.started["a"] == 1);
    CHECK(theatre.monitor.find("a").config().weight == -10);
}

TEST_CASE("a check that is no more has no probe, and is told of no more", "[engine]") {
    Theatre theatre({simple("a"), simple("b")});
    REQUIRE(theatre.monitor.start());

    change_to(theatre, {simple("b")});

    CHECK_FALSE(theatre.running.contains("a"));
    CHECK(theatre.monitor.snapshot().size() == 1);
}

TEST_CASE("what can't be started changes nothing", "[engine]") {
    Theatre theatre({simple("a")});
    REQUIRE(theatre.monitor.start());
    theatre.report("a", true);
    theatre.is_broken = true;

    const auto change = theatre.monitor.prepare({simple("a"), simple("b")}, {});

    CHECK_FALSE(change);
    CHECK(theatre.verdict("a") == Verdict::good);
    CHECK(theatre.monitor.snapshot().size() == 1);
}

TEST_CASE("a change that is not made leaves nothing", "[engine]") {
    Theatre theatre({looking_at("a", "/x")});
    REQUIRE(theatre.monitor.start());

    {
        const auto change = theatre.monitor.prepare({looking_at("a", "/x"), simple("b")}, {});
        REQUIRE(change);
        CHECK(theatre.running.contains("b"));
        CHECK(change->find("b").verdict() == Verdict::unknown);
    }

    CHECK_FALSE(theatre.running.contains("b"));
    CHECK(theatre.running.contains("a"));
}

TEST_CASE("a new check waits for another, and begins when that is good", "[engine]") {
    Theatre theatre({simple("a")});
    REQUIRE(theatre.monitor.start());

    change_to(theatre, {simple("a"), simple("b", "a")});
    CHECK_FALSE(theatre.running.contains("b"));
    theatre.report("a", true);
    CHECK(theatre.running.contains("b"));

    change_to(theatre, {simple("a"), simple("b", "a"), simple("c", "a")});
    CHECK(theatre.running.contains("c"));
    CHECK(theatre.started["b"] == 1);
}

TEST_CASE("a check that is to wait for a bad one ends, and one that waited begins", "[engine]") {
    Theatre theatre({simple("a"), simple("b"), simple("c", "a")});
    REQUIRE(theatre.monitor.start());
    theatre.report("a", false);
    theatre.report("b", true);
    CHECK_FALSE(theatre.running.contains("c"));

    change_to(theatre, {simple("a"), simple("b", "a"), simple("c")});

    CHECK_FALSE(theatre.running.contains("b"));
    CHECK(theatre.verdict("b") == Verdict::unknown);
    CHECK(theatre.running.contains("c"));
}

TEST_CASE("a check of other checks is judged anew", "[engine]") {
    Theatre theatre({simple("a"), simple("b"), combined("any", 1, {"a", "b"})});
    REQUIRE(theatre.monitor.start());
    theatre.play_all({[&] {
                          theatre.report("a", true);
                          theatre.report("b", false);
                      },
                      [&] { CHECK(theatre.verdict("any") == Verdict::good); }});

    change_to(theatre, {simple("a"), simple("b"), combined("any", 2, {"a", "b"})});
    CHECK(theatre.verdict("any") == Verdict::bad);

    change_to(theatre, {simple("a"), simple("b"), combined("other", 1, {"a", "b"})});
    CHECK(theatre.verdict("other") == Verdict::good);
}

TEST_CASE("a check of others that becomes another one is judged by nobody", "[engine]") {
    CheckConfig all{.name = "all",
                    .probe = health::CombinationConfig{.members = {"a"}, .needed = 1}};
    Theatre theatre({simple("leader"), simple("a"), all});
    REQUIRE(theatre.monitor.start());
    CheckConfig waiting = simple("a");
    waiting.after = "leader";
    const auto begin = [&] {
        theatre.report("leader", false);
        theatre.report("a", true);
    };
    const auto change = [&] {
        change_to(theatre, {simple("leader"), waiting, looking_at("all", "/x")});
    };

    theatre.play_all({begin, change, [&] { CHECK(theatre.verdict("all") == Verdict::good); }});
}

TEST_CASE("a script that is for other routers is told so", "[engine]") {
    const CheckConfig script{.name = "a", .probe = health::ScriptProbeConfig{.command = {"/x"}}};
    Theatre theatre({script});
    REQUIRE(theatre.monitor.start());

    change_to(theatre, {script}, {{"a", {"k8s-api", "other"}}});

    CHECK(theatre.started["a"] == 2);
    CHECK(theatre.routers["a"] == std::vector<std::string>{"k8s-api", "other"});
}

TEST_CASE("no two checks have one slot, however often they change", "[engine]") {
    std::vector<CheckConfig> checks{simple("a"), simple("b")};
    Theatre theatre(checks);
    REQUIRE(theatre.monitor.start());

    for (const char* const name : {"c", "d", "e", "f", "g", "h", "i"}) {
        if (checks.size() > 4) {
            checks.erase(checks.begin());
        }
        checks.push_back(simple(name));
        change_to(theatre, checks);
        std::set<vrrp::Duration> offsets;
        for (const CheckConfig& check : checks) {
            const health::Slot& slot = theatre.slots[check.name];
            offsets.insert(static_cast<int>(slot.index) * slot.width);
        }
        CHECK(offsets.size() == checks.size());
        CHECK(*offsets.rbegin() < checks.front().interval);
    }
}

TEST_CASE("a changed check that gives no result is bad when its time is up", "[engine]") {
    CheckConfig silent = looking_at("a", "/y");
    silent.interval = 20ms;
    silent.timeout = 20ms;
    Theatre theatre({looking_at("a", "/x")});
    REQUIRE(theatre.monitor.start());
    theatre.report("a", true);
    change_to(theatre, {silent});
    auto watch = theatre.loop.timer(os::Urgency::clients, [&](vrrp::Instant /*now*/) {
        theatre.loop.stop(theatre.verdict("a") == Verdict::bad ? 0 : 1);
    });
    REQUIRE(watch);
    watch->arm(theatre.loop.now() + 200ms);

    CHECK(theatre.loop.run() == 0);
}
