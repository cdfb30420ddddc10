#include "config/keepalived_authentication.hpp"

#include "config/keepalived_keywords.hpp"
#include "config/values.hpp"

#include <fmt/format.h>

#include <array>

namespace config {

namespace {

class AuthenticationReader {
public:
    explicit AuthenticationReader(Report& report) : report_(report) {}

    KeepalivedAuthentication read(const KeepalivedLine& line) {
        static constexpr auto keywords = std::to_array<KeepalivedKeyword<AuthenticationReader>>({
            {"auth_type", &AuthenticationReader::take_type},
            {"auth_pass", &AuthenticationReader::take_password},
        });
        read_keywords(line.block, "authentication",
                      std::span<const KeepalivedKeyword<AuthenticationReader>>(keywords), *this,
                      report_);
        if (needs_password_ && !password_place_) {
            report_.error(line.place(),
                          fmt::format("auth_type is {}, and auth_pass is missing",
                                      is_header_ ? "AH" : "PASS"),
                          "add auth_pass with the password of the other hosts");
        }
        if (!needs_password_ && password_place_) {
            report_.warning(*password_place_, "auth_pass has no effect without auth_type PASS",
                            "add auth_type PASS, on all hosts together");
        }
        return {needs_password_ ? password_ : std::nullopt, is_header_};
    }

private:
    void take_type(const KeepalivedLine& line) {
        const auto type = single_value(line, report_);
        if (!type) {
            return;
        }
        is_header_ = *type == "AH";
        needs_password_ = *type != "none";
        if (needs_password_ && !is_header_ && *type != "PASS") {
            report_.error(line.value_place(), "auth_type is none of PASS, AH and none",
                          "write the word alone: keepalived runs without any authentication where "
                          "it does not know it");
        }
    }

    void take_password(const KeepalivedLine& line) {
        password_place_ = line.value_place();
        const auto text = single_value(line, report_);
        if (!text) {
            return;
        }
        const auto password = to_password("auth_pass", *text);
        if (!password) {
            report_.error(line.value_place(), password.error());
            return;
        }
        if (text->size() > password->size()) {
            report_.warning(line.value_place(),
                            "auth_pass is longer than 8 bytes, only those are used",
                            "shorten it on all hosts");
        }
        password_ = *password;
        report_.note_secret(line.value_place());
    }

    Report& report_;
    bool needs_password_ = false;
    bool is_header_ = false;
    std::optional<vrrp::Password> password_;
    std::optional<Place> password_place_;
};

}  // namespace

KeepalivedAuthentication read_authentication(const KeepalivedLine& line, Report& report) {
    return AuthenticationReader(report).read(line);
}

}  // namespace config
