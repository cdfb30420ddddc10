#pragma once

#include "config/report.hpp"
#include "config/toml_parse.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace config {

class TomlDocument;

enum class TomlKind : std::uint8_t { table, list, text, whole_number, boolean, other };

/// One value of a TOML file; refers to its document, which outlives it.
class TomlNode {
public:
    TomlNode(const TomlDocument& document, const toml::value& value)
        : document_(&document), value_(&value) {}

    [[nodiscard]] TomlKind kind() const;
    /// "text", "a table", … for messages about a value of another kind than expected.
    [[nodiscard]] std::string_view kind_text() const;
    /// Where it begins. Not cheap: toml11 counts lines; to be called for what is told or kept.
    [[nodiscard]] Place place() const;

    // Each asserts that the value is of its kind.
    [[nodiscard]] std::string text() const;
    [[nodiscard]] std::int64_t whole_number() const;
    [[nodiscard]] bool boolean() const;
    [[nodiscard]] std::vector<TomlNode> items() const;
    /// Sorted by key.
    [[nodiscard]] std::vector<std::pair<std::string, TomlNode>> entries() const;

private:
    const TomlDocument* document_;
    const toml::value* value_;
};

/// A TOML text as values with places.
class TomlDocument {
public:
    /// Reads a normalized text; nullopt after an error, which has been reported.
    [[nodiscard]] static std::optional<TomlDocument> parse(std::string text, Report& report);

    [[nodiscard]] TomlNode root() const { return {*this, root_}; }
    [[nodiscard]] Place place_of(const toml::value& value) const;

private:
    TomlDocument(std::string text, toml::value root)
        : text_(std::move(text)), root_(std::move(root)) {}

    std::string text_;
    toml::value root_;
};

}  // namespace config
