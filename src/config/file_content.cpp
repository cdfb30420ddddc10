#include "config/file_content.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace config {

std::expected<FileContent, std::string> load_content(const std::string& path, std::size_t longest) {
    std::error_code error;
    const std::filesystem::file_status status = std::filesystem::status(path, error);
    if (error) {
        return std::unexpected(error.message());
    }
    if (!std::filesystem::is_regular_file(status)) {
        return std::unexpected(std::filesystem::is_directory(status) ? "it is a directory"
                                                                     : "it is not a regular file");
    }
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return std::unexpected(std::generic_category().message(errno));
    }
    // Piece by piece: room for the longest would stay in the daemon's heap for a file of ten lines.
    std::string text;
    std::array<char, 16384> piece;
    while (file && text.size() <= longest) {
        const std::size_t wanted = std::min(piece.size(), longest + 1 - text.size());
        file.read(piece.data(), static_cast<std::streamsize>(wanted));
        text.append(piece.data(), static_cast<std::size_t>(file.gcount()));
    }
    if (file.bad()) {
        return std::unexpected(std::generic_category().message(errno));
    }
    using std::filesystem::perms;
    const bool is_public = (status.permissions() & perms::others_all) != perms::none;
    return FileContent{std::move(text), is_public};
}

}  // namespace config
