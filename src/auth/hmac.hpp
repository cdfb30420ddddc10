#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <utility>

struct evp_mac_ctx_st;  // libcrypto's EVP_MAC_CTX

namespace auth {

enum class Hash : std::uint8_t { md5, sha256 };

/// A key that signs (RFC 2104), prepared once. One at a time: computing uses the key's own context.
class Hmac {
public:
    /// Prepares a key of any length; fails where this libcrypto has no such hash, and says why.
    [[nodiscard]] static std::expected<Hmac, std::string> create(Hash hash,
                                                                 std::span<const std::byte> key);

    /// Fills `tag` with the first bytes of the HMAC over the parts, one after the other; it may be
    /// as long as the hash (16 or 32 bytes). False where libcrypto has no memory left: then `tag`
    /// says nothing.
    ///
    /// Our side allocates nothing; libcrypto 3.0 makes two small copies of the hash's state.
    [[nodiscard]] bool compute(std::initializer_list<std::span<const std::byte>> parts,
                               std::span<std::byte> tag) const;

private:
    struct Release {
        void operator()(evp_mac_ctx_st* context) const;
    };
    using Context = std::unique_ptr<evp_mac_ctx_st, Release>;

    explicit Hmac(Context context) : context_(std::move(context)) {}

    Context context_;
};

/// Compares in a time that tells nothing of where they differ.
[[nodiscard]] bool is_equal(std::span<const std::byte> a, std::span<const std::byte> b);

}  // namespace auth
