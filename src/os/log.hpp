#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace os::log {

enum class Level : std::uint8_t { error, warning, info, debug };

/// One fact beside a message. Under systemd it becomes the journal field UNDERSTUDY_<NAME>.
struct Field {
    std::string_view name;  ///< snake_case
    std::string value;
};

/// The least serious level that is written; info at start.
void set_level(Level level);

/// Writes one constant message with its facts: to the journal under systemd, else as a line on
/// standard error, coloured on a terminal unless NO_COLOR is set. A line that a stopped terminal or
/// a full pipe can't take at once is dropped, and the next one says how many were.
void write(Level level, std::string_view message, std::initializer_list<Field> fields);

inline void error(std::string_view message, std::initializer_list<Field> fields = {}) {
    write(Level::error, message, fields);
}
inline void warning(std::string_view message, std::initializer_list<Field> fields = {}) {
    write(Level::warning, message, fields);
}
inline void info(std::string_view message, std::initializer_list<Field> fields = {}) {
    write(Level::info, message, fields);
}
inline void debug(std::string_view message, std::initializer_list<Field> fields = {}) {
    write(Level::debug, message, fields);
}

}  // namespace os::log
