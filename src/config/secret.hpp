#pragma once

#include "config/values.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace config {

/// How a file writes a secret down. In both formats: "hex:0f1e…", "file:/path" and
/// "credential:NAME".
enum class SecretForm : std::uint8_t {
    prefixed,  ///< TOML: any other text stands behind "text:"
    plain,     ///< keepalived.conf: any other text is the secret itself
};

/// A secret, or where it is to be read. No message about it tells its text.
struct SecretText {
    enum class Kind : std::uint8_t { bytes, file, credential };

    Kind kind = Kind::bytes;
    std::vector<std::byte> bytes;
    std::string name;  ///< of the file or the credential
};

/// Reads what a configuration says of a secret, without opening what it names. `what` begins the
/// complaint: "key 1".
[[nodiscard]] Checked<SecretText> to_secret(std::string_view what, std::string_view text,
                                            SecretForm form);

/// The bytes of a secret, and what is to be said of the file that they come from.
struct LoadedSecret {
    std::vector<std::byte> bytes;
    Complaint warning;  ///< empty where there is nothing to say
};

/// Reads the file that a secret names: text, or "hex:" and digits; a newline at its end does not
/// count. A credential is a file below $CREDENTIALS_DIRECTORY. The secret has a length that
/// auth::Key allows.
[[nodiscard]] Checked<LoadedSecret> load_secret(std::string_view what, const SecretText& secret);

}  // namespace config
