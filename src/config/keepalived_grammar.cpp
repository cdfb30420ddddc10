#include "config/keepalived_grammar.hpp"

#include "vrrp/address.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace config {

namespace {

constexpr std::string_view repetition = "...";

/// An item of a grammar: words to choose from, or a part that may be left out.
struct Item {
    std::vector<std::string_view> choices;
    std::vector<Item> optional;  ///< where there is nothing to choose from
    bool is_repeated = false;
};

std::vector<Item> parse(std::string_view& rest) {
    std::vector<Item> items;
    while (!rest.empty()) {
        if (rest.front() == ' ') {
            rest.remove_prefix(1);
        } else if (rest.front() == ']') {
            rest.remove_prefix(1);
            return items;
        } else if (rest.front() == '[') {
            rest.remove_prefix(1);
            items.push_back({.choices = {}, .optional = parse(rest)});
        } else {
            std::string_view word = rest.substr(0, std::min(rest.find_first_of(" ]"), rest.size()));
            rest.remove_prefix(word.size());
            Item item;
            item.is_repeated = word.ends_with(repetition);
            word.remove_suffix(item.is_repeated ? repetition.size() : 0);
            while (!word.empty()) {
                const std::size_t size = std::min(word.find('|'), word.size());
                item.choices.push_back(word.substr(0, size));
                word.remove_prefix(std::min(size + 1, word.size()));
            }
            items.push_back(std::move(item));
        }
    }
    return items;
}

std::optional<std::int64_t> to_integer(std::string_view text) {
    std::int64_t number = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_whole = error == std::errc{} && stop == text.data() + text.size();
    return is_whole ? std::optional(number) : std::nullopt;
}

bool is_digits(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_seconds(std::string_view text) {
    const std::size_t point = std::min(text.find('.'), text.size());
    const std::string_view decimals = text.substr(std::min(point + 1, text.size()));
    return (is_digits(text.substr(0, point)) || point == 0) &&
           (is_digits(decimals) || point == text.size()) && !text.empty() && text != ".";
}

bool is_range(std::string_view choice) {
    return choice.find("..") != std::string_view::npos;
}

bool is_in_range(std::string_view range, std::string_view text) {
    const std::size_t dots = range.find("..");
    const auto first = to_integer(range.substr(0, dots));
    const auto last = to_integer(range.substr(dots + 2));
    const auto number = to_integer(text);
    return number && first && last && *number >= *first && *number <= *last;
}

bool fits(std::string_view choice, const std::string& text) {
    if (is_range(choice)) {
        return is_in_range(choice, text);
    }
    if (choice == "BOOL") {
        static constexpr std::string_view words[] = {"on", "off", "true", "false", "yes", "no"};
        return std::ranges::find(words, text) != std::end(words);
    }
    if (choice == "SECONDS") {
        return is_seconds(text);
    }
    if (choice == "NUMBER") {
        return is_digits(text);
    }
    if (choice == "IP") {
        return vrrp::IpAddress::from_text(text).has_value();
    }
    const bool is_any = choice.find_first_of("abcdefghijklmnopqrstuvwxyz") == std::string::npos &&
                        choice.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") != std::string::npos &&
                        choice.size() > 1;
    return is_any || choice == text;
}

bool fits(const Item& item, const std::string& text) {
    return std::ranges::any_of(item.choices,
                               [&text](std::string_view choice) { return fits(choice, text); });
}

using Words = std::span<const KeepalivedToken>;

bool matches(std::vector<Item> items, Words words) {
    if (items.empty()) {
        return words.empty();
    }
    const Item first = items.front();
    items.erase(items.begin());
    if (first.choices.empty()) {
        std::vector<Item> with = first.optional;
        with.insert(with.end(), items.begin(), items.end());
        return matches(std::move(with), words) || matches(std::move(items), words);
    }
    if (words.empty() || !fits(first, words.front().text)) {
        return false;
    }
    if (first.is_repeated) {
        return std::ranges::all_of(words.subspan(1), [&first](const KeepalivedToken& word) {
            return fits(first, word.text);
        });
    }
    return matches(std::move(items), words.subspan(1));
}

}  // namespace

bool matches_grammar(std::string_view grammar, std::span<const KeepalivedToken> words) {
    return matches(parse(grammar), words);
}

}  // namespace config
