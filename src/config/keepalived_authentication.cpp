#include "config/keepalived_authentication.hpp"

#include "config/keepalived_keywords.hpp"
#include "config/values.hpp"

#include <array>

namespace config {

namespace {

class AuthenticationReader {
public:
    explicit AuthenticationReader(Report& report) : report_(report) {}

    std::optional<vrrp::Password> read(const KeepalivedLine& line) {
        static constexpr std::array<KeepalivedKeyword<AuthenticationReader>, 2> keywords = {{
            {"auth_type", &AuthenticationReader::take_type},
            {"auth_pass", &AuthenticationReader::take_password},
        }};
        read_keywords(line.block, "authentication",
                      std::span<const KeepalivedKeyword<AuthenticationReader>>(keywords), *this,
                      report_);
        if (is_pass_ && !password_place_) {
            report_.error(line.place(), "auth_type is PASS, and auth_pass is missing",
                          "add auth_pass with the password of the other hosts");
        }
        if (!is_pass_ && password_place_) {
            report_.warning(*password_place_, "auth_pass has no effect without auth_type PASS",
                            "add auth_type PASS, on all hosts together");
        }
        return is_pass_ ? password_ : std::nullopt;
    }

private:
    void take_type(const KeepalivedLine& line) {
        const auto type = single_value(line, report_);
        if (!type) {
            return;
        }
        is_pass_ = *type == "PASS";
        if (!is_pass_ && *type != "none") {
            report_.error(line.value_place(), "auth_type is neither PASS nor none",
                          *type == "AH" ? "AH is not there yet" : "");
            is_pass_ = true;  // what was meant; a password is not out of place
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
    }

    Report& report_;
    bool is_pass_ = false;
    std::optional<vrrp::Password> password_;
    std::optional<Place> password_place_;
};

}  // namespace

std::optional<vrrp::Password> read_authentication(const KeepalivedLine& line, Report& report) {
    return AuthenticationReader(report).read(line);
}

}  // namespace config
