#include "config/secret_lines.hpp"

#include "config/conversion.hpp"
#include "config/excerpt.hpp"
#include "reading.hpp"

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace {

/// The numbers of the lines that are hidden.
std::vector<std::size_t> hidden(const std::string& name, const std::string& text) {
    const std::deque<config::SourceFile> files = {{.name = name, .text = text}};
    const config::SecretLines secrets(files);
    std::vector<std::size_t> found;
    const std::size_t count =
        1 + static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    for (std::size_t line = 1; line <= count; ++line) {
        if (secrets.has({line, 1})) {
            found.push_back(line);
        }
    }
    return found;
}

using Lines = std::vector<std::size_t>;

/// All that is said of a text, with its lines.
std::string told(const std::string& path, const std::string& text) {
    std::string result;
    for (const config::Diagnostic& diagnostic :
         config::load_text(path, text, "lb-master").diagnostics) {
        result += config::to_text(diagnostic) + '\n';
    }
    return result;
}

}  // namespace

TEST_CASE("a line of keepalived.conf that may hold a secret is hidden", "[config]") {
    CHECK(hidden("a.conf", "priority 1\nauth_pass x\nstate MASTER") == Lines{2});
    CHECK(hidden("a.conf", "authentication {\nfoo\nbar x\n}\nstate MASTER") == Lines{1, 2, 3, 4});
    CHECK(hidden("a.conf", "auth_hmac\n{\n1 x\n}\nstate MASTER") == Lines{1, 2, 3, 4});
    CHECK(hidden("a.conf", "authentification {\nfoo\n}\npriority 1") == Lines{1, 2, 3});
    CHECK(hidden("a.conf", "x { authentication {\nfoo\n}\n}\npriority 1") == Lines{1, 2, 3, 4});
    CHECK(hidden("a.conf", "AUTH_PASS x\nKey 1 x\nhmac x\npriority 1") == Lines{1, 2, 3});
    CHECK(hidden("a.conf", "auth_pass \"x\ny z\nw\"\npriority 1") == Lines{1, 2, 3});
    CHECK(hidden("a.conf", "script \"curl http://u:p@h/\"\nscript \"x -p y\"\npriority 1") ==
          Lines{1, 2});
}

TEST_CASE("a definition that a secret is made of is hidden, in any file", "[config]") {
    CHECK(hidden("a.conf", "$A=x\n$B=y\n auth_pass $A") == Lines{1, 3});
    CHECK(hidden("a.conf", "$A=${B}1\n$B=y\n$C=z\nauth_pass ${A}") == Lines{1, 2, 4});
    CHECK(hidden("a.conf", "$A=x \\\n\ny \\\nz\n$C=w\nauth_pass ${A}") == Lines{1, 2, 3, 4, 6});
    CHECK(hidden("a.conf", "@main $A=x\n~LST({A, B}, {x, y}) $I\nauth_pass $A") == Lines{1, 2, 3});
    CHECK(hidden("a.conf", "$VRRP_PASS=x\npriority 1") == Lines{1});

    const std::deque<config::SourceFile> files = {{.name = "a", .text = "auth_pass $A\n$B=1"},
                                                  {.name = "b", .text = "$A=x\n$B=1"}};
    const config::SecretLines secrets(files);
    CHECK(secrets.has({1, 1, 0}));
    CHECK_FALSE(secrets.has({2, 1, 0}));
    CHECK(secrets.has({1, 1, 1}));
    CHECK_FALSE(secrets.has({2, 1, 1}));
}

TEST_CASE("a line of TOML that may hold a secret is hidden", "[config]") {
    CHECK(hidden("a.toml", "vrid = 1\npassword = \"x\"\npriority = 1") == Lines{2});
    CHECK(hidden("a.toml", "password =\n\"x\"\npriority = 1") == Lines{1, 2});
    CHECK(hidden("a.toml", "password = \"\"\"\nx = 1\n\"\"\"\npriority = 1") == Lines{1, 2, 3});
    CHECK(hidden("a.toml", "password = \"x\ny = \"\npriority = 1") == Lines{1, 2, 3});
    CHECK(hidden("a.toml", "[router.a.hmac]\nx = 1\n[router.b]\nvrid = 1") == Lines{1, 2});
    CHECK(hidden("a.toml", "keys = [\n\"x\",\n{ id = 1 },\n]\npriority = 1") == Lines{1, 2, 3, 4});
    CHECK(hidden("a.toml",
                 "[check.a]\nheaders = { A = \"x\" }\nhttp = \"http://u:p@h\"\n"
                 "send = \"AUTH x\"\nport = 1") == Lines{2, 3, 4});
}

TEST_CASE("a place that is in no file shows nothing", "[config]") {
    const std::deque<config::SourceFile> files = {{.name = "a", .text = "x"}};
    const config::SecretLines secrets(files);

    CHECK_FALSE(secrets.has({1, 1}));
    CHECK(secrets.has({}));
    CHECK(secrets.has({2, 1}));
    CHECK(secrets.has({1, 1, 1}));
}

TEST_CASE("an error shows its line, and none where a secret may be", "[config]") {
    const std::string text =
        "vrrp_instance a {\n\tstat MASTER\n\tauth_pass s3cret\n"
        "\tauthentication {\n\t\tauth_pas s3cret\n\t}\n}\n";

    const std::string shown = told("a.conf", text);

    CHECK(shown.find("\n  | \tstat MASTER\n  | \t^\n") != std::string::npos);
    CHECK(shown.find("s3cret") == std::string::npos);
}

TEST_CASE("no message tells a secret that came from a definition", "[config]") {
    ::setenv("UNDERSTUDY_TEST_SECRET", "s3cret", 1);
    const std::string begin = "vrrp_instance a {\ninterface eth0\nvirtual_router_id 1\n";
    for (const std::string lines :
         {"$P=s3cret\n}\nvrrp_instance b {\nauth_pass $P\npriority $P\n}",
          "priority ${_ENV UNDERSTUDY_TEST_SECRET}", "$PASSWORD=s3cret\npriority $PASSWORD",
          "authentication {\nauth_type ${P}\nauth_pass ${_ENV UNDERSTUDY_TEST_SECRET} more\n}\n"
          "state s3cret",
          "$A=\\\nauth_pass s3cret\npriority $A", "authentication {\nauth_pass x$s3cret\n}",
          "authentication {\nauth_pass ${s3cret}\n}"}) {
        const std::string shown = told("a.conf", begin + lines + "\n}\n");
        INFO(shown);
        CHECK_FALSE(shown.empty());
        CHECK(shown.find("s3cret") == std::string::npos);
    }
}

TEST_CASE("a secret in the wrong line beside its own is not told", "[config]") {
    const std::string router =
        "[router.a]\ninterface = \"eth0\"\nvrid = 1\naddresses = [\"10.0.0.1/24\"]\n";
    const std::string keys = "[router.a.hmac]\nkeys = { 1 = \"file:/x\" }\n";
    const std::string instance = "vrrp_instance a {\ninterface eth0\nvirtual_router_id 1\n";
    const std::vector<std::pair<std::string, std::string>> files = {
        {"a.toml", router + "authentication = \"s3cret\"\n"},
        {"a.toml", router + keys + "mode = \"s3cret\"\n"},
        {"a.toml", router + keys + "replay = \"s3cret\"\n"},
        {"a.conf", instance + "auth_hmac {\nactive_key s3cret\n}\n}\n"}};
    for (const auto& [name, text] : files) {
        const std::string shown = told(name, text);
        INFO(shown);
        CHECK(shown.find("error: ") != std::string::npos);
        CHECK(shown.find("s3cret") == std::string::npos);
    }
}

TEST_CASE("a conversion's report tells no secret that came from a definition", "[config]") {
    const config::Conversion conversion = config::convert(
        {"a", "a.conf",
         "$PW=s3cret\nvrrp_instance a {\ninterface eth0\nvirtual_router_id 1\nauthentication "
         "{\nauth_type PASS\nauth_pass $PW\n}\nvirtual_ipaddress {\n$PW\n}\n}\n"});

    for (const config::ConvertedLine& line : conversion.reports.at(0).lines) {
        CHECK(line.word.find("s3cret") == std::string::npos);
        CHECK(line.reason.find("s3cret") == std::string::npos);
    }
}

TEST_CASE("an excerpt points at its column below tabs and wide letters", "[config]") {
    CHECK(config::excerpt_of("\ta b", 3) == config::Excerpt{"\ta b", "\t ^"});
    CHECK(config::excerpt_of("设置 x", 4) == config::Excerpt{"设置 x", "     ^"});
    CHECK(config::excerpt_of("e\xCC\x81 x", 4) == config::Excerpt{"e\xCC\x81 x", "  ^"});
    CHECK(config::excerpt_of("a", 2) == config::Excerpt{"a", " ^"});
    CHECK(config::excerpt_of("", 1) == config::Excerpt{"", "^"});
    CHECK(config::excerpt_of("a\x1B[0m", 1).line == "a?[0m");
}

TEST_CASE("an excerpt of a long line is what stands around the column", "[config]") {
    const std::string line = std::string(500, 'a') + "bc" + std::string(500, 'd');

    const config::Excerpt excerpt = config::excerpt_of(line, 502);

    CHECK(excerpt.line.size() == 106);
    CHECK(excerpt.line.starts_with("...aaa"));
    CHECK(excerpt.line.ends_with("ddd..."));
    CHECK(excerpt.line[excerpt.mark.size() - 1] == 'c');
    CHECK(config::excerpt_of(line, 1).line == std::string(100, 'a') + "...");
}
