#include "cli/reload_text.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <nlohmann/json.hpp>

namespace cli {

namespace {

using nlohmann::json;

std::string summary(std::size_t changes, bool is_dry_run) {
    if (changes == 0) {
        return is_dry_run ? "a reload would change nothing\n" : "reloaded: nothing has changed\n";
    }
    const std::string count = fmt::format("{} change{}", changes, changes == 1 ? "" : "s");
    return is_dry_run ? fmt::format("a reload would make {}; nothing was done\n", count)
                      : fmt::format("reloaded: {}\n", count);
}

/// Throws json::exception where something is missing or is not what it should be.
ReloadText text_of(const json& answer) {
    ReloadText text{.is_good = answer.at("ok").get<bool>(), .output = {}, .messages = {}};
    for (const json& diagnostic : answer.at("diagnostics")) {
        text.messages += diagnostic.at("text").get<std::string>() + "\n";
    }
    if (!text.is_good) {
        text.messages += fmt::format("understudy: nothing was changed: {}\n",
                                     answer.at("error").get<std::string>());
        return text;
    }
    for (const json& change : answer.at("changes")) {
        text.output += change.get<std::string>() + "\n";
    }
    text.output += summary(answer.at("changes").size(), answer.at("dry_run").get<bool>());
    return text;
}

}  // namespace

std::expected<ReloadText, std::string> reload_text(const std::string& body) {
    try {
        return text_of(json::parse(body));
    } catch (const json::exception& error) {
        return std::unexpected(fmt::format("the daemon's answer makes no sense: {}", error.what()));
    }
}

}  // namespace cli
