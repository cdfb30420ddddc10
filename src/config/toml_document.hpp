#pragma once

#include "config/report.hpp"
#include "config/toml_value.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace config {

class TomlDocument;

/// One value of a TOML file; refers to its document, which outlives it.
class TomlNode {
public:
    [[nodiscard]] TomlKind kind() const;
    /// "text", "a table", … for messages about a value of another kind than expected.
    [[nodiscard]] std::string_view kind_text() const;
    /// Where it begins.
    [[nodiscard]] Place place() const;
    /// Where its key begins, if that is the first word of the line; else as place().
    [[nodiscard]] Place place_of_key(std::string_view key) const;

    // Each asserts that the value is of its kind.
    [[nodiscard]] std::string text() const;
    [[nodiscard]] std::int64_t whole_number() const;
    [[nodiscard]] bool boolean() const;
    [[nodiscard]] std::vector<TomlNode> items() const;
    /// Sorted by key.
    [[nodiscard]] std::vector<std::pair<std::string, TomlNode>> entries() const;

private:
    friend class TomlDocument;
    TomlNode(const TomlDocument& document, const TomlValue* value)
        : document_(&document), value_(value) {}

    const TomlDocument* document_;
    const TomlValue* value_;
};

/// A TOML text as values with places.
class TomlDocument {
public:
    /// Reads a normalized text; nullopt after an error, which has been reported.
    [[nodiscard]] static std::optional<TomlDocument> parse(std::string text, Report& report);

    [[nodiscard]] TomlNode root() const;

private:
    friend class TomlNode;
    TomlDocument(std::string text, TomlValue root);

    /// Which line a byte is in, counted from 1.
    [[nodiscard]] std::size_t line_of(std::size_t offset) const;
    [[nodiscard]] Place place_at_offset(std::size_t offset) const;

    std::string text_;
    std::vector<std::size_t> line_starts_;
    TomlValue root_;
};

}  // namespace config
