#pragma once

#include "config/report.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
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
    [[nodiscard]] TomlKind kind() const;
    /// "text", "a table", … for messages about a value of another kind than expected.
    [[nodiscard]] std::string_view kind_text() const;
    /// Where it begins. Not cheap: toml11 counts lines; to be called for what is told or kept.
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
    TomlNode(const TomlDocument& document, const void* value)
        : document_(&document), value_(value) {}

    const TomlDocument* document_;
    const void*
        value_;  ///< a toml::value; only the source file knows toml11, which is slow to build
};

/// A TOML text as values with places.
class TomlDocument {
public:
    /// Reads a normalized text; nullopt after an error, which has been reported.
    [[nodiscard]] static std::optional<TomlDocument> parse(std::string text, Report& report);

    TomlDocument(TomlDocument&&) noexcept;
    ~TomlDocument();

    [[nodiscard]] TomlNode root() const;

private:
    friend class TomlNode;
    struct Root;
    TomlDocument(std::string text, std::unique_ptr<Root> root);

    [[nodiscard]] Place place_at_line(std::size_t line, std::size_t column) const;

    std::string text_;
    std::unique_ptr<Root> root_;
};

}  // namespace config
