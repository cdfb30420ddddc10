#include "config/keepalived_lexer.hpp"
#include "reading.hpp"

#include <chrono>
#include <string>
#include <vector>

using namespace std::chrono_literals;

namespace {

/// An instance with more lines, and what stands below it.
std::string instance(const std::string& lines, const std::string& below = "") {
    return "vrrp_instance VI_1 {\ninterface eth0\nvirtual_router_id 51\n"
           "virtual_ipaddress { 192.168.56.60/24 }\n" +
           lines + "\n}\n" + below;
}

/// A script with these lines, tracked.
std::string script(const std::string& lines) {
    return instance("track_script { x }", "vrrp_script x {\n" + lines + "\n}\n");
}

std::vector<config::KeepalivedToken> tokens_of(std::string text) {
    config::Report report({.name = "a.conf", .text = std::move(text)});
    const config::KeepalivedSource source = config::read_source({}, report);
    auto tokens = config::lex_keepalived(source, report);
    CHECK_FALSE(report.has_errors());
    return tokens;
}

std::vector<std::string> words(std::string text) {
    std::vector<std::string> result;
    for (const config::KeepalivedToken& token : tokens_of(std::move(text))) {
        const bool is_word = token.kind == config::KeepalivedTokenKind::word;
        const bool is_open = token.kind == config::KeepalivedTokenKind::open;
        result.push_back(is_word ? token.text : is_open ? "{" : "}");
    }
    return result;
}

health::CheckConfig check_of(const std::string& lines) {
    const config::Config config = read("a.conf", script(lines));
    REQUIRE(config.checks.size() == 1);
    return config.checks[0];
}

std::vector<std::string> command_of(const std::string& line) {
    return std::get<health::ScriptProbeConfig>(check_of(line).probe).command;
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("a comment begins at # or !, also within a word", "[config]") {
    CHECK(words("a # b\n! c\nd#e\nf!g") == Words{"a", "d", "f"});
    CHECK(words("# 设置 \"\n a") == Words{"a"});
}

TEST_CASE("double quotes and backslashes keep comment signs", "[config]") {
    CHECK(words("\"a # b\" c\\#d e\\!f g\\h") == Words{"a # b", "c#d", "e!f", "g\\h"});
    CHECK(words("'a # b'") == Words{"'a"});
}

TEST_CASE("a quote in the middle of a word begins another one", "[config]") {
    CHECK(words("a\"b c\"d") == Words{"a", "b c", "d"});
    CHECK(words("\"\"") == Words{""});
}

TEST_CASE("braces are words of their own, outside quotes", "[config]") {
    CHECK(words("a{b}c \"{\"") == Words{"a", "{", "b", "}", "c", "{"});
    CHECK(words("script ${NAME}x {") == Words{"script", "${NAME}x", "{"});
}

TEST_CASE("a token knows its line and column in characters", "[config]") {
    const auto tokens = tokens_of("设 {\n\t\"设\" b");

    REQUIRE(tokens.size() == 4);
    CHECK(tokens[0].place == config::Place{1, 1});
    CHECK(tokens[1].place == config::Place{1, 3});
    CHECK(tokens[2].place == config::Place{2, 2});
    CHECK(tokens[3].place == config::Place{2, 6});
}

TEST_CASE("an instance has keepalived's defaults", "[config]") {
    const config::Config config = read("a.conf", instance(""));

    REQUIRE(config.routers.size() == 1);
    const config::Router& router = config.routers[0];
    CHECK(router.name == "VI_1");
    CHECK(router.interface == "eth0");
    CHECK(router.interface_place == config::Place{2, 11});
    CHECK(router.protocol.virtual_router_id == 51);
    CHECK(router.protocol.priority == 100);
    CHECK(router.protocol.interval == 1s);
    CHECK(router.protocol.preempt);
    CHECK_FALSE(router.protocol.password);
    CHECK(router.checks.empty());
}

TEST_CASE("state MASTER gives priority 255 where none is given, and nothing else", "[config]") {
    const auto priority = [](const std::string& lines) {
        return int{read("a.conf", instance(lines)).routers[0].protocol.priority};
    };

    CHECK(priority("state MASTER") == 255);
    CHECK(priority("state MASTER\npriority 90") == 90);
    CHECK(priority("priority 90\nstate MASTER") == 90);
    CHECK(priority("state BACKUP") == 100);
}

TEST_CASE("nopreempt counts only where the state is BACKUP", "[config]") {
    const auto preempts = [](const std::string& lines) {
        return read("a.conf", instance(lines)).routers[0].protocol.preempt;
    };

    CHECK_FALSE(preempts("nopreempt"));
    CHECK_FALSE(preempts("state BACKUP\nnopreempt"));
    CHECK(preempts("nopreempt\nstate MASTER\npriority 100"));
    CHECK(preempts("nopreempt\npriority 255"));
    CHECK(preempts("nopreempt\npreempt"));
}

TEST_CASE("an address without a prefix length is a single host", "[config]") {
    const config::Config config =
        read("a.conf",
             "vrrp_instance VI_1 {\ninterface eth0\nvirtual_router_id 1\n"
             "virtual_ipaddress {\n10.0.0.1\n10.0.0.2/8 dev eth0\n}\n}\n");

    CHECK(config.routers[0].addresses ==
          std::vector<vrrp::VirtualAddress>{{vrrp::IpAddress(10, 0, 0, 1), 32},
                                            {vrrp::IpAddress(10, 0, 0, 2), 8}});
}

TEST_CASE("a script has keepalived's defaults", "[config]") {
    CHECK(check_of("script \"/bin/true\"") ==
          health::CheckConfig{.name = "x",
                              .probe = health::ScriptProbeConfig{.command = {"/bin/true"}},
                              .interval = 1s,
                              .timeout = 1s});
}

TEST_CASE("a script's time limit is keepalived's: its interval", "[config]") {
    CHECK(check_of("script /bin/true\ninterval 5").timeout == 5s);
    CHECK(check_of("timeout 2\nscript /bin/true\ninterval 5").timeout == 2s);
    CHECK(check_of("script /bin/true\ninterval 0").interval == 1s);
    CHECK(check_of("script /bin/true\ninterval 0.25").interval == 250ms);
}

TEST_CASE("a script's command is split as a shell would", "[config]") {
    CHECK(command_of("script \"/bin/true a 'b c'\"") == Words{"/bin/true", "a", "b c"});
    CHECK(command_of("script /bin/true a \"b c\" # d") == Words{"/bin/true", "a", "b c"});
    CHECK(command_of("script \"/bin/true\" 'a b'") == Words{"/bin/true", "a b"});
    CHECK(command_of("script '/bin/true' a\"b\"c") == Words{"/bin/true", "abc"});
    CHECK(command_of("script \"'/bin/true' -p tcp\"") == Words{"/bin/true", "-p", "tcp"});
}

TEST_CASE("a weight of 0 makes a script fatal", "[config]") {
    CHECK(check_of("script /bin/true").weight == std::nullopt);
    CHECK(check_of("script /bin/true\nweight 0").weight == std::nullopt);
    CHECK(check_of("script /bin/true\nweight -5").weight == -5);
}

TEST_CASE("a weight in track_script replaces the script's own", "[config]") {
    const auto use = [](const std::string& tracked) {
        const std::string text = instance("track_script { x " + tracked + " }",
                                          "vrrp_script x {\nscript /bin/true\nweight 7\n}\n");
        return read("a.conf", text).routers[0].checks[0];
    };

    CHECK(use("") == health::CheckUse{"x", 7, false});
    CHECK(use("weight 3") == health::CheckUse{"x", 3, false});
    CHECK(use("weight 0") == health::CheckUse{"x", std::nullopt, false});
    CHECK(use("weight 3 reverse") == health::CheckUse{"x", -3, true});
    CHECK(use("weight -3 reverse") == health::CheckUse{"x", 3, true});
    CHECK(use("weight 3 noreverse") == health::CheckUse{"x", 3, false});
}

TEST_CASE("script_user is the user of scripts that say none", "[config]") {
    const std::string text = instance("track_script { x\ny }",
                                      "vrrp_script x { script /bin/true }\n"
                                      "vrrp_script y {\nscript /bin/true\nuser daemon\n}\n"
                                      "global_defs { script_user nobody }\n");
    const config::Config config = read("a.conf", text);

    CHECK(std::get<health::ScriptProbeConfig>(config.checks[0].probe).user == "nobody");
    CHECK(std::get<health::ScriptProbeConfig>(config.checks[1].probe).user == "daemon");
}

TEST_CASE("a script that no instance tracks is left out with a warning", "[config]") {
    const std::string text = instance("", "vrrp_script x { script /bin/true }\n");

    CHECK(read("a.conf", text).checks.empty());
    CHECK(messages("a.conf", text) == "a.conf:7:13: warning: vrrp_script x is used by no router\n");
}

TEST_CASE("the mail keywords of a whole file give one warning", "[config]") {
    const std::string text =
        "global_defs {\nsmtp_server 127.0.0.1\nnotification_email { a b\nc }\n"
        "notification_email_from d\n}\n" +
        instance("smtp_alert");

    CHECK(messages("a.conf", text) ==
          "a.conf:2:1: warning: no mail is sent: the mail keywords have no effect here\n");
}

TEST_CASE("an unknown block is skipped as a whole", "[config]") {
    const std::string text = instance("",
                                      "virtual_server 10.0.0.1 80 {\nreal_server a {\n"
                                      "interface { }\n}\n}\n");

    CHECK(messages("a.conf", text) ==
          "a.conf:7:1: error: virtual_server is not supported: load balancing by IPVS is no part "
          "of Understudy\n");
}

TEST_CASE("no message tells the password of a keepalived.conf", "[config]") {
    for (const char* lines :
         {"auth_type PASS\nauth_pass sesame open", "auth_type PASS\nauth_pass sesame-open",
          "auth_type sesame", "auth_type PASS\nauth_pas sesame", "sesame", "auth_pass sesame {\n}",
          "auth_type PASS\nauth_pass \"sesame", "auth_type PASS\nauth_pass ${sesame}",
          "auth_pass sesame", "auth_type PASS\nauth_pass{sesame}", "auth_pass open}sesame",
          "auth_pass open{}sesame{}", "auth_pass }sesame"}) {
        const std::string said =
            messages("a.conf", instance("authentication {\n" + std::string(lines) + "\n}"));
        INFO(lines);
        CHECK_FALSE(said.empty());
        CHECK(said.find("sesame") == std::string::npos);
    }
}

TEST_CASE("no message tells the secret of a keepalived.conf", "[config]") {
    for (const char* lines :
         {"key 1 sesame", "key 1 sesame open", "key sesame", "key 1 hex:sesame", "key sesame 1",
          "ky 1 sesame", "sesame", "key 1 \"sesame", "key 1 ${sesame}", "key 1 sesame { }",
          "key 1 file:sesame", "key 1 credential:/sesame", "key 1 a{sesame", "key 1 a}sesame",
          "key 1 a{}sesame", "mode sesame", "anti_replay sesame"}) {
        const std::string said =
            messages("a.conf", instance("auth_hmac {\n" + std::string(lines) + "\n}"));
        INFO(lines);
        CHECK_FALSE(said.empty());
        CHECK(said.find("sesame") == std::string::npos);
    }
}
