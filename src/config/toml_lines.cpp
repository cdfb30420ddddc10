#include "config/toml_lines.hpp"

#include "config/report.hpp"
#include "config/toml_document.hpp"
#include "config/toml_section.hpp"

#include <utility>

namespace config {

namespace {

/// Goes through a file table by table.
class LineFinder {
public:
    TomlLines find(const TomlNode& root) {
        for (const auto& [section, node] : root.entries()) {
            if (node.kind() != TomlKind::table) {
                continue;
            }
            if (section == "daemon") {
                take_table({section}, node);
                continue;
            }
            for (const auto& [name, table] : node.entries()) {
                if (table.kind() == TomlKind::table) {
                    take_table({section, name}, table);
                }
            }
        }
        drop_short_names();
        return std::move(found_);
    }

private:
    void take_table(const std::vector<std::string>& path, const TomlNode& table) {
        add(path.back(), path, "", table.place().line);
        for (const auto& [key, node] : table.entries()) {
            const bool is_table = node.kind() == TomlKind::table;
            if (is_table && key == "hmac" && path.size() == 2) {
                std::vector<std::string> below = path;
                below.push_back(key);
                take_table(below, node);
                continue;
            }
            add(key, path, key, node.place().line);
            take_hosts(key, node);
        }
    }

    void add(const std::string& word, const std::vector<std::string>& path, const std::string& key,
             std::size_t line) {
        found_.lines.push_back({.line = line,
                                .word = word,
                                .line_class = LineClass::honoured,
                                .reason = {},
                                .path = path,
                                .key = key});
    }

    void take_hosts(const std::string& key, const TomlNode& node) {
        if (node.kind() == TomlKind::list) {
            for (const TomlNode& item : node.items()) {
                take_item(item);
            }
        }
        if (node.kind() != TomlKind::table) {
            return;
        }
        for (const auto& [name, value] : TomlSection::leaves(node)) {
            // Behind a host's name stands the number of a key.
            const std::size_t dot = key == "keys" ? name.rfind('.') : name.size();
            if (dot != std::string::npos) {
                found_.hosts.insert(name.substr(0, dot));
            }
            take_hosts(key, value);
        }
    }

    /// A table within a list has keys of its own.
    void take_item(const TomlNode& item) {
        if (item.kind() == TomlKind::table) {
            for (const auto& [key, value] : item.entries()) {
                take_hosts(key, value);
            }
        }
    }

    void drop_short_names() {
        std::set<std::string> short_names;
        for (const std::string& host : found_.hosts) {
            if (host.find('.') != std::string::npos) {
                short_names.insert(host.substr(0, host.find('.')));
            }
        }
        for (const std::string& name : short_names) {
            found_.hosts.erase(name);
        }
    }

    TomlLines found_;
};

}  // namespace

TomlLines find_toml_lines(const std::string& text) {
    Report report("");
    const auto document = TomlDocument::parse(text, report);
    return document ? LineFinder().find(document->root()) : TomlLines();
}

}  // namespace config
