#include "auth/auth_error.hpp"

namespace auth {

std::string_view to_text(AuthError error) {
    switch (error) {
        case AuthError::missing: return "authentication missing";
        case AuthError::malformed: return "malformed authentication";
        case AuthError::too_old: return "time too far behind ours";
        case AuthError::too_early: return "time too far ahead of ours";
        case AuthError::unknown_key: return "unknown key id";
        case AuthError::unknown_sender: return "signed by none of the peers";
        case AuthError::wrong_hmac: return "wrong HMAC: another key, or changed on the way";
        case AuthError::wrong_spi: return "authentication header of another sender";
        case AuthError::replayed: return "replayed";
        case AuthError::unavailable: return "HMAC could not be computed";
    }
    return "unknown";
}

}  // namespace auth
