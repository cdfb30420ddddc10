#include "cli/reload_text.hpp"

#include "catch2.hpp"

#include <string>

namespace {

cli::ReloadText text_of(const std::string& body) {
    const auto text = cli::reload_text(body);
    REQUIRE(text);
    return *text;
}

}  // namespace

TEST_CASE("each change is a line, and their number the last one", "[cli]") {
    const auto text = text_of(R"({"ok": true, "dry_run": false, "error": null, "diagnostics": [],
        "changes": ["router a: priority 100 -> 90", "check b: starts"]})");

    CHECK(text.is_good);
    CHECK(text.output == "router a: priority 100 -> 90\ncheck b: starts\nreloaded: 2 changes\n");
    CHECK(text.messages.empty());
}

TEST_CASE("a dry run says that nothing was done", "[cli]") {
    const auto text = text_of(R"({"ok": true, "dry_run": true, "error": null, "diagnostics": [],
        "changes": ["check b: starts"]})");

    CHECK(text.output == "check b: starts\na reload would make 1 change; nothing was done\n");
}

TEST_CASE("no change is said too", "[cli]") {
    const auto text = text_of(R"({"ok": true, "dry_run": false, "error": null, "changes": [],
        "diagnostics": [{"text": "a.toml:1:1: warning: so"}]})");

    CHECK(text.output == "reloaded: nothing has changed\n");
    CHECK(text.messages == "a.toml:1:1: warning: so\n");
}

TEST_CASE("what is wrong with a file is told, and that nothing was changed", "[cli]") {
    const auto text = text_of(R"({"ok": false, "dry_run": false, "error": "why", "changes": [],
        "diagnostics": [{"text": "a.toml:1:1: error: so"}]})");

    CHECK_FALSE(text.is_good);
    CHECK(text.output.empty());
    CHECK(text.messages == "a.toml:1:1: error: so\nunderstudy: nothing was changed: why\n");
}

TEST_CASE("an answer that makes no sense is said to make none", "[cli]") {
    CHECK_FALSE(cli::reload_text("{}").has_value());
    CHECK_FALSE(cli::reload_text("There is: GET /v1/status\n").has_value());
}
