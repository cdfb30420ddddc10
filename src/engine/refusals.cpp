#include "engine/refusals.hpp"

namespace engine {

std::map<std::string, std::uint64_t> Refusals::by_name() const {
    std::map<std::string, std::uint64_t> counts;
    const auto add = [&counts](std::string_view name, std::uint64_t count) {
        if (count > 0) {
            counts[std::string(name)] += count;
        }
    };
    for (std::size_t i = 0; i < by_decode_error_.size(); ++i) {
        add(vrrp::to_text(static_cast<vrrp::DecodeError>(i)), by_decode_error_[i]);
    }
    for (std::size_t i = 0; i < by_reason_.size(); ++i) {
        add(vrrp::to_text(static_cast<vrrp::RefuseReason>(i)), by_reason_[i]);
    }
    for (std::size_t i = 0; i < by_auth_error_.size(); ++i) {
        // "wrong HMAC: another key, or changed on the way"
        const std::string_view text = to_text(static_cast<auth::AuthError>(i));
        add(text.substr(0, text.find(':')), by_auth_error_[i]);
    }
    return counts;
}

}  // namespace engine
