#include "config/command.hpp"
#include "catch2.hpp"

#include <string>
#include <vector>

namespace {

using Words = std::vector<std::string>;

Words split(std::string_view text) {
    const auto words = config::split_command(text);
    REQUIRE(words);
    return *words;
}

}  // namespace

TEST_CASE("a command is split at blanks", "[config]") {
    CHECK(split("/bin/check --port 6443") == Words{"/bin/check", "--port", "6443"});
    CHECK(split("  /bin/check\t a  ") == Words{"/bin/check", "a"});
    CHECK(split("").empty());
    CHECK(split("   ").empty());
}

TEST_CASE("quotes keep words of a command together", "[config]") {
    CHECK(split("a 'b c' \"d e\"") == Words{"a", "b c", "d e"});
    CHECK(split("a'b c'\"d\"e") == Words{"ab cde"});
    CHECK(split("a '' \"\"") == Words{"a", "", ""});
    CHECK(split("'\"' \"'\"") == Words{"\"", "'"});
}

TEST_CASE("a backslash takes the next character as it is", "[config]") {
    CHECK(split(R"(a\ b \" \\)") == Words{"a b", "\"", "\\"});
    CHECK(split(R"("a\"b\\c\d")") == Words{R"(a"b\c\d)"});
    CHECK(split(R"('a\b')") == Words{R"(a\b)"});
    CHECK(split("a\\") == Words{"a\\"});
}

TEST_CASE("a command with an open quote is refused", "[config]") {
    CHECK_FALSE(config::split_command("a 'b"));
    CHECK_FALSE(config::split_command("a \"b"));
}

TEST_CASE("a program without a path is looked up", "[config]") {
    const auto found = config::find_program({"sh", "-c", "true"});

    REQUIRE(found);
    CHECK(found->command.front().starts_with('/'));
    CHECK(found->command.front().ends_with("/sh"));
    CHECK(found->command.size() == 3);
    CHECK(found->warning.message.empty());
}

TEST_CASE("a program that is nowhere gets a path where it is not, and a warning", "[config]") {
    const auto found = config::find_program({"no-such-program-anywhere"});

    REQUIRE(found);
    CHECK(found->command == Words{"/usr/local/sbin/no-such-program-anywhere"});
    CHECK_FALSE(found->warning.message.empty());
}

TEST_CASE("a relative path, an empty command and a zero byte are refused", "[config]") {
    CHECK_FALSE(config::find_program({"./check"}));
    CHECK_FALSE(config::find_program({"bin/check"}));
    CHECK_FALSE(config::find_program({}));
    CHECK_FALSE(config::find_program({""}));
    CHECK_FALSE(config::find_program({"/bin/true", std::string("a\0b", 3)}));
}

TEST_CASE("escapes are read as keepalived reads them", "[config]") {
    const auto split = [](std::string_view text) {
        const auto words = config::split_command_with_escapes(text);
        REQUIRE(words);
        return *words;
    };
    CHECK(split(R"(a\tb "c\n" '\n')") == Words{"a\tb", "c\n", R"(\n)"});
    CHECK(split(R"(\x41 \101 \0 \x4g \xg)") ==
          Words{"A", "A", std::string(1, '\0'), "\x04g", "xg"});
    CHECK(split(R"(\cA\E\a\b\f\r\v \z \9)") == Words{"\x01\x1b\a\b\f\r\v", "z", "9"});
    CHECK(split(R"(a\)") == Words{R"(a\)"});
    CHECK(split(R"(a\c)") == Words{"ac"});
}

TEST_CASE("the syntax of a shell is found where a shell would see it", "[config]") {
    using config::find_shell_syntax;
    CHECK(find_shell_syntax("ss -ltn | grep ':::80 '") == "|");
    CHECK(find_shell_syntax("a && b") == "&&");
    CHECK(find_shell_syntax("a || b") == "||");
    CHECK(find_shell_syntax("a; b") == ";");
    CHECK(find_shell_syntax("a &") == "&");
    CHECK(find_shell_syntax("a 2>&1") == "2>");
    CHECK(find_shell_syntax("a >/dev/null") == ">");
    CHECK(find_shell_syntax("a <b") == "<");
    CHECK(find_shell_syntax("a \"$(b)\"") == "$(");
    CHECK(find_shell_syntax("a `b`") == "`");
    CHECK(find_shell_syntax("a|b") == "|");
    for (const std::string_view line :
         {"/bin/a http://192.0.2.1/?a=1&b=2", "/bin/sh -c 'a | b'", "a '|' \"&&\"", "a '$(b)'",
          "a \\| b", "a x|y", "a $b *.c", "a '>' b", "", "a b>c", "a '`'"}) {
        CHECK(find_shell_syntax(line).empty());
    }
}
