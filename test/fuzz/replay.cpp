#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "catch2.hpp"
#include "fuzz/fuzz.hpp"

namespace fs = std::filesystem;

namespace {

std::vector<fs::path> files_of(const fs::path& folder) {
    std::vector<fs::path> files;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
        files.push_back(entry.path());
    }
    std::ranges::sort(files);
    return files;
}

std::vector<std::uint8_t> content_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    REQUIRE(file);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("every kept input leaves the target's promises unbroken", "[fuzz]") {
    const std::vector<fs::path> files = files_of(CORPUS_FOLDER);
    REQUIRE_FALSE(files.empty());
    for (const fs::path& path : files) {
        // Catch2 shows it when a broken promise aborts the program.
        INFO(path.string());
        const std::vector<std::uint8_t> content = content_of(path);
        CHECK(LLVMFuzzerTestOneInput(content.data(), content.size()) == 0);
    }
}
