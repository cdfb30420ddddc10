#pragma once

#include "config/keepalived_definitions.hpp"
#include "config/keepalived_source.hpp"

#include <cstddef>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>

namespace config {

/// Replaces the definitions of a keepalived.conf line by line, keeps the lines that are for this
/// host, and repeats those with a sequence in front.
class KeepalivedExpander {
public:
    /// `settings`, `source` and `report` outlive it.
    KeepalivedExpander(const KeepalivedSettings& settings, KeepalivedSource& source,
                       Report& report);

    /// What ${_PWD} says from now on.
    void enter(std::string folder) { folder_ = std::move(folder); }

    /// Reads a line without its comment into the source. `more` are the lines that continue it,
    /// where it is a definition that ends with a backslash.
    void take(const PlacedText& line, std::span<const PlacedText> more);

    /// Whether the text has become too large, which was told: what follows is not to be read.
    [[nodiscard]] bool is_exhausted() const { return is_exhausted_; }

private:
    struct LineTraits {
        bool is_secret = false;   ///< what it names is not to be told
        bool is_command = false;  ///< a $ in it may be meant for a program
    };

    void read_line(const PlacedText& line, int depth);
    [[nodiscard]] std::optional<PlacedText> behind_condition(const PlacedText& line);
    void define(const PlacedText& line);
    void repeat(const PlacedText& line, int depth);
    void repeat_for(std::string_view word, std::string_view arguments, const PlacedText& rest,
                    Place place, int depth);
    [[nodiscard]] bool read_joined(const PlacedText& line, int depth);
    void replace_all(const PlacedText& text, int depth);
    [[nodiscard]] bool replace(const DefinitionMention& mention, Place place, bool is_whole_line,
                               int depth);
    [[nodiscard]] bool replace_predefined(const DefinitionMention& mention, Place place);
    [[nodiscard]] std::optional<std::string> predefined(const DefinitionMention& mention,
                                                        Place place);
    [[nodiscard]] std::optional<std::string> from_environment(std::string_view name, Place place);
    [[nodiscard]] std::optional<std::string> random_number(std::string_view bounds, Place place);
    void keep_secret(const DefinitionMention& mention, std::string_view value);
    void report_undefined(const DefinitionMention& mention, Place place);
    void report_kept(const DefinitionMention& mention, Place place);
    /// Whether there is still room for so many bytes, at this depth of definitions.
    [[nodiscard]] bool may_go_on(std::size_t size, int depth, Place place);

    const KeepalivedSettings& settings_;
    KeepalivedSource& source_;
    Report& report_;
    std::string folder_;
    Definitions definitions_;
    std::minstd_rand random_;
    std::span<const PlacedText> continuation_;
    LineTraits line_;
    bool is_quoted_ = false;
    bool is_endless_ = false;  ///< the line's definitions refer to each other
    bool is_exhausted_ = false;
    std::size_t undefined_count_ = 0;
    std::size_t work_ = 0;  ///< bytes, about
};

/// Whether a word is include, or one of its kin.
[[nodiscard]] bool is_include_word(std::string_view word);

/// The first word of a line that has no blanks in front.
[[nodiscard]] std::string_view first_word(std::string_view line);

}  // namespace config
