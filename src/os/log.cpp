#include "os/log.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <ctime>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace os::log {

namespace {

// The one global of the program: a level that every file may ask for.
Level level_in_force = Level::info;

struct Face {
    std::string_view word;
    std::string_view colour;  // an ANSI sequence
    int syslog_priority;
};

constexpr std::array<Face, 4> faces{{
    {"error", "\033[1;31m", 3},
    {"warning", "\033[33m", 4},
    {"info", "\033[36m", 6},
    {"debug", "\033[2m", 7},
}};

/// Whether standard error is the journal itself, as systemd tells its services (systemd.exec(5),
/// JOURNAL_STREAM).
bool is_journal_stream() {
    const char* stream = std::getenv("JOURNAL_STREAM");
    struct stat status{};
    if (stream == nullptr || fstat(STDERR_FILENO, &status) != 0) {
        return false;
    }
    return fmt::format("{}:{}", status.st_dev, status.st_ino) == stream;
}

bool is_coloured() {
    return isatty(STDERR_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
}

/// A value is quoted where a space or a quote would make the line ambiguous, and nothing in it can
/// end the line or steer the terminal.
void append_value(fmt::memory_buffer& line, std::string_view value) {
    const bool is_plain = !value.empty() && value.find_first_of(" \"=") == std::string_view::npos;
    auto out = std::back_inserter(line);
    if (!is_plain) {
        line.push_back('"');
    }
    for (const char character : value) {
        if (static_cast<unsigned char>(character) < 0x20 || character == 0x7f) {
            fmt::format_to(out, "\\x{:02x}", static_cast<unsigned char>(character));
        } else if (character == '"') {
            line.append(std::string_view("\\\""));
        } else {
            line.push_back(character);
        }
    }
    if (!is_plain) {
        line.push_back('"');
    }
}

/// Writes a line, unless a stopped terminal or a full pipe would make the daemon wait: adverts
/// don't.
void write_if_possible(std::string_view line) {
    static std::size_t dropped = 0;
    pollfd ready{STDERR_FILENO, POLLOUT, 0};
    if (poll(&ready, 1, 0) == 0) {
        ++dropped;
        return;
    }
    std::string text;
    if (dropped > 0) {
        text = fmt::format("({} lines could not be written)\n", std::exchange(dropped, 0));
    }
    text += line;
    // Nothing can be done about a log that can't be written.
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
}

void write_line(const Face& face, std::string_view message, std::initializer_list<Field> fields) {
    static const bool coloured = is_coloured();
    const std::string_view reset = coloured ? "\033[0m" : "";
    const std::string_view dim = coloured ? "\033[2m" : "";
    timespec wall{};
    clock_gettime(CLOCK_REALTIME, &wall);
    tm local{};
    localtime_r(&wall.tv_sec, &local);

    fmt::memory_buffer line;
    auto out = std::back_inserter(line);
    fmt::format_to(out, "{}{:02}:{:02}:{:02}.{:03}{} {}{:<7}{} {}", dim, local.tm_hour,
                   local.tm_min, local.tm_sec, wall.tv_nsec / 1'000'000, reset,
                   coloured ? face.colour : "", face.word, reset, message);
    for (const Field& field : fields) {
        fmt::format_to(out, " {}{}={}", dim, field.name, reset);
        append_value(line, field.value);
    }
    line.push_back('\n');
    write_if_possible({line.data(), line.size()});
}

std::string journal_field(const Field& field) {
    std::string text = "UNDERSTUDY_";
    for (const char character : field.name) {
        text.push_back(character >= 'a' && character <= 'z'
                           ? static_cast<char>(character - 'a' + 'A')
                           : character);
    }
    return text + "=" + field.value;
}

void write_journal(const Face& face, std::string_view message,
                   std::initializer_list<Field> fields) {
    fmt::memory_buffer line;
    line.append(message);
    std::vector<std::string> entries;
    for (const Field& field : fields) {
        fmt::format_to(std::back_inserter(line), " {}=", field.name);
        append_value(line, field.value);
        entries.push_back(journal_field(field));
    }
    entries.push_back(fmt::format("MESSAGE={}", fmt::to_string(line)));
    entries.push_back(fmt::format("PRIORITY={}", face.syslog_priority));
    std::vector<iovec> parts;
    parts.reserve(entries.size());
    for (std::string& entry : entries) {
        parts.push_back({entry.data(), entry.size()});
    }
    sd_journal_sendv(parts.data(), static_cast<int>(parts.size()));
}

}  // namespace

void set_level(Level level) {
    level_in_force = level;
}

void write(Level level, std::string_view message, std::initializer_list<Field> fields) {
    if (level > level_in_force) {
        return;
    }
    static const bool to_journal = is_journal_stream();
    const Face& face = faces[static_cast<std::size_t>(level)];
    if (to_journal) {
        write_journal(face, message, fields);
    } else {
        write_line(face, message, fields);
    }
}

}  // namespace os::log
