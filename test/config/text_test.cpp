#include "config/text.hpp"
#include "catch2.hpp"

#include <string>

using config::Place;

TEST_CASE("a text loses its byte order mark and its carriage returns", "[config]") {
    CHECK(config::normalize("\xEF\xBB\xBF"
                            "a\r\nb\r\n") == "a\nb\n");
    CHECK(config::normalize("设置\n") == "设置\n");
    CHECK(config::normalize("") == "");
}

TEST_CASE("a text that is not UTF-8 is refused at the byte that is wrong", "[config]") {
    const std::string samples[] = {
        "\x80",         "\xC0\x80",         "\xC1\xBF",         "\xE0\x80\x80",
        "\xED\xA0\x80", "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF5",
        "\xFF",         "\xE8\xAE"};
    for (const std::string& sample : samples) {
        const auto refused = config::normalize("a\n设" + sample + "b");
        REQUIRE_FALSE(refused);
        CHECK(refused.error().place == Place{2, 2});
    }
    CHECK(config::normalize("\xF4\x8F\xBF\xBF\xF0\x90\x80\x80\xED\x9F\xBF"));
}

TEST_CASE("control characters are refused, but for tabs and line ends", "[config]") {
    CHECK(config::normalize("a\tb\n"));
    CHECK_FALSE(config::normalize(std::string("a\0b", 3)));
    CHECK_FALSE(config::normalize("a\x1B[0m"));
    CHECK_FALSE(config::normalize("a\x7F"));
    CHECK_FALSE(config::normalize("a\rb"));
}

TEST_CASE("a text above the limit is refused, one at the limit is not", "[config]") {
    CHECK(config::normalize(std::string(config::max_text_size, 'a')));
    const auto refused = config::normalize(std::string(config::max_text_size + 1, 'a'));

    REQUIRE_FALSE(refused);
    CHECK(refused.error().place == Place{});
}

TEST_CASE("columns count characters, lines count line ends", "[config]") {
    const std::string text = "设置x\n\ny";

    CHECK(config::place_at(text, 0) == Place{1, 1});
    CHECK(config::place_at(text, 3) == Place{1, 2});
    CHECK(config::place_at(text, 6) == Place{1, 3});
    CHECK(config::place_at(text, 8) == Place{2, 1});
    CHECK(config::place_at(text, 9) == Place{3, 1});
    CHECK(config::place_at(text, 10) == Place{3, 2});
}

TEST_CASE("a text in a message is short and has no control characters", "[config]") {
    CHECK(config::in_quotes("eth0") == "\"eth0\"");
    CHECK(config::in_quotes("a\x1B[31m\tb") == "\"a?[31m?b\"");
    CHECK(config::in_quotes("eth0\nb") == "\"eth0...\"");
    CHECK(config::in_quotes("\n") == "\"...\"");
    CHECK(config::in_quotes(std::string(100, 'a')) == '"' + std::string(60, 'a') + "...\"");
    // Sixty bytes end within a character: it is left out whole.
    CHECK(config::in_quotes("a" + std::string(59, 'b') + "设") ==
          "\"a" + std::string(59, 'b') + "...\"");
    CHECK(config::in_quotes("ab" + std::string(57, 'c') + "设") ==
          "\"ab" + std::string(57, 'c') + "...\"");
}
