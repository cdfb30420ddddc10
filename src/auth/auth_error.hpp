#pragma once

#include <cstdint>
#include <string_view>

namespace auth {

/// Why a packet is not believed.
enum class AuthError : std::uint8_t {
    missing,         ///< no trailer, where one is demanded
    malformed,       ///< not the form of a trailer, or of an authentication header
    too_old,         ///< its time is further behind ours than the window
    too_early,       ///< its time is further ahead of ours than the window
    unknown_key,     ///< signed with a key id that is not configured
    unknown_sender,  ///< signed by none of the configured peers
    wrong_hmac,      ///< signed with another secret, or changed on the way
    wrong_spi,       ///< the authentication header names another sender than the packet
    replayed,        ///< not newer than what was accepted from its sender before
    unavailable,     ///< libcrypto failed: it could not be computed
};

inline constexpr int auth_error_count = static_cast<int>(AuthError::unavailable) + 1;

/// For logs and counters: "wrong HMAC: another key, or changed on the way".
[[nodiscard]] std::string_view to_text(AuthError error);

}  // namespace auth
