#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace health_test {

/// A DNS message as a server writes it, byte by byte.
class DnsBytes {
public:
    explicit DnsBytes(std::string start = "") : bytes_(std::move(start)) {}

    /// Takes the id and the question of a query; `flags` beside that it is a response.
    static DnsBytes answer_to(std::string_view query, std::uint16_t flags, std::uint16_t records) {
        DnsBytes message(std::string(query.substr(0, 2)));
        message.number(0x8000U | flags, 2).number(1, 2).number(records, 2).number(0, 4);
        message.bytes_ += query.substr(12);
        return message;
    }

    DnsBytes& number(std::uint64_t number, std::size_t size) {
        for (std::size_t i = size; i-- > 0;) {
            bytes_ += static_cast<char>(number >> (8 * i) & 0xffU);
        }
        return *this;
    }

    DnsBytes& raw(std::string_view bytes) {
        bytes_ += bytes;
        return *this;
    }

    /// Its labels, each after its length.
    DnsBytes& name(std::initializer_list<std::string_view> labels) {
        for (const std::string_view label : labels) {
            number(label.size(), 1).raw(label);
        }
        return number(0, 1);
    }

    /// A record of the name in the question, with this data.
    DnsBytes& record(std::uint16_t type, std::string_view data, std::uint16_t size) {
        return number(0xc00c, 2).number(type, 2).number(1, 2).number(60, 4).number(size, 2).raw(
            data);
    }
    DnsBytes& record(std::uint16_t type, std::string_view data) {
        return record(type, data, static_cast<std::uint16_t>(data.size()));
    }

    [[nodiscard]] const std::string& text() const { return bytes_; }
    [[nodiscard]] std::size_t size() const { return bytes_.size(); }

private:
    std::string bytes_;
};

inline std::string to_string(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace health_test
