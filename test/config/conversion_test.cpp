#include "config/conversion.hpp"
#include "catch2.hpp"
#include "config/comments.hpp"
#include "reading.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace {

std::string pair_file(const std::string& priority, const std::string& more = "") {
    return "! The pair's file\n"
           "\n"
           "global_defs {\n"
           "    router_id NGINX   # only for mails\n"
           "    vrrp_garp_interval 0.01\n"
           "}\n"
           "\n"
           "# Is nginx there?\n"
           "vrrp_track_process nginx {\n"
           "    process nginx  # by name\n"
           "}\n"
           "\n"
           "vrrp_instance VI_1 {  # the API\n"
           "    state BACKUP\n"
           "    interface eth0\n"
           "    virtual_router_id 51\n"
           "    # who is wanted\n"
           "    priority " +
           priority + "\n" + more +
           "    authentication {\n"
           "        auth_type PASS\n"
           "        auth_pass sesame ! \"secret\"\n"
           "    }\n"
           "    virtual_ipaddress {\n"
           "        192.0.2.1/24  # first\n"
           "        192.0.2.2/24  # second\n"
           "    }\n"
           "    track_process {\n"
           "        nginx\n"
           "    }\n"
           "}\n"
           "# the end\n";
}

config::Conversion merge(const std::string& first, const std::string& second) {
    return config::convert_merged(
        {{"lb-master", "lb-master.conf", first}, {"lb-backup", "lb-backup.conf", second}});
}

std::string first_error(const config::Conversion& conversion) {
    const auto error = std::ranges::find(conversion.diagnostics, config::Severity::error,
                                         &config::Diagnostic::severity);
    return error == conversion.diagnostics.end() ? "" : config::to_text(*error);
}

const config::ConvertedLine& line_of(const config::ConversionReport& report,
                                     const std::string& word) {
    const auto found = std::ranges::find(report.lines, word, &config::ConvertedLine::word);
    REQUIRE(found != report.lines.end());
    return *found;
}

}  // namespace

TEST_CASE("the files of a pair become one, with their comments", "[config]") {
    const config::Conversion conversion = merge(pair_file("100"), pair_file("90"));

    INFO(first_error(conversion));
    CHECK(conversion.text == R"(# The pair's file
# only for mails

[daemon]
announce_interval = "10ms"

# Is nginx there?
[check.nginx]
process = "nginx"  # by name

[router.VI_1]  # the API
interface = "eth0"
vrid      = 51
# who is wanted
priority  = { lb-master = 100, lb-backup = 90 }
# second
addresses = ["192.0.2.1/24", "192.0.2.2/24"]  # first
password  = "sesame"  # "secret"
checks    = ["nginx"]
# the end
)");
}

TEST_CASE("each host of a merged file is told the others' priorities", "[config]") {
    const config::Conversion conversion = merge(pair_file("100"), pair_file("90"));

    const config::Config master = read("a.toml", conversion.text, "lb-master");
    const config::Config backup = read("a.toml", conversion.text, "lb-backup");

    CHECK(master.routers.at(0).protocol.priority == 100);
    CHECK(master.routers.at(0).protocol.rival_priority == 90);
    CHECK(backup.routers.at(0).protocol.priority == 90);
    CHECK(backup.routers.at(0).protocol.rival_priority == 100);
}

TEST_CASE("defaults of one host stand beside what the other says", "[config]") {
    const config::Conversion conversion =
        merge(pair_file("100", "    nopreempt\n"), pair_file("100"));

    CHECK(conversion.text.contains("preempt   = { lb-master = false, lb-backup = true }"));
    CHECK(conversion.text.contains("[router.VI_1]"));
    CHECK_FALSE(conversion.text.contains("priority  = {"));
}

TEST_CASE("what one file can't say of two hosts is told with both places", "[config]") {
    std::string without = pair_file("90");
    const std::size_t begin = without.find("    authentication");
    without.erase(begin, without.find("    virtual_ipaddress") - begin);
    std::string renamed = pair_file("90");
    renamed.replace(renamed.find("VI_1"), 4, "VI_2");

    const config::Conversion half = merge(pair_file("100"), without);
    const config::Conversion other = merge(pair_file("100"), renamed);

    CHECK(half.text.empty());
    CHECK(first_error(half) ==
          "lb-master.conf:19:1: error: password of router VI_1 stands here for host lb-master, and "
          "host lb-backup has none (lb-backup.conf:13)\n"
          "  help: one file can't say this: give both hosts the same, or convert each by itself");
    CHECK(other.text.empty());
    CHECK(first_error(other) ==
          "lb-master.conf:13:1: error: router VI_1 stands here for host lb-master, and host "
          "lb-backup has none (lb-backup.conf)\n"
          "  help: one file can't say this: give both hosts the same, or convert each by itself");
}

TEST_CASE("a check may be one host's alone", "[config]") {
    std::string more = pair_file("90");
    more.insert(more.find("vrrp_instance"), "vrrp_script ping {\n    script \"/bin/true\"\n}\n");
    more.insert(more.find("        nginx\n    }\n}") + 20,
                "    track_script {\n        ping\n    }\n");

    const config::Conversion conversion = merge(pair_file("100"), more);

    INFO(first_error(conversion));
    CHECK(conversion.text.contains("[check.ping]"));
    CHECK(conversion.text.contains(
        R"(checks    = { lb-master = ["nginx"], lb-backup = ["nginx", "ping"] })"));
}

TEST_CASE("a file in error is not converted", "[config]") {
    std::string text = pair_file("100");
    text.replace(text.find("virtual_router_id 51"), 20, "virtual_router_id 999");

    const config::Conversion conversion = config::convert({"lb-master", "a.conf", text});

    CHECK(conversion.text.empty());
    CHECK(first_error(conversion).starts_with("a.conf:16:23: error: virtual_router_id is"));
    CHECK(line_of(conversion.reports.at(0), "virtual_router_id").line_class ==
          config::LineClass::unsupported);
}

TEST_CASE("each line is told by its class, and no secret", "[config]") {
    const config::Conversion conversion =
        config::convert({"lb-master", "a.conf", pair_file("100")});

    REQUIRE(conversion.reports.size() == 1);
    const config::ConversionReport& report = conversion.reports.front();
    CHECK(line_of(report, "router_id").line_class == config::LineClass::without_effect);
    CHECK(line_of(report, "state").line_class == config::LineClass::honoured);
    CHECK(line_of(report, "auth_pass").line_class == config::LineClass::honoured);
    CHECK(line_of(report, "auth_pass").key == "password");
    CHECK(line_of(report, "192.0.2.2/24").line == 25);
    for (const config::ConvertedLine& line : report.lines) {
        CHECK_FALSE(line.word.contains("sesame"));
        CHECK_FALSE(line.reason.contains("sesame"));
    }
}

TEST_CASE("lines for other hosts are told as left out", "[config]") {
    const std::string file =
        "vrrp_instance a {\ninterface eth0\nvirtual_router_id 1\n@lb-master priority 120\n"
        "@^lb-master priority 90\nvirtual_ipaddress {\n192.0.2.2/24\n}\n}\n";

    const config::Conversion master = config::convert({"lb-master.example.com", "a.conf", file});
    const config::Conversion other = config::convert({"third", "a.conf", file});

    CHECK(master.text.contains("priority  = 120"));
    CHECK(line_of(master.reports.at(0), "@^lb-master").line == 5);
    CHECK(other.text.contains("priority  = 90"));
    const config::ConvertedLine left_out = line_of(other.reports.at(0), "@lb-master");
    CHECK(left_out.line == 4);
    CHECK(left_out.line_class == config::LineClass::without_effect);
    REQUIRE(other.diagnostics.size() == 1);
    CHECK(other.diagnostics.front().message == "lines for other hosts than third are left out");
}

TEST_CASE("what TOML can't say is said in words", "[config]") {
    config::Config config;
    CHECK(config::unsayable_in_toml(config).empty());
    config.routers.emplace_back().name = "a";
    config.routers[0].scripts.master = config::StateScript{.command = {"/bin/true"}, .user = "x"};
    config.routers[0].scripts.backup = config.routers[0].scripts.master;
    CHECK(config::unsayable_in_toml(config).empty());
    config.routers[0].scripts.backup->user = "y";
    CHECK(config::unsayable_in_toml(config) ==
          "the state scripts of router a run as several users");
}

TEST_CASE("a check that nobody uses is told to be without effect", "[config]") {
    const config::Conversion conversion = config::convert(
        {"a", "a.conf", "vrrp_script idle {\n    script /bin/true\n}\n" + pair_file("100")});

    CHECK_FALSE(conversion.text.empty());
    CHECK(line_of(conversion.reports.at(0), "vrrp_script idle").line_class ==
          config::LineClass::without_effect);
}

TEST_CASE("TOML becomes TOML in the usual order, for all its hosts", "[config]") {
    const std::string text = R"(# The pair.

[router.a]
checks = ["x"]   # what it needs
vrid = 7
addresses = ["192.0.2.1/24"]  # "#" is no comment in "quotes # here"
interface = { lb-master.example.com = "eth0", lb-backup.example.com = "ens3" }
priority = { lb-master.example.com = 100, lb-backup.example.com = 100 }
preempt = true  # as it is
password = 'a#b'

# What it asks.
[check.x]
process = "nginx"
)";
    const config::Conversion conversion = config::convert({"elsewhere", "a.toml", text});

    INFO(first_error(conversion));
    CHECK(conversion.text == R"(# The pair.

# What it asks.
[check.x]
process = "nginx"

[router.a]
interface = { "lb-backup.example.com" = "ens3", "lb-master.example.com" = "eth0" }
vrid      = 7
priority  = { "lb-backup.example.com" = 100, "lb-master.example.com" = 100 }
addresses = ["192.0.2.1/24"]  # "#" is no comment in "quotes # here"
preempt   = true  # as it is
password  = "a#b"
checks    = ["x"]  # what it needs
)");
    CHECK(config::convert({"elsewhere", "a.toml", conversion.text}).text == conversion.text);
}

TEST_CASE("a router of which the files tell nothing of others may learn of them", "[config]") {
    const auto file = [](const std::string& priority) {
        return "[router.a]\ninterface = \"eth0\"\nvrid = 1\naddresses = [\"192.0.2.1/24\"]\n"
               "priority = { lb-master = 100, lb-backup = 90 }\n"
               "[router.b]\ninterface = \"eth0\"\nvrid = 2\naddresses = [\"192.0.2.2/24\"]\n"
               "priority = " +
               priority + '\n';
    };
    const config::Conversion conversion = config::convert_merged(
        {{"lb-master", "a.toml", file("1")}, {"lb-backup", "b.toml", file("2")}});

    INFO(first_error(conversion));
    CHECK(conversion.text.contains("priority  = { lb-backup = 90, lb-master = 100 }"));
    CHECK(conversion.text.contains("priority  = { lb-master = 1, lb-backup = 2 }"));
}

TEST_CASE("comments are found where they are, and nowhere else", "[config]") {
    using config::Comment;
    const auto in_toml = config::find_comments(
        "a = '#' # one\nb = \"\\\"#\"\n  ## two\nc = \"\"\"\n# no\n\"\"\"#x", config::Format::toml);
    const auto in_keepalived =
        config::find_comments("a \"#!\" ! one\n  # two\nb\\#c#three", config::Format::keepalived);

    CHECK(in_toml == std::vector<Comment>{{1, true, "one"}, {3, false, "two"}, {6, true, "x"}});
    CHECK(in_keepalived ==
          std::vector<Comment>{{1, true, "one"}, {2, false, "two"}, {3, true, "three"}});
}
