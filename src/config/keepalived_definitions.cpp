#include "config/keepalived_definitions.hpp"

#include <algorithm>

namespace config {

namespace {

constexpr std::size_t longest_words = 200;

bool is_letter(char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '_';
}

/// The name at the beginning of a text; empty where there is none.
std::string_view leading_name(std::string_view text) {
    if (text.empty() || !is_letter(text.front())) {
        return {};
    }
    const auto end = std::ranges::find_if_not(
        text, [](char letter) { return is_letter(letter) || (letter >= '0' && letter <= '9'); });
    return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

}  // namespace

std::optional<DefinitionMention> find_mention(std::string_view text) {
    if (!text.starts_with('$')) {
        return std::nullopt;
    }
    DefinitionMention mention;
    mention.has_braces = text.starts_with("${");
    mention.name = leading_name(text.substr(mention.has_braces ? 2 : 1));
    if (mention.name.empty()) {
        return std::nullopt;
    }
    if (!mention.has_braces) {
        mention.size = 1 + mention.name.size();
        const std::string_view behind = text.substr(mention.size);
        mention.is_replaced =
            behind.empty() || std::string_view(" \t,)").find(behind.front()) != behind.npos;
        return mention;
    }
    const std::string_view behind = text.substr(2 + mention.name.size());
    const bool has_words = behind.starts_with(' ');
    const std::size_t end = behind.substr(0, has_words ? longest_words : 1).find('}');
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    mention.words = behind.substr(0, end);
    mention.size = 2 + mention.name.size() + end + 1;
    return mention;
}

std::string_view defined_name(std::string_view text) {
    if (!text.starts_with('$')) {
        return {};
    }
    const std::string_view name = leading_name(text.substr(1));
    return text.substr(1 + name.size()).starts_with('=') ? name : std::string_view();
}

}  // namespace config
