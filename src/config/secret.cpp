#include "config/secret.hpp"

#include "auth/trailer_config.hpp"
#include "config/file_content.hpp"
#include "config/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <expected>
#include <utility>

namespace config {

namespace {

constexpr std::size_t longest_file = 4096;
constexpr std::string_view all_forms =
    "write \"text:...\", \"hex:...\", \"file:/path\" or \"credential:NAME\"";

using Kind = SecretText::Kind;

std::unexpected<Complaint> complain(std::string message, std::string advice = {}) {
    return std::unexpected(Complaint{std::move(message), std::move(advice)});
}

Checked<std::vector<std::byte>> to_bytes(std::string_view what, std::string_view text) {
    if (!std::ranges::all_of(text, [](char letter) { return letter >= ' ' && letter <= '~'; })) {
        return complain(fmt::format("{} has characters that are not printable ASCII", what),
                        "write such a secret with hexadecimal digits, behind \"hex:\"");
    }
    std::vector<std::byte> bytes;
    std::ranges::transform(text, std::back_inserter(bytes),
                           [](char letter) { return static_cast<std::byte>(letter); });
    return bytes;
}

/// The value of a hexadecimal digit; 16 for anything else.
unsigned digit_value(char letter) {
    constexpr std::string_view digits = "0123456789abcdef0123456789ABCDEF";
    const std::size_t place = digits.find(letter);
    return place == std::string_view::npos ? 16U : static_cast<unsigned>(place % 16);
}

Checked<std::vector<std::byte>> from_hex(std::string_view what, std::string_view digits) {
    if (!std::ranges::all_of(digits, [](char letter) { return digit_value(letter) < 16; })) {
        return complain(
            fmt::format("{} has other characters than hexadecimal digits behind \"hex:\"", what));
    }
    if (digits.size() % 2 != 0) {
        return complain(
            fmt::format("{} has an odd number of digits behind \"hex:\", {}", what, digits.size()),
            "two digits make a byte");
    }
    std::vector<std::byte> bytes;
    for (std::size_t index = 0; index < digits.size(); index += 2) {
        bytes.push_back(static_cast<std::byte>(digit_value(digits[index]) << 4U |
                                               digit_value(digits[index + 1])));
    }
    return bytes;
}

Checked<SecretText> of_bytes(Checked<std::vector<std::byte>> bytes) {
    if (!bytes) {
        return std::unexpected(bytes.error());
    }
    return SecretText{Kind::bytes, std::move(*bytes), ""};
}

Checked<std::string> path_of(std::string_view what, const SecretText& secret) {
    if (secret.kind == Kind::file) {
        return secret.name;
    }
    const char* const folder = std::getenv("CREDENTIALS_DIRECTORY");
    if (folder == nullptr || *folder == '\0') {
        return complain(
            fmt::format("{} is the credential {}, and CREDENTIALS_DIRECTORY is not set", what,
                        in_quotes(secret.name)),
            fmt::format("systemd sets it for a service with LoadCredential={0}:/path or "
                        "LoadCredentialEncrypted={0}:/path",
                        secret.name));
    }
    return fmt::format("{}/{}", folder, secret.name);
}

Checked<LoadedSecret> with_good_size(std::string_view what, LoadedSecret secret) {
    const std::size_t size = secret.bytes.size();
    if (size < auth::shortest_secret || size > auth::longest_secret) {
        return complain(fmt::format("{} has {} bytes, expected {} to {}", what, size,
                                    auth::shortest_secret, auth::longest_secret),
                        "\"openssl rand -hex 32\" prints what stands behind \"hex:\"");
    }
    return secret;
}

Checked<LoadedSecret> load_file(std::string_view what, const std::string& path) {
    const auto content = load_content(path, longest_file);
    if (!content) {
        return complain(fmt::format("{}: the file {} cannot be read: {}", what, in_quotes(path),
                                    content.error()));
    }
    std::string_view text = content->text;
    while (text.ends_with('\n') || text.ends_with('\r')) {
        text.remove_suffix(1);
    }
    const std::string title = fmt::format("{} ({})", what, in_quotes(path));
    auto bytes = text.starts_with("hex:") ? from_hex(title, text.substr(4)) : to_bytes(title, text);
    if (!bytes) {
        return std::unexpected(bytes.error());
    }
    Complaint warning;
    if (content->is_public) {
        warning = {fmt::format("{} is open to all users of this host", title),
                   fmt::format("chmod o= {}", path)};
    }
    return with_good_size(title, {std::move(*bytes), std::move(warning)});
}

}  // namespace

Checked<SecretText> to_secret(std::string_view what, std::string_view text, SecretForm form) {
    if (text.starts_with("hex:")) {
        return of_bytes(from_hex(what, text.substr(4)));
    }
    if (text.starts_with("file:")) {
        const std::string_view path = text.substr(5);
        if (!path.starts_with('/') || path.find('\0') != std::string_view::npos) {
            return complain(fmt::format("{} names a file without its whole path", what),
                            "write \"file:/path\", from the root on");
        }
        return SecretText{Kind::file, {}, std::string(path)};
    }
    if (text.starts_with("credential:")) {
        const std::string_view name = text.substr(11);
        if (!to_name(what, name) || name == "." || name == "..") {
            return complain(fmt::format("{} names no credential of systemd", what),
                            "write \"credential:NAME\"");
        }
        return SecretText{Kind::credential, {}, std::string(name)};
    }
    if (form == SecretForm::plain) {
        return of_bytes(to_bytes(what, text));
    }
    if (!text.starts_with("text:")) {
        return complain(fmt::format("{} does not say what it is", what), std::string(all_forms));
    }
    return of_bytes(to_bytes(what, text.substr(5)));
}

Checked<LoadedSecret> load_secret(std::string_view what, const SecretText& secret) {
    if (secret.kind == Kind::bytes) {
        return with_good_size(what, {secret.bytes, {}});
    }
    const auto path = path_of(what, secret);
    if (!path) {
        return std::unexpected(path.error());
    }
    return load_file(what, *path);
}

}  // namespace config
