#include "config/load.hpp"

#include "config/file_content.hpp"
#include "config/format.hpp"
#include "config/keepalived_reader.hpp"
#include "config/report.hpp"
#include "config/secret_lines.hpp"
#include "config/text.hpp"
#include "config/toml_reader.hpp"

#include <fmt/format.h>

#include <random>
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

KeepalivedSettings settings_for(const Audience& audience, Includes includes) {
    const std::string& host = audience.host;
    return {.config_id =
                audience.config_id.empty() ? host.substr(0, host.find('.')) : audience.config_id,
            .opens_files = includes == Includes::opened,
            .seed = std::random_device{}()};
}

/// A password that everybody may read is none.
void warn_of_public_secrets(Report& report) {
    for (std::size_t index = 0; index < report.files().size(); ++index) {
        const SourceFile& file = report.files()[index];
        if (file.is_public && file.has_secret) {
            report.warning({0, 0, index},
                           "the file holds a password or a key, and all users of this host may "
                           "read it",
                           fmt::format("chmod o= {}", file.name));
        }
    }
}

Loaded load_file(SourceFile file, const Audience& audience, Includes includes) {
    const std::string path = file.name;
    auto normalized = normalize(file.text);
    if (!normalized) {
        return failure(path, normalized.error().place, normalized.error().message);
    }
    if (is_blank(*normalized)) {
        return failure(path, {}, "the file is empty", "a file defines at least one router");
    }
    const Format format = format_of(path, *normalized);
    if (path.ends_with(".toml") && begins_as_keepalived(*normalized)) {
        return failure(path, {}, "this is a keepalived.conf, and its name says TOML",
                       "give it a name that does not end in .toml");
    }
    file.text = std::move(*normalized);
    Report report(std::move(file));
    if (audience.is_lenient) {
        report.be_lenient();
    }
    Config config = format == Format::toml
                        ? read_toml(report.files().front().text, audience.host, report)
                        : read_keepalived(settings_for(audience, includes), report);
    warn_of_public_secrets(report);
    Loaded loaded;
    loaded.diagnostics = report.diagnostics();
    show_lines(loaded.diagnostics, report.files());
    for (Diagnostic& diagnostic : loaded.diagnostics) {
        if (report.hides(diagnostic.source)) {
            diagnostic.source.clear();
        }
    }
    if (!report.has_errors()) {
        config.files = report.file_names();
        loaded.config = std::move(config);
    }
    loaded.files = report.files();
    return loaded;
}

}  // namespace

Loaded load(const std::string& path, const Audience& audience) {
    if (path.empty()) {
        return failure("understudy", {}, "the path of the configuration is empty");
    }
    auto content = load_content(path, max_text_size);
    if (!content) {
        return failure(path, {}, fmt::format("the file cannot be read: {}", content.error()));
    }
    return load_file(
        {.name = path, .text = std::move(content->text), .is_public = content->is_public}, audience,
        Includes::opened);
}

Loaded load(const std::string& path, std::string_view host) {
    return load(path, Audience{.host = std::string(host), .config_id = ""});
}

Loaded load_text(const std::string& path, std::string_view text, const Audience& audience,
                 Includes includes) {
    return load_file({.name = path, .text = std::string(text)}, audience, includes);
}

Loaded load_text(const std::string& path, std::string_view text, std::string_view host) {
    return load_text(path, text, Audience{.host = std::string(host), .config_id = ""},
                     Includes::refused);
}

}  // namespace config
