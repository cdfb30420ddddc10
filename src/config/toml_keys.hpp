#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace config {

/// The tables of a TOML file, and those within them.
enum class TomlSectionKind : std::uint8_t {
    router,
    hmac,
    peer,  ///< a table in the list unicast
    use,   ///< a table in the list checks of a router
    check,
    group,
    daemon,
};

/// What a value is written as.
enum class TomlForm : std::uint8_t {
    flag,
    whole,  ///< from `first` to `last`
    text,   ///< of `first` to `last` characters; 0: of any number
    secret,
    path,
    duration,
    choice,          ///< one of `choices`, with | between them
    versions,        ///< the number `first` or `last`
    texts,           ///< a list of `first` to `last` texts
    secrets,         ///< the same, not to be shown
    text_or_texts,   ///< one or more
    uses,            ///< a list of names of checks or of tables
    peers,           ///< a list of addresses or of tables
    status,          ///< a number, a range, or a list of both
    main_or_number,  ///< "main" or a number
    keys,            ///< a table of secrets by number, or of those by host
    section,         ///< a table of its own
};

/// A key of the TOML file: what the readers ask for, and what the manual and the schema for editors
/// are made from.
struct TomlKey {
    TomlSectionKind section;
    std::string_view key;
    std::string_view probes;  ///< of a check: with which it goes; empty: with all
    TomlForm form;
    int first;
    int last;
    std::string_view choices;
    std::string_view fallback;  ///< for the manual; "required"; "—": says what a check looks at
    std::string_view accepts;
    std::string_view example;
    std::string_view meaning;
};

/// All keys of a table; in that of a check one may stand for several probes.
[[nodiscard]] std::span<const TomlKey> toml_keys(TomlSectionKind section);

[[nodiscard]] bool is_toml_key(TomlSectionKind section, std::string_view key);

/// With which probes a key of a check goes, as a list; empty where with all, or where there is no
/// such key.
[[nodiscard]] std::string probes_of(std::string_view key);

}  // namespace config
