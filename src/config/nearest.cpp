#include "config/nearest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace config {

namespace {

/// Nobody mistypes a word of this length into another one, and comparing costs its square.
constexpr std::size_t max_word_size = 64;
constexpr std::size_t max_listed = 20;

std::string in_lower_case(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), [](char letter) {
        return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    });
    return result;
}

/// Damerau-Levenshtein with adjacent transpositions: the typing errors between two words.
std::size_t distance(std::string_view left, std::string_view right) {
    std::vector<std::size_t> before_previous(right.size() + 1);
    std::vector<std::size_t> previous(right.size() + 1);
    std::vector<std::size_t> current(right.size() + 1);
    for (std::size_t column = 0; column <= right.size(); ++column) {
        previous[column] = column;
    }
    for (std::size_t row = 1; row <= left.size(); ++row) {
        current[0] = row;
        for (std::size_t column = 1; column <= right.size(); ++column) {
            const std::size_t replace = left[row - 1] == right[column - 1] ? 0 : 1;
            current[column] = std::min(
                {previous[column] + 1, current[column - 1] + 1, previous[column - 1] + replace});
            if (row > 1 && column > 1 && left[row - 1] == right[column - 2] &&
                left[row - 2] == right[column - 1]) {
                current[column] = std::min(current[column], before_previous[column - 2] + 1);
            }
        }
        before_previous.swap(previous);
        previous.swap(current);
    }
    return previous[right.size()];
}

/// How many typing errors a word of this length may have and still be recognised.
std::size_t tolerance(std::size_t size) {
    return std::max<std::size_t>(1, (size + 1) / 3);
}

}  // namespace

std::string_view nearest(std::string_view word, std::span<const std::string> candidates) {
    if (word.empty() || word.size() > max_word_size) {
        return {};
    }
    const std::string wanted = in_lower_case(word);
    std::string_view best;
    std::size_t best_distance = tolerance(word.size()) + 1;
    for (const std::string& candidate : candidates) {
        if (candidate.size() > max_word_size) {
            continue;
        }
        const std::string offered = in_lower_case(candidate);
        const bool is_beginning = wanted.size() >= 3 && offered.starts_with(wanted);
        const std::size_t errors = is_beginning
                                       ? std::min<std::size_t>(1, distance(wanted, offered))
                                       : distance(wanted, offered);
        if (errors < best_distance && errors < wanted.size()) {
            best = candidate;
            best_distance = errors;
        }
    }
    return best;
}

std::string suggest(std::string_view word, std::span<const std::string> candidates) {
    if (candidates.empty()) {
        return {};
    }
    const std::string_view meant = nearest(word, candidates);
    if (!meant.empty()) {
        return fmt::format("did you mean {}?", meant);
    }
    const auto listed = candidates.first(std::min(candidates.size(), max_listed));
    return fmt::format("known: {}{}", fmt::join(listed, ", "),
                       listed.size() < candidates.size() ? ", ..." : "");
}

}  // namespace config
