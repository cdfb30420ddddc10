#include "config/report.hpp"
#include "reading.hpp"

#include <array>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

// Texts that nobody means well with, and texts that end too early. What is asked for is that they
// are refused, soon, and with words.

namespace {

namespace fs = std::filesystem;

constexpr std::size_t just_below_limit = 250UL * 1024UL;

std::string repeated(const std::string& part, std::size_t size = just_below_limit) {
    std::string result;
    while (result.size() + part.size() <= size) {
        result += part;
    }
    return result;
}

std::string content_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream content;
    content << file.rdbuf();
    return content.str();
}

void check_refused(const std::string& path, const std::string& text) {
    const config::Loaded loaded = config::load_text(path, text, "lb-master");
    CHECK_FALSE(loaded.config);
    CHECK(config::has_errors(loaded.diagnostics));
    CHECK(loaded.diagnostics.size() <=
          config::Report::max_errors + config::Report::max_warnings + 2);
}

}  // namespace

TEST_CASE("a megabyte of braces is refused", "[config]") {
    check_refused("a.conf", std::string(1024UL * 1024UL, '{'));
    check_refused("a.toml", std::string(1024UL * 1024UL, '{'));
}

TEST_CASE("text without end or sense is refused in either format", "[config]") {
    const std::vector<std::string> parts = {
        "{",   "}",     "{}",  "a {\n", "}\n",    "[",     "]",     "[[",       "a.", "a=", "a=[",
        "a={", "a={a=", "\"",  "'",     "\"\"\"", "$",     "${",    "@",        "!",  "\\", "\n",
        "a\n", "a b\n", "=\n", "0",     "a=1\n",  "[a]\n", "\"\" ", "a = 0x\n", "\t"};
    constexpr std::size_t size = 16UL * 1024UL;
    for (const std::string& part : parts) {
        for (const std::string path : {"a.conf", "a.toml", "a"}) {
            INFO(path << ": " << part);
            check_refused(path, repeated(part, size));
            check_refused(path, "a = " + repeated(part, size));
            check_refused(path, "vrrp_instance a {\n" + repeated(part, size));
        }
    }
}

TEST_CASE("entries of a keepalived.conf in a great number are refused", "[config]") {
    const auto within = [](const std::string& block, const std::string& entry) {
        return "vrrp_instance a {\n" + block + " {\n" + repeated(entry) + "}\n}\n";
    };
    check_refused("a.conf", within("virtual_ipaddress", "fe80::1\n"));
    check_refused("a.conf", within("unicast_peer", "fe80::1\n"));
    check_refused("a.conf", within("auth_hmac", "key 1 x\n"));
    check_refused("a.conf", within("auth_hmac", "key 1 file:/etc/passwd\n"));
    check_refused("a.conf", "vrrp_sync_group a {\ngroup {\n" + repeated("a ") + "\n}\n}\n");
    check_refused("a.conf", repeated("vrrp_sync_group a {\ngroup {\na\n}\n}\n"));
}

TEST_CASE("values in a great number are refused", "[config]") {
    check_refused("a.toml", "[router.a]\nchecks = [\n" + repeated("1,\n") + "]\n");
    check_refused("a.toml", "[router.a]\naddresses = [\n" + repeated("\"x\",\n") + "]\n");
    check_refused("a.toml", "[router.a]\nunicast = [\n" + repeated("{},\n") + "]\n");
    check_refused("a.toml", "[check.a]\nscript = [\n" + repeated("1,\n") + "]\n");
    std::string hosts = "[router.a.priority]\n";
    std::string routers;
    std::string keys = "[router.a]\n";
    for (int count = 0; hosts.size() < just_below_limit; ++count) {
        hosts += "h" + std::to_string(count) + " = \"x\"\n";
        routers += "[router.r" + std::to_string(count) + "]\n";
        keys += "k" + std::to_string(count) + " = 1\n";
    }
    check_refused("a.toml", "[router.a.hmac.keys]\n" + hosts.substr(hosts.find('\n') + 1));
    check_refused("a.toml", hosts);
    check_refused("a.toml", routers.substr(0, just_below_limit));
    check_refused("a.toml", keys.substr(0, just_below_limit));
}

TEST_CASE("an example that ends at any byte is read or refused, and the reader lives", "[config]") {
    const fs::path root = SOURCE_ROOT;
    for (const fs::path& path :
         {root / "conf" / "understudy.toml", root / "conf" / "keepalived" / "lb-master.conf",
          root / "test" / "golden" / "every-key.toml",
          root / "test" / "golden" / "every-keyword.conf"}) {
        const std::string text = content_of(path);
        REQUIRE_FALSE(text.empty());
        for (std::size_t size = 0; size <= text.size(); ++size) {
            const config::Loaded loaded =
                config::load_text(path.filename().string(), text.substr(0, size), "lb-master");
            CHECK(loaded.config.has_value() != config::has_errors(loaded.diagnostics));
        }
    }
}

TEST_CASE("an example with any byte changed is read or refused, and the reader lives", "[config]") {
    const fs::path root = SOURCE_ROOT;
    constexpr std::array<char, 12> replacements = {'"', '\'', '[',  ']', '{', '}',
                                                   '=', '\\', '\n', '#', '.', '\xFF'};
    for (const fs::path& path :
         {root / "conf" / "understudy.toml", root / "conf" / "keepalived" / "lb-master.conf"}) {
        const std::string text = content_of(path);
        for (std::size_t offset = 0; offset < text.size(); ++offset) {
            std::string changed = text;
            changed[offset] = replacements[offset % replacements.size()];
            const config::Loaded loaded =
                config::load_text(path.filename().string(), changed, "lb-master");
            CHECK(loaded.config.has_value() != config::has_errors(loaded.diagnostics));
        }
    }
}
