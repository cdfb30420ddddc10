#include "config/toml_document.hpp"

#include "config/text.hpp"
#include "config/toml_shape.hpp"

#include <algorithm>
#include <cassert>
#include <cstddef>

namespace config {

namespace {

/// Where a line begins, or the end of the text if it has fewer lines.
std::size_t offset_of_line(std::string_view text, std::size_t line) {
    std::size_t offset = 0;
    for (std::size_t count = 1; count < line; ++count) {
        const std::size_t newline = text.find('\n', offset);
        if (newline == std::string_view::npos) {
            return text.size();
        }
        offset = newline + 1;
    }
    return offset;
}

/// The place of the first word of a line.
Place place_of_line(std::string_view text, std::size_t line) {
    const std::size_t offset = text.find_first_not_of(" \t", offset_of_line(text, line));
    return place_at(text, std::min(offset, text.size()));
}

void report_refusal(std::string_view text, const TomlRefusal& refusal, Report& report) {
    const Place place = refusal.line == 0 ? Place{} : place_of_line(text, refusal.line);
    if (refusal.is_duplicate) {
        report.error(place, "this key or table stands in the file twice");
    } else {
        report.error(place, "this is not valid TOML");
    }
}

}  // namespace

TomlKind TomlNode::kind() const {
    if (value_->is_table()) {
        return TomlKind::table;
    }
    if (value_->is_array()) {
        return TomlKind::list;
    }
    if (value_->is_string()) {
        return TomlKind::text;
    }
    if (value_->is_integer()) {
        return TomlKind::whole_number;
    }
    return value_->is_boolean() ? TomlKind::boolean : TomlKind::other;
}

std::string_view TomlNode::kind_text() const {
    switch (kind()) {
        case TomlKind::table: return "a table";
        case TomlKind::list: return "a list";
        case TomlKind::text: return "text";
        case TomlKind::whole_number: return "a number";
        case TomlKind::boolean: return "a boolean";
        case TomlKind::other: break;
    }
    return value_->is_floating() ? "a number with decimals" : "a date";
}

Place TomlNode::place() const {
    return document_->place_of(*value_);
}

std::string TomlNode::text() const {
    assert(value_->is_string());
    return toml::get<std::string>(*value_);
}

std::int64_t TomlNode::whole_number() const {
    assert(value_->is_integer());
    return value_->as_integer();
}

bool TomlNode::boolean() const {
    assert(value_->is_boolean());
    return value_->as_boolean();
}

std::vector<TomlNode> TomlNode::items() const {
    assert(value_->is_array());
    std::vector<TomlNode> result;
    for (const toml::value& item : value_->as_array()) {
        result.emplace_back(*document_, item);
    }
    return result;
}

std::vector<std::pair<std::string, TomlNode>> TomlNode::entries() const {
    assert(value_->is_table());
    std::vector<std::pair<std::string, TomlNode>> result;
    for (const auto& [key, value] : value_->as_table()) {
        result.emplace_back(key, TomlNode(*document_, value));
    }
    std::ranges::sort(result, {}, [](const auto& entry) { return entry.first; });
    return result;
}

std::optional<TomlDocument> TomlDocument::parse(std::string text, Report& report) {
    if (const auto error = find_shape_error(text)) {
        report.error(place_at(text, error->offset), error->complaint);
        return std::nullopt;
    }
    auto root = parse_toml(text);
    if (!root) {
        report_refusal(text, root.error(), report);
        return std::nullopt;
    }
    return TomlDocument(std::move(text), std::move(*root));
}

Place TomlDocument::place_of(const toml::value& value) const {
    const TomlLocation location = location_of(value);
    const std::size_t line = offset_of_line(text_, location.line);
    return place_at(text_, std::min(line + location.column - 1, text_.size()));
}

}  // namespace config
