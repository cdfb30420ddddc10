#include "config/text.hpp"
#include "config/toml_probes.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace config {

namespace {

constexpr std::size_t max_members = 255;

std::vector<std::string> read_members(TomlSection& section, const std::string& key,
                                      Report& report) {
    using Names = std::optional<std::vector<std::string>>;
    const Names members = section.value(key, [&](const TomlNode& node) -> Names {
        if (node.kind() != TomlKind::list || node.items().empty() ||
            node.items().size() > max_members) {
            report.error(node.place(),
                         fmt::format("{} is {}, expected a list of 1 to {} names of checks", key,
                                     node.kind() == TomlKind::list
                                         ? fmt::format("a list of {}", node.items().size())
                                         : std::string(node.kind_text()),
                                     max_members),
                         fmt::format("write {} = [\"nginx\", \"gateway\"]", key));
            return std::nullopt;
        }
        std::vector<std::string> names;
        for (const TomlNode& item : node.items()) {
            if (auto name = section.text_of("the name of a check", item, "text in quotes")) {
                names.push_back(std::move(*name));
            }
        }
        return names;
    });
    return members.value_or(std::vector<std::string>());
}

}  // namespace

health::ProbeConfig read_combination(TomlSection& section, Report& report) {
    health::CombinationConfig combination;
    if (section.has("at_least")) {
        section.require("of", "[\"nginx\", \"gateway\"]");
        combination.members = read_members(section, "of", report);
        combination.needed = section.number("at_least", count_range).value_or(1);
        const auto count = static_cast<int>(combination.members.size());
        if (count > 0 && combination.needed > count) {
            report.error(
                section.place_of("at_least"),
                fmt::format("at_least is {}, but of lists {} checks", combination.needed, count),
                "");
        }
        return combination;
    }
    const bool is_any = section.has("any");
    combination.members = read_members(section, is_any ? "any" : "all", report);
    combination.needed = is_any ? 1 : static_cast<int>(combination.members.size());
    return combination;
}

}  // namespace config
