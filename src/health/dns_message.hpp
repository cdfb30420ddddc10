#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace health {

/// The types of records that can be asked for.
inline constexpr std::array<std::string_view, 9> dns_types = {"A",   "AAAA", "CNAME", "MX", "NS",
                                                              "PTR", "SOA",  "SRV",   "TXT"};

/// The message that asks for the records of one of these types that a name has, and lets the server
/// ask others. nullopt for what can't be a name: a part of it longer than 63 bytes, or empty, or
/// too long in all.
[[nodiscard]] std::optional<std::vector<std::byte>> encode_dns_query(const std::string& name,
                                                                     std::string_view type,
                                                                     std::uint16_t id);

/// What a server says to a question.
struct DnsAnswer {
    int code = 0;               ///< 0 where there is no error
    bool is_truncated = false;  ///< there is more than fits
    /// Those of the asked type, as the server sent them: "192.0.2.1", "10 mail.example.com", a
    /// text's bytes. Names have no final dot; what isn't printable in one is \032.
    std::vector<std::string> records;
};

/// Why a message is no answer.
struct DnsRefusal {
    bool is_foreign = false;  ///< it belongs to another question: who asked goes on waiting
    std::string_view reason;  ///< for people
};

/// Reads what came back for a query that encode_dns_query() made.
[[nodiscard]] std::expected<DnsAnswer, DnsRefusal> decode_dns_answer(
    std::span<const std::byte> message, std::span<const std::byte> query);

}  // namespace health
