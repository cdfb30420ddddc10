#include "config/keepalived_expander.hpp"

#include "config/keepalived_sequence.hpp"
#include "config/nearest.hpp"
#include "config/secret_lines.hpp"
#include "config/text.hpp"
#include "config/values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>
#include <vector>

namespace config {

namespace {

constexpr int max_depth = 30;
constexpr std::size_t most_suggestions = 100;
constexpr std::size_t cost_of_step = 64;
constexpr std::size_t max_work = 16 * max_text_size;
const std::array<std::string, 6> predefined_names = {"_PWD", "_INSTANCE", "_RANDOM",
                                                     "_ENV", "_HASH",     "_BANG"};

std::string_view trimmed(std::string_view text) {
    return PlacedText{text, {}}.trimmed().text;
}

/// Lines whose words are a program's, where a $ may be meant for that.
bool is_command_word(std::string_view word) {
    return word.starts_with("notify") || word.starts_with("quorum_") || word == "script" ||
           word == "misc_path" || word.ends_with("_script");
}

/// A line of a definition may be put behind any other keyword, whose messages show what it reads.
void hide_words_behind_keyword(std::string_view line, Report& report) {
    if (!gives_secret(line)) {
        return;
    }
    line = trimmed(line);
    for (std::size_t end = 0; end < line.size();) {
        const std::size_t begin = line.find_first_of(" \t\"{}", end);
        if (begin == std::string_view::npos) {
            return;
        }
        end = std::min(line.find_first_of(" \t\"{}", begin + 1), line.size());
        report.hide(line.substr(begin + 1, end - begin - 1));
    }
}

std::string_view without_continuation(std::string_view line) {
    line = trimmed(line);
    return line.ends_with('\\') ? trimmed(line.substr(0, line.size() - 1)) : line;
}

}  // namespace

std::string_view first_word(std::string_view line) {
    return line.substr(0, line.find_first_of(" \t\"{}"));
}

bool is_include_word(std::string_view word) {
    return word == "include" ||
           (word.size() == 8 && word.starts_with("include") && word.find_first_of("rmwba", 7) == 7);
}

KeepalivedExpander::KeepalivedExpander(const KeepalivedSettings& settings, KeepalivedSource& source,
                                       Report& report)
    : settings_(settings), source_(source), report_(report), random_(settings.seed) {}

void KeepalivedExpander::take(const PlacedText& line, std::span<const PlacedText> more) {
    continuation_ = more;
    is_quoted_ = false;
    is_endless_ = false;
    line_ = {};
    source_.append(line.first(std::min(line.text.find_first_not_of(" \t"), line.text.size())));
    read_line(line, 0);
    source_.end_line(line);
}

void KeepalivedExpander::read_line(const PlacedText& line, int depth) {
    PlacedText rest = line.trimmed();
    const LineTraits outer = line_;
    line_.is_secret = outer.is_secret || gives_secret(rest.text);
    while (rest.text.starts_with('@')) {
        const auto behind = behind_condition(rest);
        if (!behind) {
            line_ = outer;
            return;
        }
        rest = *behind;
    }
    line_.is_command = is_command_word(first_word(rest.text));
    if (sequence_word_size(rest.text) != 0) {
        repeat(rest, depth);
    } else if (!defined_name(rest.text).empty()) {
        define(rest);
    } else if (is_include_word(first_word(rest.text))) {
        report_.error(rest.place, "an include stands here behind a condition or in a definition",
                      "write it at the beginning of a line; keepalived does not include it here");
    } else if (!read_joined(rest, depth)) {
        replace_all(rest, depth);
    }
    line_ = outer;
}

std::optional<PlacedText> KeepalivedExpander::behind_condition(const PlacedText& line) {
    const bool is_negative = line.text.starts_with("@^");
    const std::size_t begin = is_negative ? 2 : 1;
    const std::size_t end = std::min(line.text.find_first_of(" \t", begin), line.text.size());
    const std::string_view wanted = line.text.substr(begin, end - begin);
    if (wanted.empty()) {
        report_.error(line.place, "there is no name behind this @",
                      "@NAME keeps a line for the host of this name, @^NAME for all others");
        return std::nullopt;
    }
    if ((wanted == settings_.config_id) == is_negative) {
        return std::nullopt;
    }
    return line.from(end).trimmed();
}

void KeepalivedExpander::define(const PlacedText& line) {
    const std::string_view name = defined_name(line.text);
    if (name.starts_with('_')) {
        report_.error(line.place, "a definition of the file has a name that begins with _",
                      "such names are predefined");
        return;
    }
    const std::string_view value = line.text.substr(name.size() + 2);
    Definition definition{{}, line.place, 0};
    const bool goes_on = !continuation_.empty();
    const std::string_view beginning = goes_on ? without_continuation(value) : trimmed(value);
    if (!goes_on || !beginning.empty()) {
        definition.lines.emplace_back(beginning);
    }
    for (const PlacedText& more : std::exchange(continuation_, {})) {
        definition.lines.emplace_back(without_continuation(more.text));
    }
    for (const std::string& text : definition.lines) {
        definition.size += text.size() + cost_of_step;
        hide_words_behind_keyword(text, report_);
    }
    definitions_.insert_or_assign(std::string(name), std::move(definition));
}

void KeepalivedExpander::repeat(const PlacedText& line, int depth) {
    const std::size_t word_size = sequence_word_size(line.text);
    const std::size_t end = line.text.find(')');
    const PlacedText rest =
        end == std::string_view::npos ? PlacedText{} : line.from(end + 1).trimmed();
    if (rest.text.empty()) {
        report_.error(line.place,
                      end == std::string_view::npos ? "this sequence has no closing )"
                                                    : "nothing stands behind this sequence",
                      "~SEQ(NAME, START, STEP, END) stands in front of the line that is repeated");
        return;
    }
    // What the parentheses hold is put together in a source of its own.
    KeepalivedSource arguments;
    std::swap(source_, arguments);
    replace_all(line.first(end).from(word_size), depth);
    std::swap(source_, arguments);
    repeat_for(line.text.substr(0, word_size), arguments.text, rest, line.place, depth);
}

void KeepalivedExpander::repeat_for(std::string_view word, std::string_view arguments,
                                    const PlacedText& rest, Place place, int depth) {
    const auto sequence = to_sequence(word, arguments);
    if (!sequence) {
        report_.error(place, sequence.error());
        return;
    }
    const Definitions former = [&] {
        Definitions found;
        for (const std::string& name : sequence->names) {
            if (const auto known = definitions_.find(name); known != definitions_.end()) {
                found.insert(*known);
            }
        }
        return found;
    }();
    for (std::size_t index = 0; index < sequence->count(); ++index) {
        if (!may_go_on(rest.text.size(), depth, place)) {
            break;
        }
        const std::vector<std::string> values = sequence->values(index);
        for (std::size_t name = 0; name < values.size(); ++name) {
            definitions_.insert_or_assign(sequence->names[name],
                                          Definition{{values[name]}, place, values[name].size()});
        }
        if (index > 0) {
            source_.end_line({{}, place, true});
            is_quoted_ = false;
        }
        read_line(rest, depth + 1);
    }
    for (const std::string& name : sequence->names) {
        definitions_.erase(name);
    }
    definitions_.insert(former.begin(), former.end());
}

/// A definition at the beginning of a line may hold the condition or the sequence of that line.
bool KeepalivedExpander::read_joined(const PlacedText& line, int depth) {
    const auto mention = line.text.starts_with('$') ? find_mention(line.text) : std::nullopt;
    if (!mention || !mention->is_replaced || mention->size == line.text.size()) {
        return false;
    }
    const auto found = definitions_.find(mention->name);
    if (found == definitions_.end() || found->second.lines.size() != 1) {
        return false;
    }
    const std::string& value = found->second.lines.front();
    if (!value.starts_with('@') && sequence_word_size(value) == 0) {
        return false;
    }
    const std::string joined = value + std::string(line.text.substr(mention->size));
    if (may_go_on(joined.size(), depth, line.place)) {
        read_line({joined, line.place, true}, depth + 1);
    }
    return true;
}

void KeepalivedExpander::replace_all(const PlacedText& text, int depth) {
    std::size_t begin = 0;  // of what is not appended yet
    std::size_t index = 0;
    const auto append_to_here = [&] {
        source_.append(text.first(index).from(begin));
        begin = index;
    };
    while (index < text.text.size()) {
        const std::string_view rest = text.text.substr(index);
        if (rest.starts_with('"')) {
            is_quoted_ = !is_quoted_;
        } else if (!is_quoted_ && (rest.starts_with("\\#") || rest.starts_with("\\!"))) {
            append_to_here();
            ++begin;
            ++index;
        } else if (rest.starts_with('$')) {
            if (const auto mention = find_mention(rest)) {
                append_to_here();
                const bool is_whole_line = index == 0 && mention->size == rest.size();
                const bool is_replaced =
                    replace(*mention, text.from(index).place, is_whole_line, depth);
                index += mention->size;
                begin = is_replaced ? index : begin;
                continue;
            }
        }
        ++index;
    }
    append_to_here();
}

bool KeepalivedExpander::replace(const DefinitionMention& mention, Place place, bool is_whole_line,
                                 int depth) {
    const auto found = definitions_.find(mention.name);
    if (!mention.is_replaced) {
        if (found != definitions_.end()) {
            report_kept(mention, place);
        }
        return false;
    }
    if (mention.name.starts_with('_')) {
        return replace_predefined(mention, place);
    }
    if (found == definitions_.end() || !trimmed(mention.words).empty()) {
        report_undefined(mention, place);
        return false;
    }
    if (line_.is_secret) {
        report_.note_secret(found->second.place);
        report_.note_substitute(place);
    }
    if (!may_go_on(found->second.size, depth, place)) {
        return true;
    }
    // A copy: its lines may define it anew.
    const std::vector<std::string> lines = found->second.lines;
    for (std::size_t index = 0; index < lines.size(); ++index) {
        const PlacedText line{lines[index], place, true};
        keep_secret(mention, lines[index]);
        if (index > 0) {
            source_.end_line(line);
            is_quoted_ = false;
        }
        if (index > 0 || is_whole_line) {
            read_line(line, depth + 1);
        } else {
            replace_all(line, depth + 1);
        }
    }
    return true;
}

void KeepalivedExpander::keep_secret(const DefinitionMention& mention, std::string_view value) {
    if (line_.is_secret || has_secret_word(mention.name) || has_secret_word(mention.words)) {
        report_.hide(value);
    }
}

bool KeepalivedExpander::replace_predefined(const DefinitionMention& mention, Place place) {
    if (!may_go_on(0, 0, place)) {
        return true;
    }
    const auto value = predefined(mention, place);
    if (value) {
        report_.note_substitute(place);
        keep_secret(mention, *value);
        source_.append({*value, place, true});
    } else {
        report_.spoil(place);
    }
    return value.has_value();
}

std::optional<std::string> KeepalivedExpander::predefined(const DefinitionMention& mention,
                                                          Place place) {
    const std::string_view words = trimmed(mention.words);
    if (mention.name == "_ENV") {
        return from_environment(words, place);
    }
    if (mention.name == "_RANDOM") {
        return random_number(words, place);
    }
    if (std::ranges::find(predefined_names, mention.name) == predefined_names.end()) {
        report_.error(place, fmt::format("{} is not predefined", in_quotes(mention.name)),
                      suggest(mention.name, predefined_names));
        return std::nullopt;
    }
    if (!words.empty()) {
        report_.error(place, fmt::format("{} takes no words", mention.name));
        return std::nullopt;
    }
    return mention.name == "_PWD"        ? folder_
           : mention.name == "_INSTANCE" ? settings_.config_id
           : mention.name == "_HASH"     ? "#"
                                         : "!";
}

std::optional<std::string> KeepalivedExpander::from_environment(std::string_view name,
                                                                Place place) {
    const std::string text(name);
    const char* const value = name.empty() ? nullptr : std::getenv(text.c_str());
    if (value == nullptr) {
        report_.error(place,
                      name.empty() ? std::string("${_ENV NAME} has no name")
                                   : fmt::format("the environment has no {}", in_quotes(name)),
                      "for a service of systemd, Environment= and EnvironmentFile= set it");
        return std::nullopt;
    }
    const auto normalized = normalize(value);
    if (!normalized || normalized->find('\n') != std::string::npos) {
        report_.error(place, fmt::format("what the environment has as {} is no line of text",
                                         in_quotes(name)));
        return std::nullopt;
    }
    return *normalized;
}

std::optional<std::string> KeepalivedExpander::random_number(std::string_view bounds, Place place) {
    std::array<int, 2> range = {0, 32767};
    std::size_t count = 0;
    while (!bounds.empty()) {
        const std::string_view word = first_word(bounds);
        const auto number = to_whole_number(word);
        if (!number || count == range.size()) {
            count = range.size() + 1;
            break;
        }
        range.at(count++) = *number;
        bounds = trimmed(bounds.substr(word.size()));
    }
    if (count > range.size() || range[0] < 0 || range[0] > range[1]) {
        report_.error(place, "${_RANDOM} takes a least and a largest whole number",
                      "write ${_RANDOM 0 32767}");
        return std::nullopt;
    }
    report_.warning(place, "this number is another one whenever the file is read",
                    "a value that stays the same lets a reload change nothing");
    return std::to_string(std::uniform_int_distribution<int>(range[0], range[1])(random_));
}

void KeepalivedExpander::report_undefined(const DefinitionMention& mention, Place place) {
    if (line_.is_secret && !mention.has_braces) {
        // It may be a part of the secret itself.
        report_.warning(place, "this $ begins the name of no definition, and stays as it is");
        return;
    }
    if (line_.is_secret) {
        report_.error(place, "what is named here is not defined",
                      "a line above defines it: $NAME=value");
        report_.spoil(place);
        return;
    }
    std::vector<std::string> names(predefined_names.begin(), predefined_names.end());
    if (++undefined_count_ <= most_suggestions) {
        for (const auto& [name, definition] : definitions_) {
            names.push_back(name);
        }
    }
    const std::string name(mention.name);
    const std::string near(nearest(name, names));
    const std::string advice = near.empty()
                                   ? fmt::format("a line above defines it: ${}=value", name)
                                   : fmt::format("did you mean ${{{}}}?", near);
    if (line_.is_command) {
        report_.warning(place, fmt::format("${{{}}} is not defined, and stays as it is", name),
                        advice);
    } else {
        report_.error(place,
                      fmt::format("${{{}}} is not defined; keepalived would take these letters for "
                                  "the value",
                                  name),
                      advice);
        report_.spoil(place);
    }
}

void KeepalivedExpander::report_kept(const DefinitionMention& mention, Place place) {
    if (!line_.is_secret) {
        report_.warning(
            place,
            fmt::format("${} stays as it is, because of what stands right behind it", mention.name),
            fmt::format("write ${{{}}}", mention.name));
    }
}

bool KeepalivedExpander::may_go_on(std::size_t size, int depth, Place place) {
    work_ += size + cost_of_step;
    if (is_exhausted_ || is_endless_) {
        return false;
    }
    if (depth >= max_depth) {
        report_.error(place, "definitions refer to each other without end",
                      fmt::format("{} within each other are the most", max_depth));
        is_endless_ = true;
        return false;
    }
    if (work_ > max_work || source_.text.size() > max_text_size) {
        report_.error(place,
                      fmt::format("from here on definitions make more than {} KiB of the file, the "
                                  "most that is read",
                                  max_text_size / 1024));
        is_exhausted_ = true;
        return false;
    }
    return true;
}

}  // namespace config
