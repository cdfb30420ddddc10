#include "config/toml_authentication.hpp"

#include "config/values.hpp"

#include <array>
#include <optional>
#include <utility>

namespace config {

namespace {

std::optional<vrrp::Password> password_of(const TomlNode& node, TomlSection& section,
                                          Report& report) {
    const auto text = section.text_of("password", node, "text in quotes");
    if (!text) {
        return std::nullopt;
    }
    const auto password = to_password("password", *text);
    if (!password) {
        report.error(node.place(), password.error());
        return std::nullopt;
    }
    if (text->size() > password->size()) {
        report.warning(node.place(), "password is longer than 8 bytes, only those are used",
                       "version 2 of VRRP carries 8 bytes; shorten it on all hosts");
    }
    report.note_secret(node.place());
    return *password;
}

}  // namespace

void read_toml_authentication(TomlSection& section, RouterReading& reading, Report& report) {
    static constexpr std::array<std::pair<std::string_view, bool>, 2> ways = {
        {{"password", false}, {"ah", true}}};
    vrrp::RouterConfig& protocol = reading.draft.router.protocol;
    protocol.password = section.value(
        "password", [&](const TomlNode& node) { return password_of(node, section, report); });
    if (section.has("password")) {
        reading.password_place = section.place_of("password");
    }
    protocol.authenticates_headers = section.choice("authentication", ways).value_or(false);
    if (section.has("authentication") && !section.has("password")) {
        report.error(section.place_of("authentication"), "authentication needs a password",
                     "add a line such as password = \"1111\"");
    }
}

}  // namespace config
