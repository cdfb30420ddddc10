#include "key_documents.hpp"
#include "catch2.hpp"
#include "config/toml_keys.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace {

namespace fs = std::filesystem;

const fs::path source_root = SOURCE_ROOT;

std::string content_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/// Compares a file with what it is to be, or makes it so where UPDATE_GOLDEN asks for that.
void compare(const fs::path& path, const std::string& wanted) {
    if (std::getenv("UPDATE_GOLDEN") != nullptr) {
        std::ofstream(path, std::ios::binary) << wanted;
    }
    INFO(path.string() << ": UPDATE_GOLDEN=1 makes it anew from src/config/toml_keys.cpp");
    CHECK(content_of(path) == wanted);
}

}  // namespace

TEST_CASE("the manual's tables of keys are those of the readers", "[golden]") {
    std::string manual;
    for (const std::string name : {"configuration.md", "checks.md"}) {
        const fs::path page = source_root / "docs" / name;
        compare(page, with_key_tables(content_of(page)));
        manual += content_of(page);
    }
    for (const config::TomlSectionKind section :
         {config::TomlSectionKind::router, config::TomlSectionKind::hmac,
          config::TomlSectionKind::check, config::TomlSectionKind::group,
          config::TomlSectionKind::daemon}) {
        for (const config::TomlKey& key : config::toml_keys(section)) {
            INFO(key.key);
            CHECK(manual.find("\n| `" + std::string(key.key) + "` |") != std::string::npos);
        }
    }
}

TEST_CASE("the schema for editors is made from the keys of the readers", "[golden]") {
    compare(source_root / "conf" / "understudy.schema.json", make_schema());
}
