#include "config/toml_writing.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace config {

namespace {

constexpr std::size_t longest_list = 80;

bool is_bare(std::string_view key) {
    return !key.empty() && std::ranges::all_of(key, [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
               (letter >= '0' && letter <= '9') || letter == '_' || letter == '-';
    });
}

void write_comments(const std::vector<std::string>& comments, std::string& text) {
    for (const std::string& comment : comments) {
        text += comment.empty() ? "#\n" : fmt::format("# {}\n", comment);
    }
}

std::string behind(const std::string& remark) {
    return remark.empty() ? "\n" : fmt::format("  # {}\n", remark);
}

void write_table(const TomlTable& table, const TomlWish& wish, std::string& text) {
    std::vector<std::string> path;
    for (const std::string& part : table.path) {
        path.push_back(toml_key(part));
    }
    write_comments(table.comments, text);
    text += fmt::format("[{}]{}", fmt::join(path, "."), behind(table.remark));
    const auto is_written = [&wish](const TomlEntry& entry) {
        return wish.with_defaults || !entry.is_default;
    };
    std::size_t width = 0;
    for (const TomlEntry& entry : table.entries) {
        width = is_written(entry) ? std::max(width, entry.key.size()) : width;
    }
    for (const TomlEntry& entry : table.entries) {
        if (!is_written(entry)) {
            continue;
        }
        const bool is_hidden = !wish.with_secrets && !entry.shown.empty();
        write_comments(entry.comments, text);
        text += fmt::format("{:<{}} = {}{}", entry.key, width,
                            is_hidden ? entry.shown : entry.value, behind(entry.remark));
    }
}

}  // namespace

std::string write_toml(const std::vector<std::string>& comments,
                       const std::vector<TomlTable>& tables, const TomlWish& wish) {
    std::string text;
    write_comments(comments, text);
    for (const TomlTable& table : tables) {
        const bool is_empty = std::ranges::all_of(table.entries, [&wish](const TomlEntry& entry) {
            return entry.is_default && !wish.with_defaults;
        });
        // A table without keys says nothing; one with comments says those.
        if (is_empty && table.comments.empty() && table.remark.empty()) {
            continue;
        }
        text += text.empty() ? "" : "\n";
        write_table(table, wish, text);
    }
    return text;
}

std::string toml_quoted(std::string_view text) {
    std::string quoted = "\"";
    for (const char letter : text) {
        const auto byte = static_cast<unsigned char>(letter);
        if (letter == '"' || letter == '\\') {
            quoted += '\\';
            quoted += letter;
        } else if (letter == '\n') {
            quoted += "\\n";
        } else if (letter == '\t') {
            quoted += "\\t";
        } else if (letter == '\r') {
            quoted += "\\r";
        } else if (byte < 0x20 || byte == 0x7f) {
            quoted += fmt::format("\\u{:04x}", byte);
        } else {
            quoted += letter;
        }
    }
    return quoted + '"';
}

std::string toml_key(std::string_view key) {
    return is_bare(key) ? std::string(key) : toml_quoted(key);
}

std::string toml_list(const std::vector<std::string>& values) {
    std::string list = fmt::format("[{}]", fmt::join(values, ", "));
    if (list.size() <= longest_list || values.size() < 2) {
        return list;
    }
    return fmt::format("[\n    {},\n]", fmt::join(values, ",\n    "));
}

std::string toml_texts(const std::vector<std::string>& texts) {
    std::vector<std::string> values;
    for (const std::string& text : texts) {
        values.push_back(toml_quoted(text));
    }
    return toml_list(values);
}

std::string toml_duration(vrrp::Duration duration) {
    using std::chrono::microseconds;
    const std::int64_t count = std::chrono::floor<microseconds>(duration).count();
    if (count == 0) {
        return "\"0s\"";
    }
    if (count % 3'600'000'000 == 0) {
        return fmt::format("\"{}h\"", count / 3'600'000'000);
    }
    if (count % 60'000'000 == 0) {
        return fmt::format("\"{}m\"", count / 60'000'000);
    }
    if (count % 1'000'000 == 0) {
        return fmt::format("\"{}s\"", count / 1'000'000);
    }
    if (count % 1000 == 0 && count > 1'000'000) {
        // Trailing zeros of 1.500s say nothing.
        std::string seconds = fmt::format("{}.{:03}", count / 1'000'000, count / 1000 % 1000);
        seconds.erase(seconds.find_last_not_of('0') + 1);
        return fmt::format("\"{}s\"", seconds);
    }
    if (count % 1000 == 0) {
        return fmt::format("\"{}ms\"", count / 1000);
    }
    return fmt::format("\"{}.{:03}ms\"", count / 1000, count % 1000);
}

std::string toml_flag(bool flag) {
    return flag ? "true" : "false";
}

}  // namespace config
