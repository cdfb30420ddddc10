#include "config/toml_document.hpp"

#include "config/text.hpp"
#include "config/toml_parse.hpp"
#include "config/toml_shape.hpp"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <memory>
#include <utility>

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

const toml::value& to_value(const void* value) {
    return *static_cast<const toml::value*>(value);
}

}  // namespace

struct TomlDocument::Root {
    toml::value value;
};

TomlKind TomlNode::kind() const {
    const toml::value& value = to_value(value_);
    if (value.is_table()) {
        return TomlKind::table;
    }
    if (value.is_array()) {
        return TomlKind::list;
    }
    if (value.is_string()) {
        return TomlKind::text;
    }
    if (value.is_integer()) {
        return TomlKind::whole_number;
    }
    return value.is_boolean() ? TomlKind::boolean : TomlKind::other;
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
    return to_value(value_).is_floating() ? "a number with decimals" : "a date";
}

Place TomlNode::place() const {
    const TomlLocation location = location_of(to_value(value_));
    return document_->place_at_line(location.line, location.column);
}

Place TomlNode::place_of_key(std::string_view key) const {
    const std::size_t line = location_of(to_value(value_)).line;
    const std::string_view text = document_->text_;
    const std::size_t word =
        std::min(text.find_first_not_of(" \t", offset_of_line(text, line)), text.size());
    return text.substr(word).starts_with(key) ? place_at(text, word) : place();
}

std::string TomlNode::text() const {
    assert(kind() == TomlKind::text);
    return toml::get<std::string>(to_value(value_));
}

std::int64_t TomlNode::whole_number() const {
    assert(kind() == TomlKind::whole_number);
    return to_value(value_).as_integer();
}

bool TomlNode::boolean() const {
    assert(kind() == TomlKind::boolean);
    return to_value(value_).as_boolean();
}

std::vector<TomlNode> TomlNode::items() const {
    assert(kind() == TomlKind::list);
    std::vector<TomlNode> result;
    for (const toml::value& item : to_value(value_).as_array()) {
        result.push_back(TomlNode(*document_, &item));
    }
    return result;
}

std::vector<std::pair<std::string, TomlNode>> TomlNode::entries() const {
    assert(kind() == TomlKind::table);
    std::vector<std::pair<std::string, TomlNode>> result;
    for (const auto& [key, value] : to_value(value_).as_table()) {
        result.emplace_back(key, TomlNode(*document_, &value));
    }
    std::ranges::sort(result, {}, [](const auto& entry) { return entry.first; });
    return result;
}

TomlDocument::TomlDocument(std::string text, std::unique_ptr<Root> root)
    : text_(std::move(text)), root_(std::move(root)) {}

TomlDocument::TomlDocument(TomlDocument&&) noexcept = default;
TomlDocument::~TomlDocument() = default;

TomlNode TomlDocument::root() const {
    return {*this, &root_->value};
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
    return TomlDocument(std::move(text), std::make_unique<Root>(std::move(*root)));
}

Place TomlDocument::place_at_line(std::size_t line, std::size_t column) const {
    return place_at(text_, std::min(offset_of_line(text_, line) + column - 1, text_.size()));
}

}  // namespace config
