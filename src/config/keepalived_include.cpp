#include "config/keepalived_include.hpp"

#include "config/text.hpp"

#include <fmt/format.h>
#include <glob.h>

#include <filesystem>
#include <span>
#include <system_error>
#include <utility>

namespace config {

namespace {

constexpr std::size_t most_alternatives = 1000;
constexpr std::string_view wildcards = "*?[";

/// The first brace that has its closing one, with its alternatives.
struct Braces {
    std::size_t begin = 0;
    std::size_t end = 0;  ///< behind the closing one
    std::vector<std::string_view> alternatives;
};

std::optional<Braces> find_braces(std::string_view pattern) {
    Braces braces;
    braces.begin = pattern.find('{');
    if (braces.begin == std::string_view::npos) {
        return std::nullopt;
    }
    int depth = 0;
    std::size_t part = braces.begin + 1;
    for (std::size_t index = braces.begin; index < pattern.size(); ++index) {
        const char letter = pattern[index];
        depth += letter == '{' ? 1 : letter == '}' ? -1 : 0;
        if (depth == 0 || (depth == 1 && letter == ',')) {
            braces.alternatives.push_back(pattern.substr(part, index - part));
            part = index + 1;
        }
        if (depth == 0) {
            braces.end = index + 1;
            return braces;
        }
    }
    return std::nullopt;
}

/// Whether all went in before there were too many.
bool expand_into(std::vector<std::string>& patterns, const std::string& pattern) {
    const auto braces = find_braces(pattern);
    if (!braces) {
        patterns.push_back(pattern);
        return patterns.size() <= most_alternatives;
    }
    for (const std::string_view alternative : braces->alternatives) {
        std::string expanded = pattern.substr(0, braces->begin);
        expanded += alternative;
        expanded += pattern.substr(braces->end);
        if (!expand_into(patterns, expanded)) {
            return false;
        }
    }
    return true;
}

std::string in_folder(const std::string& pattern, const std::string& folder) {
    if (pattern.starts_with('/') || folder.empty()) {
        return pattern;
    }
    return (folder.ends_with('/') ? folder : folder + '/') + pattern;
}

/// The folder's own name is no pattern.
std::string escaped(std::string_view folder) {
    std::string result;
    for (const char letter : folder) {
        if (std::string_view("*?[]\\").find(letter) != std::string_view::npos) {
            result.push_back('\\');
        }
        result.push_back(letter);
    }
    return result;
}

std::vector<std::string> find_matches(const std::string& pattern, const std::string& folder) {
    const std::string whole = in_folder(pattern, escaped(folder));
    std::vector<std::string> paths;
    glob_t found = {};
    if (::glob(whole.c_str(), 0, nullptr, &found) == 0) {
        const std::span<char*> list(found.gl_pathv, found.gl_pathc);
        paths.assign(list.begin(), list.end());
    }
    ::globfree(&found);
    return paths;
}

bool is_folder(const std::string& path) {
    std::error_code error;
    return std::filesystem::is_directory(path, error);
}

}  // namespace

IncludeRules include_rules(std::string_view word, const IncludeRules& usual) {
    IncludeRules rules = usual;
    const char kind = word.size() > std::string_view("include").size() ? word.back() : ' ';
    rules.match |= kind == 'm' || kind == 'a';
    rules.wildcard_match |= kind == 'w' || kind == 'a';
    rules.brace_match |= kind == 'b' || kind == 'a';
    rules.may_be_empty |= kind == 'r';
    return rules;
}

std::optional<IncludeRules> checked_rules(std::string_view words, IncludeRules rules) {
    bool is_first = true;
    while (!words.empty()) {
        const std::size_t end = std::min(words.find_first_of(" \t"), words.size());
        std::string_view word = words.substr(0, end);
        words.remove_prefix(std::min(words.find_first_not_of(" \t", end), words.size()));
        const bool has_sign = word.starts_with('+') || word.starts_with('-');
        const bool is_wanted = !word.starts_with('-');
        word.remove_prefix(has_sign ? 1 : 0);
        if (is_first && !has_sign) {
            rules = {};
        }
        is_first = false;
        if (word == "match") {
            rules.match = is_wanted;
        } else if (word == "wildcard_match") {
            rules.wildcard_match = is_wanted;
        } else if (word == "brace_match") {
            rules.brace_match = is_wanted;
        } else if (word == "read" || word == "readable") {
            rules.may_be_empty = is_wanted;
        } else {
            return std::nullopt;
        }
    }
    return is_first ? IncludeRules{true, true, true, false} : rules;
}

std::optional<std::vector<std::string>> expand_braces(std::string_view pattern) {
    std::vector<std::string> patterns;
    return expand_into(patterns, std::string(pattern)) ? std::optional(std::move(patterns))
                                                       : std::nullopt;
}

std::vector<std::string> find_included(std::string_view pattern, const std::string& folder,
                                       const IncludeRules& rules, Place place, Report& report) {
    const auto patterns = expand_braces(pattern);
    if (!patterns) {
        report.error(place, fmt::format("the braces of {} make more than {} names",
                                        in_quotes(pattern), most_alternatives));
        return {};
    }
    std::vector<std::string> paths;
    for (const std::string& part : *patterns) {
        const bool is_pattern = part.find_first_of(wildcards) != std::string::npos;
        const bool is_alternative = patterns->size() > 1;
        std::vector<std::string> found = find_matches(part, folder);
        std::erase_if(found,
                      [&](const std::string& path) { return is_pattern && is_folder(path); });
        const std::string shown = in_quotes(in_folder(part, folder));
        if (found.empty() &&
            ((is_pattern && rules.wildcard_match) || (is_alternative && rules.brace_match))) {
            report.error(place, fmt::format("there is no file {}", shown));
        } else if (found.empty() && !is_pattern && !is_alternative) {
            report.error(place, fmt::format("the included file {} is not there", shown),
                         "keepalived's include goes on without it");
        } else if (found.empty() && !rules.match && !(rules.may_be_empty && is_pattern)) {
            report.warning(place, fmt::format("there is no file {}, so nothing is included", shown),
                           "includer says that there may be none, includea that there must be one");
        }
        paths.insert(paths.end(), found.begin(), found.end());
    }
    if (paths.empty() && rules.match) {
        report.error(place, fmt::format("there is no file {}",
                                        in_quotes(in_folder(std::string(pattern), folder))));
    }
    return paths;
}

}  // namespace config
