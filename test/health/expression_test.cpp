#include "health/expression.hpp"

#include <malloc.h>

#include <cstddef>
#include <random>
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

TEST_CASE("an expression is matched with the beginning of a long text", "[health]") {
    const std::string line(Expression::max_text - 1, 'a');
    CHECK(matches("ab$", line + "b"));
    CHECK_FALSE(matches("b", line + "ab"));
    CHECK(matches("a$", line + "ab"));
    CHECK_FALSE(matches("(a|aa)*b", line));
}

TEST_CASE("an expression keeps little memory, whatever it is matched with", "[health]") {
    const auto compiled = Expression::compile("a[ab]{20}c");
    REQUIRE(compiled);
    std::minstd_rand generator(1);
    std::string text;
    while (text.size() < Expression::max_text) {
        text += generator() % 7 < 3 ? 'a' : 'b';
    }
    const std::size_t before = mallinfo2().uordblks;
    CHECK_FALSE(compiled->matches(text));
    CHECK(mallinfo2().uordblks < before + 512UL * 1024UL);
}

TEST_CASE("an expression may have parentheses and braces in brackets", "[health]") {
    CHECK(matches("[)]", ")"));
    CHECK(matches("^[])]$", "]"));
    CHECK(matches("^[^])]$", "a"));
    CHECK(matches("^[[:digit:])]+$", "1)"));
    CHECK(matches("[{9999}]", "{"));
    CHECK(matches("\\)", ")"));
    CHECK(matches("^.$", "\xff"));
}

TEST_CASE("an expression that is wrong or costs too much is refused", "[health]") {
    CHECK(complaint_of("(ok") == "missing ): (ok");
    CHECK(complaint_of("a[ab]{20}c").empty());
    CHECK(complaint_of(std::string(140, 'a')).empty());
    CHECK(complaint_of("a.{900}c").starts_with("it costs too much: "));
    CHECK(complaint_of("[ab]{0,100}c").starts_with("it costs too much: "));
    CHECK(complaint_of("a{1001}") == "invalid repetition size: {1001}");
    CHECK(complaint_of("((a{100}){100}){100}") != "");
    CHECK(complaint_of("(a)\\1") == "invalid escape sequence: \\1");
    CHECK(complaint_of("a)|b") != "");
    CHECK(complaint_of("[[:digit:])") != "");
    CHECK(complaint_of("\\{9999").empty());
    CHECK(complaint_of(std::string("a\0b", 3)) == "it has a zero byte");
    CHECK(complaint_of(std::string(513, 'a')) == "it is longer than 512 bytes");
}
