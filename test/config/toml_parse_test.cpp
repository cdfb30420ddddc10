#include "config/toml_parse.hpp"
#include "catch2.hpp"
#include "config/toml_shape.hpp"

#include <string>

namespace {

/// The root table of a text that is TOML.
config::TomlValue parse(std::string_view text) {
    INFO(text);
    REQUIRE_FALSE(config::find_shape_error(text));
    const auto root = config::parse_toml(text);
    REQUIRE(root);
    return *root;
}

/// Whether a text of the right shape is refused, and as a duplicate.
bool is_duplicate(std::string_view text) {
    INFO(text);
    REQUIRE_FALSE(config::find_shape_error(text));
    const auto root = config::parse_toml(text);
    return !root && root.error().is_duplicate;
}

std::string text_of(std::string_view value) {
    return parse(std::string("a = ") + std::string(value)).entries.at("a").text;
}

std::int64_t number_of(std::string_view value) {
    const config::TomlValue found = parse(std::string("a = ") + std::string(value)).entries.at("a");
    CHECK(found.kind == config::TomlKind::whole_number);
    return found.number;
}

config::TomlKind kind_of(std::string_view value) {
    return parse(std::string("a = ") + std::string(value)).entries.at("a").kind;
}

}  // namespace

TEST_CASE("headers and keys with dots make the same tables", "[config]") {
    for (const char* const text :
         {"[a.b]\nc = 1", "a.b.c = 1", "a = { b.c = 1 }", "a = { b = { c = 1 } }", "[a]\nb.c = 1",
          "[ a . \"b\" ]\n'c'=1"}) {
        const config::TomlValue root = parse(text);
        CHECK(root.entries.at("a").entries.at("b").entries.at("c").number == 1);
    }
}

TEST_CASE("a table of tables has an entry for each header", "[config]") {
    const config::TomlValue root = parse("[[a]]\nb = 1\n[a.c]\nd = 2\n[[a]]\nb = 3");

    const config::TomlValue& list = root.entries.at("a");
    REQUIRE(list.items.size() == 2);
    CHECK(list.items[0].entries.at("c").entries.at("d").number == 2);
    CHECK(list.items[1].entries.at("b").number == 3);
}

TEST_CASE("what a text in quotes says is resolved", "[config]") {
    CHECK(text_of(R"("\b\t\n\f\r\"\\")") == "\b\t\n\f\r\"\\");
    CHECK(text_of(R"("\u00e9\u20AC\U0001F600")") == "\u00e9\u20ac\U0001F600");
    CHECK(text_of(R"('C:\n"')") == R"(C:\n")");
    CHECK(text_of("\"\"\"\nx\ny \\\n   z\"\"\"\"\"") == "x\ny z\"\"");
    CHECK(text_of("'''\n'x\\'''") == "'x\\");
    CHECK(text_of("\"\"").empty());
}

TEST_CASE("words are numbers, truth, decimals or dates", "[config]") {
    CHECK(number_of("+1") == 1);
    CHECK(number_of("-1_000") == -1000);
    CHECK(number_of("0") == 0);
    CHECK(number_of("0xfF") == 255);
    CHECK(number_of("0o17") == 15);
    CHECK(number_of("0b101") == 5);
    for (const char* const value : {"1.5", "-1e3", "6.02e+23", "inf", "-nan", "0.1", "1_0.5"}) {
        CHECK(kind_of(value) == config::TomlKind::decimals);
    }
    for (const char* const value : {"1979-05-27", "07:32:00.5", "1979-05-27T07:32:00Z"}) {
        CHECK(kind_of(value) == config::TomlKind::date);
    }
    CHECK(kind_of("false") == config::TomlKind::boolean);
}

TEST_CASE("a value begins where it stands", "[config]") {
    const config::TomlValue root = parse("# é\n[a]\nb = [ 1,\n  \"x\" ]\n");

    const config::TomlValue& a = root.entries.at("a");
    CHECK(a.offset == 5);
    CHECK(a.entries.at("b").offset == 13);
    CHECK(a.entries.at("b").items.at(1).offset == 20);
}

TEST_CASE("what stands twice is refused", "[config]") {
    CHECK(is_duplicate("a = 1\na = 2"));
    CHECK(is_duplicate("a = 1\n\"a\" = 2"));
    CHECK(is_duplicate("[a]\n[a]"));
    CHECK(is_duplicate("a = 1\n[a]"));
    CHECK(is_duplicate("a.b = 1\n[a]"));
    CHECK(is_duplicate("[a.b]\n[a]\nb.c = 1"));
    CHECK(is_duplicate("a = { b = 1, b = 2 }"));
    CHECK(is_duplicate("a = { b.c = 1, b = 2 }"));
    CHECK(is_duplicate("a = [1]\n[[a]]"));
    CHECK(is_duplicate("[[a]]\n[a]"));
    CHECK(is_duplicate("[a]\n[[a]]"));
    CHECK_FALSE(is_duplicate("[a.b]\n[a]\nc = 1"));
    CHECK_FALSE(is_duplicate("[a]\n[a.b]"));
    CHECK_FALSE(is_duplicate("a.b = 1\na.c = 2"));
}
