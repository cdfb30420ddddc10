#include "catch2.hpp"
#include "config/report.hpp"

using config::Diagnostic;
using config::Severity;

TEST_CASE("a diagnostic reads as file, place, severity and message", "[config]") {
    const Diagnostic error{Severity::error, "a.toml", {7, 13}, "vrid is 0", "", ""};
    const Diagnostic warning{Severity::warning, "a.toml", {}, "no router", "add one", ""};

    CHECK(config::to_text(error) == "a.toml:7:13: error: vrid is 0");
    CHECK(config::to_text(warning) == "a.toml: warning: no router\n  help: add one");
}

TEST_CASE("a diagnostic shows the line that it speaks of, and points at the column", "[config]") {
    const Diagnostic error{Severity::error, "a", {7, 6}, "vrid is 0", "write 1", "\tvrid 0"};

    CHECK(config::to_text(error) ==
          "a:7:6: error: vrid is 0\n  | \tvrid 0\n  | \t    ^\n  help: write 1");
}

TEST_CASE("warnings are no errors", "[config]") {
    const Diagnostic warning{Severity::warning, "a", {}, "", "", ""};
    const Diagnostic error{Severity::error, "a", {}, "", "", ""};

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

TEST_CASE("what is said twice of one place is told once", "[config]") {
    config::Report report("a");
    report.error({1, 1}, "x");
    report.error({1, 1}, "x");
    report.error({1, 2}, "x");
    report.warning({1, 1}, "x");

    CHECK(report.diagnostics().size() == 3);
}

TEST_CASE("what was not defined is told, and nothing else of its place", "[config]") {
    config::Report report("a");
    report.error({1, 1}, "not defined");
    report.spoil({1, 1});
    report.error({1, 1}, "no number");

    CHECK(report.diagnostics().size() == 1);
}

TEST_CASE("a report of several files names the file, and the line of another", "[config]") {
    config::Report report("a");
    const std::size_t other = report.add_file({.name = "b", .text = ""});
    report.error({1, 1, other}, "in the other");
    report.error({9, 1}, "in the first");

    const config::Diagnostics diagnostics = report.diagnostics();

    REQUIRE(diagnostics.size() == 2);
    CHECK(diagnostics[0].file == "a");
    CHECK(diagnostics[1].file == "b");
    CHECK(report.where({3, 1}, {9, 1}) == "line 3");
    CHECK(report.where({3, 1, other}, {9, 1}) == "line 3 of b");
}

TEST_CASE("a report tells no secret, also where it is shortened", "[config]") {
    config::Report report("a");
    report.hide("s3cret");
    report.hide("a long secret of more than one word");
    report.error({1, 1}, "priority is \"s3cret\", \"s3\"", "no s3crets3cret");
    report.error({1, 2}, "\"a long secret of mo...\"");

    const config::Diagnostics diagnostics = report.diagnostics();

    CHECK(diagnostics[0].message == "priority is \"(hidden)\", \"s3\"");
    CHECK(diagnostics[0].advice == "no (hidden)(hidden)");
    CHECK(diagnostics[1].message == "\"(hidden)...\"");
}

TEST_CASE("a report of very many errors says that there are more", "[config]") {
    config::Report report("a");
    for (std::size_t count = 0; count < config::Report::max_errors + 5; ++count) {
        report.error({1, count + 1}, "x");
    }

    const config::Diagnostics diagnostics = report.diagnostics();

    REQUIRE(diagnostics.size() == config::Report::max_errors + 1);
    CHECK(diagnostics.back().message == "there are more errors than the 100 told");
}

TEST_CASE("a report of very many warnings says that there are more", "[config]") {
    config::Report report("a");
    for (std::size_t count = 0; count < config::Report::max_warnings + 5; ++count) {
        report.warning({1, count + 1}, "x");
    }

    const config::Diagnostics diagnostics = report.diagnostics();

    CHECK_FALSE(report.has_errors());
    REQUIRE(diagnostics.size() == config::Report::max_warnings + 1);
    CHECK(diagnostics.back().message == "there are more warnings than the 100 told");
    CHECK(diagnostics.back().severity == config::Severity::warning);
}
