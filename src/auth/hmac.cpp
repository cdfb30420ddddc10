#include "auth/hmac.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>
#include <cassert>
#include <cstring>

namespace auth {

namespace {

constexpr std::size_t longest_hash = 32;

struct FreeMac {
    void operator()(EVP_MAC* mac) const { EVP_MAC_free(mac); }
};

const unsigned char* data_of(std::span<const std::byte> bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

std::string last_reason() {
    const char* reason = ERR_reason_error_string(ERR_get_error());
    ERR_clear_error();
    return reason != nullptr ? reason : "libcrypto failed";
}

}  // namespace

void Hmac::Release::operator()(evp_mac_ctx_st* context) const {
    EVP_MAC_CTX_free(context);
}

std::expected<Hmac, std::string> Hmac::create(Hash hash, std::span<const std::byte> key) {
    const std::unique_ptr<EVP_MAC, FreeMac> mac(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
    if (!mac) {
        return std::unexpected(last_reason());
    }
    Context context(EVP_MAC_CTX_new(mac.get()));
    std::string name = hash == Hash::md5 ? "MD5" : "SHA256";
    const std::array parameters{
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.data(), name.size()),
        OSSL_PARAM_construct_end()};
    // Without a key, libcrypto takes "no key yet" from a null pointer, so an empty one points
    // somewhere.
    static constexpr unsigned char nothing = 0;
    const unsigned char* first = key.empty() ? &nothing : data_of(key);
    if (!context || EVP_MAC_init(context.get(), first, key.size(), parameters.data()) != 1) {
        return std::unexpected(last_reason());
    }
    return Hmac(std::move(context));
}

bool Hmac::compute(std::initializer_list<std::span<const std::byte>> parts,
                   std::span<std::byte> tag) const {
    // Starts again with the key that the context holds.
    if (EVP_MAC_init(context_.get(), nullptr, 0, nullptr) != 1) {
        return false;
    }
    for (const auto part : parts) {
        if (EVP_MAC_update(context_.get(), data_of(part), part.size()) != 1) {
            return false;
        }
    }
    std::array<unsigned char, longest_hash> hash;
    std::size_t size = 0;
    if (EVP_MAC_final(context_.get(), hash.data(), &size, hash.size()) != 1) {
        return false;
    }
    assert(tag.size() <= size);
    std::memcpy(tag.data(), hash.data(), tag.size());
    return true;
}

bool is_equal(std::span<const std::byte> a, std::span<const std::byte> b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace auth
