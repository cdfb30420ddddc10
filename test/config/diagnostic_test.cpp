#include "catch2.hpp"
#include "config/report.hpp"

using config::Diagnostic;
using config::Severity;

TEST_CASE("a diagnostic reads as file, place, severity and message", "[config]") {
    const Diagnostic error{Severity::error, "a.toml", {7, 13}, "vrid is 0", ""};
    const Diagnostic warning{Severity::warning, "a.toml", {}, "no router", "add one"};

    CHECK(config::to_text(error) == "a.toml:7:13: error: vrid is 0");
    CHECK(config::to_text(warning) == "a.toml: warning: no router\n  help: add one");
}

TEST_CASE("warnings are no errors", "[config]") {
    const Diagnostic warning{Severity::warning, "a", {}, "", ""};
    const Diagnostic error{Severity::error, "a", {}, "", ""};

    CHECK_FALSE(config::has_errors({}));
    CHECK_FALSE(config::has_errors({warning}));
    CHECK(config::has_errors({warning, error}));
}

TEST_CASE("a report tells in the order of the file", "[config]") {
    config::Report report("a");
    report.error({3, 1}, "third");
    report.warning({1, 9}, "second");
    report.error({1, 2}, "first");

    const config::Diagnostics diagnostics = report.diagnostics();

    REQUIRE(diagnostics.size() == 3);
    CHECK(diagnostics[0].message == "first");
    CHECK(diagnostics[1].message == "second");
    CHECK(diagnostics[2].message == "third");
}

TEST_CASE("a report of very many errors says that there are more", "[config]") {
    config::Report report("a");
    for (std::size_t count = 0; count < config::Report::max_errors + 5; ++count) {
        report.error({1, 1}, "x");
    }

    const config::Diagnostics diagnostics = report.diagnostics();

    REQUIRE(diagnostics.size() == config::Report::max_errors + 1);
    CHECK(diagnostics.back().message == "there are more errors than the 100 told");
}

TEST_CASE("a report of very many warnings says that there are more", "[config]") {
    config::Report report("a");
    for (std::size_t count = 0; count < config::Report::max_warnings + 5; ++count) {
        report.warning({1, 1}, "x");
    }

    const config::Diagnostics diagnostics = report.diagnostics();

    CHECK_FALSE(report.has_errors());
    REQUIRE(diagnostics.size() == config::Report::max_warnings + 1);
    CHECK(diagnostics.back().message == "there are more warnings than the 100 told");
    CHECK(diagnostics.back().severity == config::Severity::warning);
}
