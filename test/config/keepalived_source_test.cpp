#include "config/keepalived_source.hpp"
#include "config/keepalived_lexer.hpp"
#include "reading.hpp"

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace {

struct Read {
    std::string text;
    std::vector<config::KeepalivedToken> tokens;
    config::Diagnostics diagnostics;
};

Read read_lines(std::string text, const std::string& config_id = "main") {
    config::Report report({.name = "/etc/a.conf", .text = std::move(text)});
    const config::KeepalivedSource source = config::read_source({.config_id = config_id}, report);
    auto tokens = config::lex_keepalived(source, report);
    return {source.text, std::move(tokens), report.diagnostics()};
}

/// The lines that are left, each behind a bar.
std::string lines(std::string text, const std::string& config_id = "main") {
    const Read read = read_lines(std::move(text), config_id);
    for (const config::Diagnostic& diagnostic : read.diagnostics) {
        UNSCOPED_INFO(config::to_text(diagnostic));
    }
    CHECK_FALSE(config::has_errors(read.diagnostics));
    std::string result;
    std::size_t row = 0;
    for (const config::KeepalivedToken& token : read.tokens) {
        const bool is_word = token.kind == config::KeepalivedTokenKind::word;
        const bool is_open = token.kind == config::KeepalivedTokenKind::open;
        result += result.empty() ? "" : token.row != row ? "|" : " ";
        result += is_word ? token.text : is_open ? "{" : "}";
        row = token.row;
    }
    return result;
}

std::string told(std::string text) {
    std::string result;
    for (const config::Diagnostic& diagnostic : read_lines(std::move(text)).diagnostics) {
        result += config::to_text(diagnostic) + '\n';
    }
    return result;
}

}  // namespace

TEST_CASE("a conditional line counts for the host of that name, or for all others", "[config]") {
    const std::string text = "@main a\n@backup b\n@^main c\n@^backup d\n  @main   @^backup e\nf";

    CHECK(lines(text, "main") == "a|d|e|f");
    CHECK(lines(text, "backup") == "b|c|f");
    CHECK(lines(text, "other") == "c|d|f");
    CHECK(lines("@mai a\n@main1 b", "main").empty());
}

TEST_CASE("a condition without a name is an error", "[config]") {
    CHECK(told("@ a").starts_with("/etc/a.conf:1:1: error: there is no name behind this @"));
    CHECK(told("x\n @^ a").starts_with("/etc/a.conf:2:2: error: there is no name"));
}

TEST_CASE("a definition replaces its name, with braces anywhere", "[config]") {
    CHECK(lines("$A=1\npriority $A\nx ${A}5 y${A} \"z ${A}\"") == "priority 1|x 15 y1 z 1");
    CHECK(told("  $A = 1\n").starts_with("/etc/a.conf:1:3: error: ${A} is not defined"));
    CHECK(lines("$A=  two words  \na $A") == "a two words");
    CHECK(lines("$A=\na $A b${A}") == "a b");
    CHECK(lines("$A=1\n$A=2\na $A") == "a 2");
}

TEST_CASE("a name without braces ends at a blank, a comma or a parenthesis", "[config]") {
    CHECK(lines("$A=1\nx $A, ($A) $A\t$A") == "x 1, (1) 1 1");
    CHECK(lines("$A=1\nx $A.5 $A/24 $1") == "x $A.5 $A/24 $1");
    CHECK(told("$A=1\nx $A.5").find("$A stays as it is, because of what stands right behind it") !=
          std::string::npos);
}

TEST_CASE("a definition is replaced where it is used, not where it is made", "[config]") {
    CHECK(lines("$BASE=10.2.${SUB}\n$SUB=0\n${BASE}.100/32\n$SUB=10\n${BASE}.100/32") ==
          "10.2.0.100/32|10.2.10.100/32");
}

TEST_CASE("a definition may hold the condition of a line", "[config]") {
    CHECK(lines("$IF=@main\n$IF a b\n$IF=@backup\n$IF c\n@main $P=240\n@backup $P=200\np $P") ==
          "a b|p 240");
}

TEST_CASE("a definition of several lines is lines of their own", "[config]") {
    const std::string instance =
        "$I= \\\nvrrp_instance V${N} { \\\n  @main x 1 \\\n  @backup x 2 \\\n\n  y \\\n"
        "}\n";

    CHECK(lines(instance + "$N=0\n$I\n$N=1\n$I\nz") ==
          "vrrp_instance V0 {|x 1|y|}|vrrp_instance V1 {|x 1|y|}|z");
    CHECK(lines("$A=b \\\nc\na $A d") == "a b|c d");
    CHECK(lines("@backup $A=b \\\nc\nd") == "d");
}

TEST_CASE("definitions of several lines stand in each other", "[config]") {
    CHECK(lines("$IN= \\\nin ${N} \\\n} \n$OUT= \\\n$N=1 \\\nout { \\\n$IN \\\n$N=2 \\\nout { \\\n"
                "$IN\n$OUT") == "out {|in 1|}|out {|in 2|}");
}

TEST_CASE("what is not defined is an error, told once", "[config]") {
    const std::string text = told("$STATE=MASTER\nstate ${STAT}\nstate ${STAT}\n$X");

    CHECK(text.find("/etc/a.conf:2:7: error: ${STAT} is not defined; keepalived would take these "
                    "letters for the value\n  help: did you mean ${STATE}?") != std::string::npos);
    CHECK(text.find("/etc/a.conf:4:1: error: ${X} is not defined") != std::string::npos);
}

TEST_CASE("a dollar in a script's line may be meant for the script", "[config]") {
    const std::string text = "script \"/bin/sh -c 'echo $HOME $1 $(id) ${X}'\"";

    CHECK(lines(text) == "script /bin/sh -c 'echo $HOME $1 $(id) ${X}'");
    CHECK(told(text).find("1:26: warning: ${HOME} is not defined, and stays as it is") !=
          std::string::npos);
}

TEST_CASE("definitions that refer to each other end with an error", "[config]") {
    for (const std::string text :
         {"$A=$A\nx $A", "$A=${B}\n$B=${A}\nx $A", "$A=${A}${A}\nx $A", "$A=x \\\n$A\n$A",
          "$A=@main $A\n$A x", "$A=~SEQ(B, 9) $A\n$A x"}) {
        INFO(text);
        CHECK(told(text).find("error: ") != std::string::npos);
    }
}

TEST_CASE("a few lines don't make a text without end", "[config]") {
    std::string doubled = "$A0=x\n";
    for (int n = 1; n < 30; ++n) {
        doubled += "$A" + std::to_string(n) + "=${A" + std::to_string(n - 1) + "}${A" +
                   std::to_string(n - 1) + "}\n";
    }
    for (const std::string& text :
         {doubled + "x ${A29}", std::string("~SEQ(A, 1, 4000000000) x ${A}"),
          std::string("~SEQ(A, 4000000000) ~SEQ(B, 4000000000) @backup x"),
          std::string("$A=") + std::string(100'000, 'x') + "\n~SEQ(B, 100000) y ${A}"}) {
        CHECK(told(text).find("definitions make more than 4096 KiB") != std::string::npos);
    }
}

TEST_CASE("names that begin with _ are predefined", "[config]") {
    ::setenv("UNDERSTUDY_TEST_NAME", "a \"b\" # c", 1);

    CHECK(lines("a ${_PWD}/b ${_INSTANCE} \"${_HASH}\" x${_BANG}y") == "a /etc/b main # x!y");
    CHECK(lines("a ${_ENV UNDERSTUDY_TEST_NAME}") == "a a b # c");
    CHECK(lines("a ${_RANDOM 7 7}") == "a 7");
    CHECK(told("a ${_ENV UNDERSTUDY_TEST_NOT_THERE}")
              .starts_with("/etc/a.conf:1:3: error: the environment has no "
                           "\"UNDERSTUDY_TEST_NOT_THERE\""));
    CHECK(told("a ${_RANDOM 7 6}").find("error: ${_RANDOM} takes") != std::string::npos);
    CHECK(told("a ${_PWD x}").find("error: _PWD takes no words") != std::string::npos);
    CHECK(told("a ${_PDW}").find("did you mean _PWD?") != std::string::npos);
    CHECK(told("$_A=1").find("error: ") != std::string::npos);
}

TEST_CASE("a random number is within its bounds, and told", "[config]") {
    const Read read = read_lines("~SEQ(A, 50) ${_RANDOM 3 5}");

    REQUIRE(read.tokens.size() == 50);
    for (const config::KeepalivedToken& token : read.tokens) {
        CHECK((token.text == "3" || token.text == "4" || token.text == "5"));
    }
    CHECK(read.diagnostics.size() == 1);
    CHECK(read.diagnostics[0].severity == config::Severity::warning);
}

TEST_CASE("a sequence repeats its line for each number", "[config]") {
    CHECK(lines("~SEQ(S, 0, 3) 10.0.${S}.1") == "10.0.0.1|10.0.1.1|10.0.2.1|10.0.3.1");
    CHECK(lines("~SEQ(S, 3) ${S}") == "1|2|3");
    CHECK(lines("~SEQ(S, -2) ${S}") == "-1|-2");
    CHECK(lines("~SEQ(S, 5, 3) ${S}") == "5|4|3");
    CHECK(lines("~SEQ(S, 1, 4, 10) ${S}") == "1|5|9");
    CHECK(lines("~SEQx(S, 0x90, 0x10, 0xc0) fe80::${S}") == "fe80::90|fe80::a0|fe80::b0|fe80::c0");
    CHECK(lines("~SEQ(A,1,2) ~SEQ(B,8,9) ${A}.${B}") == "1.8|1.9|2.8|2.9");
    CHECK(lines("$MAX=2\n  ~SEQ(A,1,$MAX) x ${A}") == "x 1|x 2");
    CHECK(lines("$A=x \\\ny ${N}\n~SEQ(N,1,2) $A") == "x|y 1|x|y 2");
    CHECK(lines("$A=9\n~SEQ(A,1,2) ${A}\n${A}") == "1|2|9");
    CHECK(lines("@main ~SEQ(A,1,2) ${A}\n@backup ~SEQ(A,1,2) ${A}") == "1|2");
}

TEST_CASE("a list repeats its line for each value, or for several at a time", "[config]") {
    CHECK(lines("~LST(I, a, b,c) x ${I}") == "x a|x b|x c");
    CHECK(lines("~LST({I, J}, {10,1},{20,4}) ${I}.${J}") == "10.1|20.4");
    CHECK(lines("~LST({I, J}, {1,2},{3,4}) ~SEQ(K,8,9) ${I}.${J}.${K}") ==
          "1.2.8|1.2.9|3.4.8|3.4.9");
}

TEST_CASE("a sequence that makes no sense is an error", "[config]") {
    for (const std::string text :
         {"~SEQ(A, 1, 2", "~SEQ(A, 1, 2)", "~SEQ(A) x", "~SEQ() x", "~SEQ(1, 2) x", "~SEQ(A, x) y",
          "~SEQ(A, 1, 0, 5) x", "~SEQ(A, 1, -1, 5) x", "~SEQ(A, 5, 1, 1) x",
          "~SEQ(A, 1, 2, 3, 4) x", "~SEQ(A, 99999999999) x", "~SEQ({A,B}, 3) x", "~LST(A) x",
          "~LST({A,B}, {1}) x", "~LST({A,B}, 1, 2) x", "~LST({A}}, 1) x"}) {
        INFO(text);
        CHECK(told(text).find("error: ") != std::string::npos);
    }
}

TEST_CASE("a word has its own place, one of a definition that of its $", "[config]") {
    const Read read = read_lines("$A=x \\\ny {\n  设 b $A  c${A}d e\n@main f # g\n h\\#i j");

    std::vector<std::pair<std::string, config::Place>> found;
    for (const config::KeepalivedToken& token : read.tokens) {
        found.emplace_back(token.text, token.place);
    }
    const std::vector<std::pair<std::string, config::Place>> wanted = {
        {"设", {3, 3}},  {"b", {3, 5}},   {"x", {3, 7}}, {"y", {3, 7}},  {"", {3, 7}},
        {"cx", {3, 11}}, {"y", {3, 12}},  {"", {3, 12}}, {"d", {3, 16}}, {"e", {3, 18}},
        {"f", {4, 7}},   {"h#i", {5, 2}}, {"j", {5, 7}}};
    CHECK(found == wanted);
}

TEST_CASE("a merge that was not finished is one error, and one version is read", "[config]") {
    const std::string text =
        "a\n<<<<<<< HEAD\nb 1\n=======\nb 2\n>>>>>>> f634\nc\n<<<<<<< HEAD\nd\n||||||| base\n"
        "e\n=======\nf\n>>>>>>> f634\ng";
    const Read read = read_lines(text);

    CHECK(read.text.find("b 1") != std::string::npos);
    CHECK(read.text.find("b 2") == std::string::npos);
    CHECK(read.text.find('e') == std::string::npos);
    CHECK(read.tokens.back().place == config::Place{15, 1});
    REQUIRE(read.diagnostics.size() == 2);
    CHECK(read.diagnostics[0].place == config::Place{2, 1});
    CHECK(read.diagnostics[1].place == config::Place{8, 1});
    CHECK(read_lines("a\n=======\nb").tokens.size() == 2);
    CHECK(told("a\n=======\nb").find("2:1: error: this line is left over from a merge") !=
          std::string::npos);
    CHECK(read_lines("<<<<<<< A\na\n=======\nb").tokens.size() == 2);
}

TEST_CASE("a line that is too long for keepalived is read, and told", "[config]") {
    CHECK(told("a " + std::string(1020, 'x')).empty());
    CHECK(told("a " + std::string(1021, 'x'))
              .starts_with("/etc/a.conf:1:1: warning: this line has 1023 bytes"));
    CHECK(lines("a " + std::string(5000, 'x')).size() == 5002);
}

TEST_CASE("an include in a line that does not count is none", "[config]") {
    CHECK(lines("@backup include /etc/shadow\na") == "a");
    CHECK(told("@main include b.conf").find("error: an include stands here behind a condition") !=
          std::string::npos);
    CHECK(told("$A=x \\\ninclude b.conf\n$A").find("error: an include stands here") !=
          std::string::npos);
    CHECK(told("include b.conf").find("1:9: error: no file is included here") != std::string::npos);
}
