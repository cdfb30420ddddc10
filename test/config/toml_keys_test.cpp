#include "config/toml_keys.hpp"
#include "reading.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

namespace {

using config::TomlForm;
using config::TomlKey;
using config::TomlSectionKind;

const std::string router =
    "[router.a]\ninterface = \"eth0\"\nvrid = 1\naddresses = [\"10.0.0.1/24\"]\n";

std::string_view first_word(std::string_view words) {
    return words.substr(0, words.find(' '));
}

/// The example of a key, as it stands in a file.
std::string example_of(TomlSectionKind section, std::string_view key) {
    for (const TomlKey& candidate : config::toml_keys(section)) {
        if (candidate.key == key && candidate.example.size() > 2) {
            return std::string(candidate.example.substr(1, candidate.example.size() - 2));
        }
    }
    return "";
}

/// A file in which this key has this value, if its table is one of those that a test can write.
std::string file_with(const TomlKey& key, const std::string& value) {
    const std::string line = fmt::format("{} = {}\n", key.key, value);
    const bool is_required = key.key == "vrid" || key.key == "interface" || key.key == "addresses";
    if (key.section == TomlSectionKind::router && !is_required) {
        return router + line;
    }
    if (key.section == TomlSectionKind::daemon) {
        return router + "[daemon]\n" + line;
    }
    if (key.section != TomlSectionKind::check || key.key == "at_least") {
        return "";
    }
    const std::string lead(key.probes.empty()   ? "script"
                           : key.key == "match" ? "command_line"
                                                : first_word(key.probes));
    const std::string probe =
        lead == key.key ? "" : fmt::format("{} = {}\n", lead, example_of(key.section, lead));
    return router + "[check.x]\n" + probe + line;
}

}  // namespace

TEST_CASE("the readers take the numbers and choices that the table of keys tells", "[config]") {
    std::size_t count = 0;
    for (const TomlSectionKind section :
         {TomlSectionKind::router, TomlSectionKind::check, TomlSectionKind::daemon}) {
        for (const TomlKey& key : config::toml_keys(section)) {
            const bool is_whole = key.form == TomlForm::whole;
            const std::string text =
                file_with(key, is_whole ? std::to_string(key.last + 1) : "\"no such thing\"");
            if (text.empty() || (!is_whole && key.form != TomlForm::choice)) {
                continue;
            }
            ++count;
            const std::string told = messages("a.toml", text);
            INFO(text << told);
            if (is_whole) {
                CHECK(told.contains(fmt::format("from {} to {}", key.first, key.last)));
                continue;
            }
            for (std::string_view rest = key.choices; !rest.empty();) {
                const std::string_view choice = rest.substr(0, rest.find('|'));
                CHECK(told.contains(fmt::format("\"{}\"", choice)));
                rest.remove_prefix(std::min(choice.size() + 1, rest.size()));
            }
        }
    }
    CHECK(count > 20);
}

TEST_CASE("a key of another probe is told as such", "[config]") {
    const std::string text =
        router + "checks = [\"x\"]\n[check.x]\nprocess = \"nginx\"\nport = 1\n";

    const config::Loaded loaded = config::load_text("a.toml", text, "lb-master");

    REQUIRE(loaded.diagnostics.size() == 1);
    CHECK(loaded.diagnostics.front().message == "unknown key \"port\" in check x");
    CHECK(loaded.diagnostics.front().advice == "it is for checks with udp, dns");
}
