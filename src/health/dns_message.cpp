#include "health/dns_message.hpp"

#include <arpa/nameser.h>
#include <fmt/format.h>
#include <resolv.h>
#include <strings.h>

#include <utility>

#include "vrrp/address.hpp"

namespace health {

namespace {

using Bytes = std::span<const std::byte>;

constexpr DnsRefusal malformed{.is_foreign = false, .reason = "it is malformed"};

/// Where each type's name stands in dns_types.
constexpr std::array<int, dns_types.size()> type_numbers = {
    ns_t_a, ns_t_aaaa, ns_t_cname, ns_t_mx, ns_t_ns, ns_t_ptr, ns_t_soa, ns_t_srv, ns_t_txt};

std::optional<int> number_of(std::string_view type) {
    for (std::size_t i = 0; i < dns_types.size(); ++i) {
        if (dns_types[i] == type) {
            return type_numbers[i];
        }
    }
    return std::nullopt;
}

const unsigned char* data_of(Bytes bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

/// The data of one record, read from its front. Names in it may point to earlier ones in the
/// message; the library follows them, and bounds how often.
class RecordData {
public:
    RecordData(const ns_msg& message, const ns_rr& record)
        : message_(message), at_(ns_rr_rdata(record)), end_(at_ + ns_rr_rdlen(record)) {}

    [[nodiscard]] bool is_at_end() const { return at_ == end_; }

    std::optional<std::uint32_t> number(std::size_t size) {
        const auto bytes = take(size);
        if (!bytes) {
            return std::nullopt;
        }
        std::uint32_t number = 0;
        for (const unsigned char byte : *bytes) {
            number = number << 8U | byte;
        }
        return number;
    }

    std::optional<std::string> name() {
        std::array<char, NS_MAXDNAME> text;
        const int size = ns_name_uncompress(ns_msg_base(message_), ns_msg_end(message_), at_,
                                            text.data(), text.size());
        if (size <= 0 || size > end_ - at_) {
            return std::nullopt;
        }
        at_ += size;
        return text.data();
    }

    std::optional<std::string> address(vrrp::Family family) {
        const auto bytes = take(vrrp::address_size(family));
        if (!bytes) {
            return std::nullopt;
        }
        return vrrp::IpAddress::from_bytes(family, std::as_bytes(*bytes)).to_text();
    }

    /// Texts of up to 255 bytes up to the end, as one.
    std::optional<std::string> texts() {
        std::string all;
        while (!is_at_end()) {
            const auto size = number(1);
            const auto bytes = take(*size);
            if (!bytes) {
                return std::nullopt;
            }
            all.append(bytes->begin(), bytes->end());
        }
        return all;
    }

private:
    std::optional<std::span<const unsigned char>> take(std::size_t size) {
        if (static_cast<std::size_t>(end_ - at_) < size) {
            return std::nullopt;
        }
        return std::span(std::exchange(at_, at_ + size), size);
    }

    const ns_msg& message_;
    const unsigned char* at_;
    const unsigned char* end_;
};

/// Numbers of so many bytes each, and names (0 bytes), one after the other.
std::optional<std::string> fields_of(RecordData& data, std::initializer_list<std::size_t> sizes) {
    std::string all;
    for (const std::size_t size : sizes) {
        std::optional<std::string> field;
        if (size == 0) {
            field = data.name();
        } else if (const auto number = data.number(size)) {
            field = std::to_string(*number);
        }
        if (!field) {
            return std::nullopt;
        }
        all += (all.empty() ? "" : " ") + *field;
    }
    return all;
}

std::optional<std::string> text_of(RecordData& data, int type) {
    switch (type) {
        case ns_t_a: return data.address(vrrp::Family::ipv4);
        case ns_t_aaaa: return data.address(vrrp::Family::ipv6);
        case ns_t_mx: return fields_of(data, {2, 0});
        case ns_t_soa: return fields_of(data, {0, 0, 4, 4, 4, 4, 4});
        case ns_t_srv: return fields_of(data, {2, 2, 2, 0});
        case ns_t_txt: return data.texts();
        default:  // CNAME, NS, PTR
            return data.name();
    }
}

/// The one question of a message.
std::optional<ns_rr> question_of(ns_msg& message) {
    ns_rr question;
    if (ns_msg_count(message, ns_s_qd) != 1 || ns_parserr(&message, ns_s_qd, 0, &question) != 0) {
        return std::nullopt;
    }
    return question;
}

bool is_same_question(const ns_rr& left, const ns_rr& right) {
    return left.type == right.type && left.rr_class == right.rr_class &&
           strcasecmp(left.name, right.name) == 0;
}

std::optional<ns_msg> open_message(Bytes bytes) {
    ns_msg message;
    if (ns_initparse(data_of(bytes), static_cast<int>(bytes.size()), &message) != 0) {
        return std::nullopt;
    }
    return message;
}

std::expected<std::vector<std::string>, DnsRefusal> records_of(ns_msg& message, int type) {
    std::vector<std::string> records;
    for (int i = 0; i < ns_msg_count(message, ns_s_an); ++i) {
        ns_rr record;
        if (ns_parserr(&message, ns_s_an, i, &record) != 0) {
            return std::unexpected(malformed);
        }
        if (record.type != type || record.rr_class != ns_c_in) {
            continue;
        }
        RecordData data(message, record);
        auto text = text_of(data, type);
        if (!text || !data.is_at_end()) {
            return std::unexpected(malformed);
        }
        records.push_back(std::move(*text));
    }
    return records;
}

}  // namespace

std::optional<std::vector<std::byte>> encode_dns_query(const std::string& name,
                                                       std::string_view type, std::uint16_t id) {
    const auto number = number_of(type);
    // Our own state keeps the library from reading the host's resolv.conf.
    struct __res_state state{};
    state.options = RES_INIT | RES_RECURSE;
    std::array<unsigned char, NS_PACKETSZ> buffer;
    const int size = number ? res_nmkquery(&state, ns_o_query, name.c_str(), ns_c_in, *number,
                                           nullptr, 0, nullptr, buffer.data(), buffer.size())
                            : -1;
    if (size < NS_HFIXEDSZ) {
        return std::nullopt;
    }
    // The library's id can be guessed.
    buffer[0] = static_cast<unsigned char>(id >> 8U);
    buffer[1] = static_cast<unsigned char>(id & 0xffU);
    const auto bytes = std::as_bytes(std::span(buffer)).first(static_cast<std::size_t>(size));
    return std::vector(bytes.begin(), bytes.end());
}

std::expected<DnsAnswer, DnsRefusal> decode_dns_answer(Bytes bytes, Bytes query) {
    static constexpr std::byte is_response{0x80};
    if (bytes.size() < NS_HFIXEDSZ || bytes[0] != query[0] || bytes[1] != query[1] ||
        (bytes[2] & is_response) == std::byte{0}) {
        return std::unexpected(DnsRefusal{.is_foreign = true, .reason = "its id is another"});
    }
    auto asked = open_message(query);
    const auto question = asked ? question_of(*asked) : std::nullopt;
    auto message = open_message(bytes);
    if (!message || !question) {
        return std::unexpected(malformed);
    }
    DnsAnswer answer{.code = ns_msg_getflag(*message, ns_f_rcode),
                     .is_truncated = ns_msg_getflag(*message, ns_f_tc) != 0};
    // A server that did not understand the question does not repeat it.
    if (answer.code != ns_r_noerror && ns_msg_count(*message, ns_s_qd) == 0) {
        return answer;
    }
    const auto answered = question_of(*message);
    if (!answered || !is_same_question(*answered, *question)) {
        return std::unexpected(DnsRefusal{.is_foreign = true, .reason = "its question is another"});
    }
    auto records = records_of(*message, question->type);
    if (!records) {
        return std::unexpected(records.error());
    }
    answer.records = std::move(*records);
    return answer;
}

}  // namespace health
