#include "catch2.hpp"
#include "config/conversion.hpp"
#include "config/load.hpp"
#include "config/sameness.hpp"
#include "config/toml_printer.hpp"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

// What is read, printed and read again is the same.

namespace {

namespace fs = std::filesystem;

const fs::path source_root = SOURCE_ROOT;
const std::string host = "lb-master.example.com";

/// With scripts of several users, and two FIFOs.
constexpr const char* unsayable = "state-scripts.conf";

/// All files of the project that are configurations.
std::vector<fs::path> files() {
    std::vector<fs::path> paths;
    for (const fs::path& folder :
         {source_root / "test" / "golden", source_root / "conf",
          source_root / "conf" / "keepalived", source_root.parent_path() / "shared" / "mission"}) {
        if (!fs::exists(folder)) {
            continue;
        }
        for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
            const fs::path extension = entry.path().extension();
            if ((extension == ".toml" || extension == ".conf") &&
                entry.path().filename() != "nginx.conf" && entry.path().filename() != unsayable) {
                paths.push_back(entry.path());
            }
        }
    }
    std::ranges::sort(paths);
    return paths;
}

std::string content_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

std::string messages(const config::Diagnostics& diagnostics) {
    std::string text;
    for (const config::Diagnostic& diagnostic : diagnostics) {
        text += config::to_text(diagnostic) + '\n';
    }
    return text;
}

}  // namespace

TEST_CASE("what is printed of a configuration reads as the same one", "[golden]") {
    std::size_t count = 0;
    for (const fs::path& path : files()) {
        const config::Loaded first = config::load(path.string(), host);
        if (!first.config) {
            continue;
        }
        ++count;
        for (const bool with_defaults : {false, true}) {
            const config::TomlWish wish{.with_defaults = with_defaults};
            const std::string printed = config::print_toml(*first.config, host, wish);
            INFO(path.filename().string() << ":\n" << printed);

            const config::Loaded second = config::load_text("printed.toml", printed, host);

            INFO(messages(second.diagnostics));
            REQUIRE(second.config);
            CHECK(config::means_same(*first.config, *second.config));
            CHECK(config::print_toml(*second.config, host, wish) == printed);
        }
    }
    CHECK(count >= 40);
}

TEST_CASE("each file that is good becomes TOML, which becomes itself", "[golden]") {
    std::size_t count = 0;
    for (const fs::path& path : files()) {
        if (!config::load(path.string(), host).config) {
            continue;
        }
        ++count;
        const config::Conversion first = config::convert({host, path.string(), content_of(path)});
        INFO(path.filename().string() << ":\n" << first.text << messages(first.diagnostics));
        REQUIRE_FALSE(config::has_errors(first.diagnostics));

        const config::Conversion second = config::convert({host, "a.toml", first.text});

        INFO(messages(second.diagnostics));
        CHECK(second.text == first.text);
    }
    CHECK(count >= 40);
}

TEST_CASE("what TOML can't say is told, and nothing is given out", "[golden]") {
    const fs::path path = source_root / "test" / "golden" / unsayable;

    const config::Conversion conversion = config::convert({host, path.string(), content_of(path)});

    CHECK(conversion.text.empty());
    CHECK(messages(conversion.diagnostics)
              .find("TOML can't say what this file says for host " + host +
                    ": the state scripts of router VI_1 run as several users") !=
          std::string::npos);
}

TEST_CASE("the files that Understudy was made for become one", "[golden]") {
    const fs::path folder = source_root / "conf" / "keepalived";
    std::vector<config::ConversionInput> inputs;
    for (const std::string name : {"lb-master", "lb-backup"}) {
        const fs::path path = folder / (name + ".conf");
        inputs.push_back({name, path.string(), content_of(path)});
    }

    const config::Conversion merged = config::convert_merged(inputs);

    INFO(messages(merged.diagnostics));
    CHECK(merged.text.find("priority  = { lb-master = 100, lb-backup = 90 }") != std::string::npos);
}

TEST_CASE("what is shown of a configuration tells no secret", "[golden]") {
    const std::string text =
        "[check.a]\nhttp = \"https://admin:sesame@127.0.0.1/\"\n"
        "headers = [\"Authorization: Bearer sesame\"]\n"
        "[router.a]\ninterface = \"eth0\"\nvrid = 1\naddresses = [\"10.0.0.1/24\"]\n"
        "password = \"sesame\"\nchecks = [\"a\"]\n"
        "[router.b]\ninterface = \"eth0\"\nvrid = 2\naddresses = [\"10.0.0.2/24\"]\nversion = 3\n"
        "hmac = { keys = { 1 = \"text:sesame-sesame-sesame-sesame-sesame\" } }\n";
    const config::Loaded loaded = config::load_text("a.toml", text, host);
    INFO(messages(loaded.diagnostics));
    REQUIRE(loaded.config);

    const std::string shown =
        config::print_toml(*loaded.config, host, {.with_defaults = true, .with_secrets = false});
    const std::string all =
        config::print_toml(*loaded.config, host, {.with_defaults = true, .with_secrets = true});

    CHECK(shown.find("sesame") == std::string::npos);
    CHECK(shown.find("headers             = [\"Authorization: …\"]") != std::string::npos);
    CHECK(shown.find("password") != std::string::npos);
    CHECK(all.find("password               = \"sesame\"") != std::string::npos);
}
