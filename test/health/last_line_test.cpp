#include "health/last_line.hpp"

#include <string>

#include "catch2.hpp"

using health::last_line;

TEST_CASE("the last line that is not blank is kept", "[health]") {
    CHECK(last_line("").empty());
    CHECK(last_line(" \n\r\n\t\n").empty());
    CHECK(last_line("first\nsecond\n\n  \n") == "second");
    CHECK(last_line("no end of line") == "no end of line");
    CHECK(last_line("  indented\r\n") == "indented");
}

TEST_CASE("only the end of a long line is kept", "[health]") {
    const std::string line = std::string(500, 'a') + std::string(200, 'b');

    CHECK(last_line(line + "\n") == std::string(200, 'b'));
    // Not the second half of a character.
    CHECK(last_line("\u00e4" + std::string(199, 'b')) == std::string(199, 'b'));
}

TEST_CASE("what could harm a terminal or a JSON text is replaced", "[health]") {
    CHECK(last_line("a\tb") == "a b");
    CHECK(last_line("\x1b[31mred\x1b[0m\a") == "?[31mred?[0m?");
    CHECK(last_line(std::string("nul\0byte", 8)) == "nul?byte");
    CHECK(last_line("gr\u00fc\u00dfe \u20ac \U0001f600") == "gr\u00fc\u00dfe \u20ac \U0001f600");
    CHECK(last_line("lone \xff \xc3") == "lone ? ?");
    CHECK(last_line("overlong \xc0\xaf \xe0\x80\xaf") == "overlong ?? ???");
    CHECK(last_line("surrogate \xed\xa0\x80") == "surrogate ???");
    CHECK(last_line("too high \xf4\x90\x80\x80 \xf5\x80\x80\x80") == "too high ???? ????");
    CHECK(last_line("control \xc2\x9b") == "control ?");
}
