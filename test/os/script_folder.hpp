#pragma once

#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <string>

#include "temporary_folder.hpp"

namespace os_test {

/// A temporary folder for scripts, in which every user may write.
class ScriptFolder {
public:
    ScriptFolder() { chmod(folder_.path().c_str(), 0777); }

    /// An executable script of that text; its path.
    [[nodiscard]] std::string script(const std::string& name, const std::string& text) const {
        return file(name, text, 0755);
    }
    [[nodiscard]] std::string file(const std::string& name, const std::string& text,
                                   mode_t mode) const {
        std::ofstream(path(name)) << text;
        chmod(path(name).c_str(), mode);
        return path(name);
    }
    [[nodiscard]] std::string path(const std::string& name) const {
        return folder_.path() + "/" + name;
    }
    /// Whether there is a file that holds a whole line.
    [[nodiscard]] bool has(const std::string& name) const { return read(name).ends_with('\n'); }
    /// What a file holds; empty where there is none.
    [[nodiscard]] std::string read(const std::string& name) const {
        std::ifstream stream(path(name));
        return {std::istreambuf_iterator<char>(stream), {}};
    }

private:
    TemporaryFolder folder_;
};

}  // namespace os_test
