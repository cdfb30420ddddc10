#include "health/expression.hpp"

#include <string>

#include "catch2.hpp"

using health::Expression;

namespace {

bool matches(const std::string& expression, const std::string& text) {
    const auto compiled = Expression::compile(expression);
    REQUIRE(compiled);
    return compiled->matches(text);
}

std::string complaint_of(const std::string& expression) {
    const auto compiled = Expression::compile(expression);
    return compiled ? "" : compiled.error();
}

}  // namespace

TEST_CASE("an expression matches a part of a text", "[health]") {
    CHECK(matches("ok", "it is ok."));
    CHECK(matches("^(ok|ready)$", "ready"));
    CHECK_FALSE(matches("^(ok|ready)$", "not ready"));
    CHECK(matches("[0-9]{3}", "abc123"));
    CHECK_FALSE(matches("[0-9]{3}", "12 34"));
    CHECK(matches("", ""));
    CHECK_FALSE(matches("a", ""));
}

TEST_CASE("an expression matches each line for itself", "[health]") {
    CHECK(matches("^ok$", "first\nok\nlast"));
    CHECK_FALSE(matches("first.*last", "first\nlast"));
    CHECK(matches("^$", "first\n\nlast"));
    CHECK(matches("b$", std::string("a\0b", 3)));
}

TEST_CASE("an expression finds what stands anywhere in a long line", "[health]") {
    const std::string line(1024UL * 1024UL, 'a');
    CHECK(matches("ab$", line + "b"));
    CHECK(matches("^b|b", line + "b" + line));
    CHECK_FALSE(matches("^b|c", line + "b" + line));
    CHECK_FALSE(matches("(a|aa)*b", line));
}

TEST_CASE("an expression may have parentheses and braces in brackets", "[health]") {
    CHECK(matches("[)]", ")"));
    CHECK(matches("^[])]$", "]"));
    CHECK(matches("^[^])]$", "a"));
    CHECK(matches("^[[:digit:])]+$", "1)"));
    CHECK(matches("[{9999}]", "{"));
    CHECK(matches("\\)", ")"));
}

TEST_CASE("an expression that is wrong or costs too much is refused", "[health]") {
    CHECK(complaint_of("(ok").find("Unmatched") == 0);
    CHECK(complaint_of("a{3}{3}").empty());
    CHECK(complaint_of("((a{100}){100}){100}") == "it has repetitions of more than 1000 in all");
    CHECK(complaint_of("a{99999999999}") == "it has repetitions of more than 1000 in all");
    CHECK(complaint_of("(a)\\1") == "it has a back-reference");
    CHECK(complaint_of("a)|b") == "it has a closing parenthesis without an opening one");
    CHECK(complaint_of("[[:digit:])").find("Unmatched [") == 0);
    CHECK(complaint_of("\\{9999").empty());
    CHECK(complaint_of(std::string("a\0b", 3)) == "it has a zero byte");
    CHECK(complaint_of(std::string(513, 'a')) == "it is longer than 512 bytes");
}
