#include "config/toml_document.hpp"

#include "config/text.hpp"
#include "config/toml_parse.hpp"
#include "config/toml_shape.hpp"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <utility>

namespace config {

namespace {

/// Where each line begins; the first one at 0.
std::vector<std::size_t> find_line_starts(std::string_view text) {
    std::vector<std::size_t> starts = {0};
    for (std::size_t newline = text.find('\n'); newline != std::string_view::npos;
         newline = text.find('\n', newline + 1)) {
        starts.push_back(newline + 1);
    }
    return starts;
}

void report_refusal(std::string_view text, const TomlRefusal& refusal, Report& report) {
    report.error(place_at(text, refusal.offset), refusal.is_duplicate
                                                     ? "this key or table stands in the file twice"
                                                     : "this is not valid TOML");
}

}  // namespace

TomlKind TomlNode::kind() const {
    return value_->kind;
}

std::string_view TomlNode::kind_text() const {
    switch (kind()) {
        case TomlKind::table: return "a table";
        case TomlKind::list: return "a list";
        case TomlKind::text: return "text";
        case TomlKind::whole_number: return "a number";
        case TomlKind::boolean: return "a boolean";
        case TomlKind::decimals: return "a number with decimals";
        case TomlKind::date: break;
    }
    return "a date";
}

Place TomlNode::place() const {
    return document_->place_at_offset(value_->offset);
}

Place TomlNode::place_of_key(std::string_view key) const {
    const std::string_view text = document_->text_;
    const std::size_t offset = value_->offset;
    const std::size_t start = document_->line_starts_[document_->line_of(offset) - 1];
    const std::size_t word = std::min(text.find_first_not_of(" \t", start), text.size());
    return text.substr(word).starts_with(key) ? document_->place_at_offset(word) : place();
}

std::string TomlNode::text() const {
    assert(kind() == TomlKind::text);
    return value_->text;
}

std::int64_t TomlNode::whole_number() const {
    assert(kind() == TomlKind::whole_number);
    return value_->number;
}

bool TomlNode::boolean() const {
    assert(kind() == TomlKind::boolean);
    return value_->boolean;
}

std::vector<TomlNode> TomlNode::items() const {
    assert(kind() == TomlKind::list);
    std::vector<TomlNode> result;
    for (const TomlValue& item : value_->items) {
        result.push_back(TomlNode(*document_, &item));
    }
    return result;
}

std::vector<std::pair<std::string, TomlNode>> TomlNode::entries() const {
    assert(kind() == TomlKind::table);
    std::vector<std::pair<std::string, TomlNode>> result;
    for (const auto& [key, value] : value_->entries) {
        result.emplace_back(key, TomlNode(*document_, &value));
    }
    return result;
}

TomlDocument::TomlDocument(std::string text, TomlValue root)
    : text_(std::move(text)), line_starts_(find_line_starts(text_)), root_(std::move(root)) {}

TomlNode TomlDocument::root() const {
    return {*this, &root_};
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

std::size_t TomlDocument::line_of(std::size_t offset) const {
    const auto next = std::ranges::upper_bound(line_starts_, offset);
    return static_cast<std::size_t>(next - line_starts_.begin());
}

Place TomlDocument::place_at_offset(std::size_t offset) const {
    const std::size_t line = line_of(offset);
    const std::string_view rest = std::string_view(text_).substr(line_starts_[line - 1]);
    return {line, place_at(rest, offset - line_starts_[line - 1]).column};
}

}  // namespace config
