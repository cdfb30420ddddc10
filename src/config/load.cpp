#include "config/load.hpp"

#include "config/file_content.hpp"
#include "config/format.hpp"
#include "config/keepalived_reader.hpp"
#include "config/report.hpp"
#include "config/text.hpp"
#include "config/toml_reader.hpp"

#include <fmt/format.h>

#include <utility>

namespace config {

namespace {

Loaded failure(const std::string& path, Place place, std::string message, std::string advice = {}) {
    Loaded loaded;
    loaded.diagnostics.push_back(
        {Severity::error, path, place, std::move(message), std::move(advice)});
    return loaded;
}

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\n") == std::string_view::npos;
}

}  // namespace

Loaded load(const std::string& path, std::string_view host, const LoadOptions& options) {
    if (path.empty()) {
        return failure("understudy", {}, "the path of the configuration is empty");
    }
    const auto content = load_content(path, max_text_size);
    if (!content) {
        return failure(path, {}, fmt::format("the file cannot be read: {}", content.error()));
    }
    return load_text(path, content->text, host, options);
}

Loaded load_text(const std::string& path, std::string_view text, std::string_view host,
                 const LoadOptions& options) {
    const auto normalized = normalize(text);
    if (!normalized) {
        return failure(path, normalized.error().place, normalized.error().message);
    }
    if (is_blank(*normalized)) {
        return failure(path, {}, "the file is empty", "a file defines at least one router");
    }
    const Format format = format_of(path, *normalized);
    if (format == Format::toml && begins_as_keepalived(*normalized)) {
        return failure(path, {}, "this is a keepalived.conf, and its name says TOML",
                       "give it a name that does not end in .toml");
    }
    Report report(path);
    if (options.is_lenient) {
        report.be_lenient();
    }
    Config config = format == Format::toml ? read_toml(*normalized, host, report)
                                           : read_keepalived(*normalized, report);
    Loaded loaded;
    loaded.diagnostics = report.diagnostics();
    if (!report.has_errors()) {
        loaded.config = std::move(config);
    }
    return loaded;
}

}  // namespace config
