#include "config/toml_shape.hpp"
#include "catch2.hpp"

#include <string>

namespace {

bool has_shape(std::string_view text) {
    return !config::find_shape_error(text);
}

/// Where the error is; the size of the text and more where there is none.
std::size_t error_offset(std::string_view text) {
    const auto error = config::find_shape_error(text);
    return error ? error->offset : std::string_view::npos;
}

}  // namespace

TEST_CASE("every form of TOML has its shape", "[config]") {
    CHECK(has_shape(""));
    CHECK(has_shape("\n \n\t# comment = [\n"));
    CHECK(has_shape("a = 1\nb=\"x\" # y\n  c = 'z'\n"));
    CHECK(has_shape("a.b . \"c d\".'e' = 1"));
    CHECK(has_shape("[a]\n[ a . b ] # c\n[[a.c]]\n[\"x]y\"]\n"));
    CHECK(has_shape("a = [1, 2,\n # c ]\n 3 ,\n]\nb = []\nc = [ [ ], [\"]\"] ]"));
    CHECK(has_shape("a = { }\nb = { c = 1, d.e = [1,\n2], \"f\" = { g = 'h' } }"));
    CHECK(has_shape("a = \"\\\" # \\\\\"\nb = '\\'\nc = \"\\u00e9\\n\""));
    CHECK(has_shape("a = \"\"\"\nx \"\" y \\\"\"\"\"\nb = '''\n'x''''"));
    CHECK(has_shape("a = \"\"\"x\"\"\"\"\"\nb = \"\"\nc = ''"));
    CHECK(
        has_shape("a = +1\nb = -1_000\nc = 0xfF\nd = 0o7\ne = 0b1\nf = 1.5e+3\ng = -inf\nh = nan"));
    CHECK(has_shape("a = 1979-05-27\nb = 07:32:00.5\nc = 1979-05-27T07:32:00Z\nd = true"));
    CHECK(has_shape("a = [true, inf, 1e5]"));
}

TEST_CASE("the mistake of a line is found where it is", "[config]") {
    CHECK(error_offset("a = x") == 4);
    CHECK(error_offset("a = 1.2.3.4") == 4);
    CHECK(error_offset("a = 1 2") == 6);
    CHECK(error_offset("a b = 1") == 2);
    CHECK(error_offset("a = \"x") == 4);
    CHECK(error_offset("= 1") == 0);
    CHECK(error_offset("a =") == 3);
    CHECK(error_offset("a = , 1") == 4);
    CHECK(error_offset("[a") == 0);
    CHECK(error_offset("[[a]") == 0);
    CHECK(error_offset("[]") == 1);
    CHECK(error_offset("a = [1\nb = 2") == 7);
    CHECK(error_offset("a = [1,\nb = 2") == 4);
    CHECK(error_offset("a = [1,\n[b]\nc = 1") == 4);
    CHECK(error_offset("a = { b = 1,\nc = 2 }") == 4);
    CHECK(error_offset("a = { b = 1, }") == 13);
}

TEST_CASE("nesting has a limit, so that no text exhausts the stack", "[config]") {
    const auto lists = [](std::size_t depth) {
        return "a = " + std::string(depth, '[') + std::string(depth, ']');
    };
    std::string key = "a";
    for (int part = 1; part < 16; ++part) {
        key += ".a";
    }

    CHECK(has_shape(lists(8)));
    CHECK_FALSE(has_shape(lists(9)));
    CHECK(has_shape(key + " = 1"));
    CHECK_FALSE(has_shape(key + ".a = 1"));
    CHECK(has_shape('[' + key + ']'));
    CHECK_FALSE(has_shape('[' + key + ".a]"));
}

TEST_CASE("a line has a limit", "[config]") {
    CHECK(has_shape("a = 1 #" + std::string(16'384 - 7, 'x')));
    CHECK_FALSE(has_shape("a = 1 #" + std::string(16'384 - 6, 'x')));
}

TEST_CASE("a word that should have quotes is shown with them, but for a password", "[config]") {
    const auto shown = config::find_shape_error("interface = eth0");
    const auto hidden = config::find_shape_error("password = sesame");

    REQUIRE(shown);
    CHECK(shown->complaint.advice == "write \"eth0\"");
    REQUIRE(hidden);
    CHECK(hidden->complaint.advice.find("sesame") == std::string::npos);
}
