#include "config/timing_lint.hpp"

#include <string>

#include "catch2.hpp"
#include "config/load.hpp"

namespace {

std::string router(int vrid, const std::string& rest) {
    return "[router.r" + std::to_string(vrid) +
           "]\ninterface = \"eth0\"\nvrid = " + std::to_string(vrid) + "\n" + rest + "\n";
}

std::string lint(const std::string& text) {
    const config::Loaded loaded = config::load_text("a.toml", text, "lb-master");
    REQUIRE(loaded.config);
    std::string result;
    for (const config::Diagnostic& diagnostic : config::lint_times(*loaded.config, "a.toml")) {
        result += config::to_text(diagnostic) + "\n";
    }
    return result;
}

std::string addresses(int count) {
    std::string list;
    for (int number = 1; number <= count; ++number) {
        list += (number == 1 ? "\"10.0.0." : ", \"10.0.0.") + std::to_string(number) + "/24\"";
    }
    return "addresses = [" + list + "]";
}

const std::string quick = "version = 3\ninterval = \"100ms\"\n" + addresses(1);

}  // namespace

TEST_CASE("a lease that ends before peers take over is not told", "[config]") {
    CHECK(lint(router(1, addresses(1))).empty());
    CHECK(lint(router(1, "lease = false\n" + quick)).empty());
}

TEST_CASE("a lease that ends after peers have taken over is told", "[config]") {
    CHECK(
        lint(router(1, quick)) ==
        "a.toml:1:1: warning: the addresses of router r1 stay up to 1.85 s after the daemon is "
        "killed, and peers take over after 300 ms\n  help: the kernel's shortest lease is 1 s: an "
        "interval of 1s makes it fit; after a crash the address is at two hosts until then\n");
}

TEST_CASE("more leases than a host renews are told", "[config]") {
    const std::string many = lint(router(1, addresses(250)));

    CHECK(many.find("after the daemon is killed, and peers take over after 3 s\n  help: a host "
                    "renews some 100 leases a second") != std::string::npos);
    CHECK(lint(router(1, addresses(40))).empty());
}

TEST_CASE("more adverts than a processor sends are told", "[config]") {
    const auto file_of = [](int routers) {
        std::string text;
        for (int vrid = 1; vrid <= routers; ++vrid) {
            text +=
                router(vrid,
                       "version = 3\nlease = false\ninterval = \"10ms\"\nunicast = [\"10.9.0.1\", "
                       "\"10.9.0.2\"]\naddresses = [\"10.1.0." +
                           std::to_string(vrid) + "/24\"]");
        }
        return text;
    };

    CHECK(lint(file_of(150)).empty());
    CHECK(lint(file_of(151))
              .find("a.toml: warning: the routers of this file send 30200 adverts a second") == 0);
}

TEST_CASE("frequent adverts of a daemon that is told not to hurry are told", "[config]") {
    const std::string fast = "version = 3\nlease = false\ninterval = \"10ms\"\n" + addresses(1);

    CHECK(lint(router(1, fast)).empty());
    CHECK(
        lint("[daemon]\nrealtime_priority = 0\n" + router(1, fast)) ==
        "a.toml:3:1: warning: router r1 sends adverts each 10 ms, and realtime_priority is 0: on a "
        "busy host they come later than its peers wait, 30 ms\n  help: leave realtime_priority "
        "out, or make the interval longer\n");
    CHECK(lint("[daemon]\nrealtime_priority = 0\n" + router(1, addresses(1))).empty());
}
