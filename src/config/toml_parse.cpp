#include "config/toml_parse.hpp"

#include <toml.hpp>

#include <algorithm>
#include <exception>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace config {

namespace {

/// The lines of a text, to find bytes by line and column.
class Lines {
public:
    explicit Lines(std::string_view text) : starts_{0}, size_(text.size()) {
        for (std::size_t newline = text.find('\n'); newline != std::string_view::npos;
             newline = text.find('\n', newline + 1)) {
            starts_.push_back(newline + 1);
        }
    }

    /// Both are counted from 1, columns in bytes.
    [[nodiscard]] std::size_t offset_of(std::size_t line, std::size_t column) const {
        const std::size_t start = starts_[std::clamp<std::size_t>(line, 1, starts_.size()) - 1];
        return std::min(start + std::max<std::size_t>(column, 1) - 1, size_);
    }

private:
    std::vector<std::size_t> starts_;
    std::size_t size_;
};

bool tells_of_duplicate(std::string_view message) {
    return message.find("already") != std::string_view::npos;
}

// The versions of toml11 agree on the line of a mistake and on what is wrong, not on the column and
// the words.
#if TOML11_VERSION_MAJOR >= 4

TomlRefusal refusal_of(const toml::syntax_error& error, const Lines& lines) {
    if (error.errors().empty() || error.errors().front().locations().empty()) {
        return {};
    }
    const toml::error_info& first = error.errors().front();
    return {lines.offset_of(first.locations().front().first.first_line_number(), 1),
            tells_of_duplicate(first.title())};
}

std::size_t offset_of(const toml::value& value, const Lines& lines) {
    const toml::source_location location = value.location();
    return lines.offset_of(location.first_line_number(), location.first_column_number());
}

#else

TomlRefusal refusal_of(const toml::syntax_error& error, const Lines& lines) {
    return {lines.offset_of(error.location().line(), 1), tells_of_duplicate(error.what())};
}

/// value.location() counts the lines from the beginning each time; the region knows its byte.
std::size_t offset_of(const toml::value& value, const Lines& lines) {
    const auto* const region =
        dynamic_cast<const toml::detail::region*>(toml::detail::get_region(value));
    if (region != nullptr) {
        return static_cast<std::size_t>(region->first() - region->begin());
    }
    const toml::source_location location = value.location();
    return lines.offset_of(location.line(), location.column());
}

#endif

/// A value of toml11 as one of ours. Shape errors have been told, so it is not nested deeply.
TomlValue to_value(const toml::value& found, const Lines& lines) {
    TomlValue value;
    value.offset = offset_of(found, lines);
    if (found.is_table()) {
        for (const auto& [key, entry] : found.as_table()) {
            value.entries.emplace(key, to_value(entry, lines));
        }
    } else if (found.is_array()) {
        value.kind = TomlKind::list;
        for (const toml::value& item : found.as_array()) {
            value.items.push_back(to_value(item, lines));
        }
    } else if (found.is_string()) {
        value.kind = TomlKind::text;
        value.text = toml::get<std::string>(found);
    } else if (found.is_integer()) {
        value.kind = TomlKind::whole_number;
        value.number = found.as_integer();
    } else if (found.is_boolean()) {
        value.kind = TomlKind::boolean;
        value.boolean = found.as_boolean();
    } else {
        value.kind = found.is_floating() ? TomlKind::decimals : TomlKind::date;
    }
    return value;
}

}  // namespace

std::expected<TomlValue, TomlRefusal> parse_toml(std::string_view text) {
    const Lines lines(text);
    try {
        std::istringstream stream{std::string(text)};
        return to_value(toml::parse(stream), lines);
    } catch (const toml::syntax_error& error) {
        return std::unexpected(refusal_of(error, lines));
    } catch (const std::exception&) {
        return std::unexpected(TomlRefusal{});
    }
}

}  // namespace config
