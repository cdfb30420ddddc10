#include "config/toml_parse.hpp"

#include <exception>
#include <sstream>
#include <string_view>

namespace config {

namespace {

bool tells_of_duplicate(std::string_view message) {
    return message.find("already") != std::string_view::npos;
}

#if TOML11_VERSION_MAJOR >= 4

TomlRefusal refusal_of(const toml::syntax_error& error) {
    if (error.errors().empty() || error.errors().front().locations().empty()) {
        return {};
    }
    const toml::error_info& first = error.errors().front();
    return {first.locations().front().first.first_line_number(), tells_of_duplicate(first.title())};
}

#else

TomlRefusal refusal_of(const toml::syntax_error& error) {
    return {error.location().line(), tells_of_duplicate(error.what())};
}

#endif

}  // namespace

std::expected<toml::value, TomlRefusal> parse_toml(const std::string& text) {
    try {
        std::istringstream stream(text);
        return toml::parse(stream);
    } catch (const toml::syntax_error& error) {
        return std::unexpected(refusal_of(error));
    } catch (const std::exception&) {
        return std::unexpected(TomlRefusal{});
    }
}

#if TOML11_VERSION_MAJOR >= 4

TomlLocation location_of(const toml::value& value) {
    const toml::source_location location = value.location();
    return {location.first_line_number(), location.first_column_number()};
}

#else

TomlLocation location_of(const toml::value& value) {
    const toml::source_location location = value.location();
    return {location.line(), location.column()};
}

#endif

}  // namespace config
