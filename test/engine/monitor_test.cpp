#include "theatre.hpp"

TEST_CASE("a monitor runs each check once and tells the routers that use it", "[engine]") {
    Theatre theatre({simple("a"), simple("b")});

    REQUIRE(theatre.monitor.start());

    CHECK(theatre.running.size() == 2);
    CHECK(theatre.routers["a"] == std::vector<std::string>{"k8s-api"});
    CHECK(theatre.changes.empty());
    theatre.report("a", true);
    theatre.report("a", true);
    CHECK(theatre.take_changes() == "a=good ");
}

TEST_CASE("a check after another runs only while that one is good", "[engine]") {
    Theatre theatre({simple("first"), simple("then", "first")});
    REQUIRE(theatre.monitor.start());
    CHECK_FALSE(theatre.running.contains("then"));
    CHECK(theatre.monitor.find("then").detail() == "waits for check first, which is unknown");

    theatre.report("first", true);
    REQUIRE(theatre.running.contains("then"));
    theatre.report("then", true);
    CHECK(theatre.take_changes() == "first=good then=good ");

    theatre.report("first", false);
    CHECK_FALSE(theatre.running.contains("then"));
    CHECK(theatre.verdict("then") == Verdict::unknown);
    CHECK(theatre.monitor.find("then").detail() == "waits for check first, which is bad");
    CHECK(theatre.take_changes() == "first=bad then=unknown ");
}

TEST_CASE("another number of a check does not begin those after it anew", "[engine]") {
    Theatre theatre({simple("level"), simple("then", "level"), combined("all", 1, {"level"})});
    REQUIRE(theatre.monitor.start());
    const auto say = [&](int number) {
        theatre.report("level", ProbeResult{.is_good = true, .detail = {}, .number = number});
    };
    theatre.play_all({[&] {
                          say(1);
                          theatre.report("then", true);
                      },
                      [&] {
                          CHECK(theatre.take_changes() == "level=good then=good all=good ");
                          say(2);
                      },
                      [&] { CHECK(theatre.take_changes() == "level=good "); }});
    CHECK(theatre.verdict("then") == Verdict::good);
    CHECK(theatre.monitor.find("level").number() == 2);
}

TEST_CASE("a check whose probe can't start later on is bad, and says why", "[engine]") {
    Theatre theatre({simple("first"), simple("then", "first")});
    REQUIRE(theatre.monitor.start());
    theatre.is_broken = true;

    theatre.report("first", true);

    CHECK(theatre.verdict("then") == Verdict::bad);
    CHECK(theatre.monitor.find("then").detail().find("start then") != std::string::npos);
}

TEST_CASE("a combination follows its members", "[engine]") {
    Theatre theatre({simple("a"), simple("b"), combined("any", 1, {"a", "b"}),
                     combined("all", 2, {"a", "b"}), combined("nested", 2, {"any", "all"})});
    REQUIRE(theatre.monitor.start());

    const auto say = [&](const std::string& name, bool is_good) {
        return [&theatre, name, is_good] { theatre.report(name, is_good); };
    };
    const auto expect = [&](Verdict any, Verdict all, Verdict nested) {
        return [&theatre, any, all, nested] {
            CHECK(theatre.verdict("any") == any);
            CHECK(theatre.verdict("all") == all);
            CHECK(theatre.verdict("nested") == nested);
        };
    };
    using enum Verdict;
    theatre.play_all({say("a", false), expect(unknown, bad, bad), say("b", true),
                      expect(good, bad, bad), say("a", true), expect(good, good, good),
                      say("b", false), expect(good, bad, bad)});
}

TEST_CASE("members that change places at one instant leave their combination alone", "[engine]") {
    Theatre theatre({simple("a"), simple("b"), combined("any", 1, {"a", "b"})});
    REQUIRE(theatre.monitor.start());

    theatre.play_all({[&] {
                          theatre.report("a", true);
                          theatre.report("b", false);
                      },
                      [&] {
                          CHECK(theatre.take_changes() == "a=good b=bad any=good ");
                          theatre.report("a", false);
                          theatre.report("b", true);
                      },
                      [&] { CHECK(theatre.take_changes() == "a=bad b=good "); }});
}

TEST_CASE("a check that waits for a bad one is told apart from one that will know", "[engine]") {
    Theatre theatre({simple("first"), simple("then", "first"), simple("last", "then")});
    REQUIRE(theatre.monitor.start());
    CHECK_FALSE(theatre.monitor.find("last").waits_for_failure());
    CHECK(theatre.take_changes().empty());

    theatre.report("first", false);

    CHECK(theatre.monitor.find("then").waits_for_failure());
    CHECK(theatre.monitor.find("last").waits_for_failure());
    CHECK(theatre.monitor.find("last").detail() ==
          "waits for check then, which waits for check first, which is bad");
    theatre.report("first", true);
    CHECK_FALSE(theatre.monitor.find("then").waits_for_failure());
    CHECK_FALSE(theatre.monitor.find("last").waits_for_failure());
}

TEST_CASE("a member that waits for a bad check is none that is good", "[engine]") {
    Theatre theatre({simple("first"), simple("then", "first"), combined("all", 1, {"then"})});
    REQUIRE(theatre.monitor.start());

    theatre.play_all({[&] { theatre.report("first", false); },
                      [&] { CHECK(theatre.verdict("all") == Verdict::bad); }});
}

TEST_CASE("a combination of checks that are good initially is good at once", "[engine]") {
    CheckConfig member = simple("a");
    member.initially = Verdict::good;
    Theatre theatre({member, combined("any", 1, {"a"})});

    REQUIRE(theatre.monitor.start());

    CHECK(theatre.verdict("any") == Verdict::good);
}

TEST_CASE("a check that gives no result is bad when its time is up", "[engine]") {
    CheckConfig silent = simple("a");
    silent.interval = 20ms;
    silent.timeout = 20ms;
    Theatre theatre({silent});
    REQUIRE(theatre.monitor.start());
    auto watch = theatre.loop.timer(os::Urgency::clients, [&](vrrp::Instant /*now*/) {
        theatre.loop.stop(theatre.verdict("a") == Verdict::bad ? 0 : 1);
    });
    REQUIRE(watch);
    watch->arm(theatre.loop.now() + 200ms);

    CHECK(theatre.loop.run() == 0);
    CHECK(theatre.take_changes() == "a=bad ");
    CHECK(theatre.monitor.find("a").detail() == "no result within 0.04 s");
}
