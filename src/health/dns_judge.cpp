#include "health/dns_judge.hpp"

#include <arpa/nameser.h>
#include <fmt/format.h>
#include <strings.h>

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "health/probe_socket.hpp"
#include "vrrp/address.hpp"

namespace health {

namespace {

constexpr std::size_t shown_records = 4;
constexpr std::size_t shown_bytes = 60;

/// As in a zone's file: a byte that can't be printed is \032, in decimal.
std::string printable(std::string_view text) {
    std::string result;
    for (const char character : text.substr(0, shown_bytes)) {
        const auto byte = static_cast<unsigned char>(character);
        if (byte < 0x20 || byte > 0x7e) {
            result += fmt::format("\\{:03}", byte);
        } else {
            result += character;
        }
    }
    return text.size() > shown_bytes ? result + "…" : result;
}

std::string without_final_dot(std::string text) {
    if (text.size() > 1 && text.ends_with('.')) {
        text.pop_back();
    }
    return text;
}

bool is_expected(const std::string& record, const DnsProbeConfig& config) {
    if (config.type == "A" || config.type == "AAAA") {
        return vrrp::IpAddress::from_text(record) == vrrp::IpAddress::from_text(config.expect);
    }
    if (config.type == "TXT") {
        return record == config.expect;
    }
    return strcasecmp(record.c_str(), without_final_dot(config.expect).c_str()) == 0;
}

/// An error of the server's, by its name and in words.
std::string describe_code(int code, const DnsProbeConfig& config) {
    switch (code) {
        case ns_r_formerr: return "FORMERR, it did not understand the question";
        case ns_r_servfail: return "SERVFAIL, it could not find out";
        case ns_r_nxdomain: return fmt::format("NXDOMAIN, there is no name {}", config.name);
        case ns_r_notimpl: return "NOTIMP, it does not answer such questions";
        case ns_r_refused: return "REFUSED, it does not answer us";
        default: return fmt::format("error {}", code);
    }
}

}  // namespace

std::string describe_records(const DnsAnswer& answer) {
    std::string text;
    const std::size_t shown = std::min(answer.records.size(), shown_records);
    for (std::size_t i = 0; i < shown; ++i) {
        text += (i == 0 ? "" : ", ") + printable(answer.records[i]);
    }
    if (answer.records.size() > shown) {
        text += fmt::format(" and {} more", answer.records.size() - shown);
    }
    return text;
}

ProbeResult judge_dns_answer(const DnsAnswer& answer, const DnsProbeConfig& config) {
    const std::string server = Peer{.address = config.server, .port = config.port}.to_text();
    const std::string asked = fmt::format("{} {}", config.name, config.type);
    if (answer.code != ns_r_noerror) {
        return {.is_good = false,
                .detail = fmt::format("{} says {}", server, describe_code(answer.code, config))};
    }
    const bool is_good = config.expect.empty()
                             ? !answer.records.empty()
                             : std::ranges::any_of(answer.records, [&](const std::string& record) {
                                   return is_expected(record, config);
                               });
    if (is_good) {
        return {.is_good = true,
                .detail = fmt::format("{} is {}", asked, describe_records(answer))};
    }
    std::string detail = answer.records.empty()
                             ? fmt::format("{} says there is no {}", server, asked)
                             : fmt::format("{} says {} is {}, expected {}", server, asked,
                                           describe_records(answer), printable(config.expect));
    if (answer.is_truncated) {
        detail += answer.records.empty() ? ", or none that fits: the answer is truncated"
                                         : "; the answer is truncated";
    }
    return {.is_good = false, .detail = detail};
}

}  // namespace health
