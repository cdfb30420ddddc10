#include <string>
#include <vector>

#include "catch2.hpp"
#include "health/dns_bytes.hpp"
#include "health/dns_judge.hpp"
#include "health/dns_message.hpp"

using health::DnsAnswer;
using health::DnsProbeConfig;
using health::ProbeResult;
using health_test::DnsBytes;
using Records = std::vector<std::string>;

namespace {

constexpr std::uint16_t a = 1;
constexpr std::uint16_t cname = 5;
constexpr std::uint16_t truncated = 0x0200;
constexpr std::uint16_t id = 0x1234;

std::string query_of(const std::string& type, const std::string& name = "www.example.com") {
    const auto query = health::encode_dns_query(name, type, id);
    REQUIRE(query);
    return health_test::to_string(*query);
}

auto decode(const std::string& message, const std::string& query) {
    return health::decode_dns_answer(std::as_bytes(std::span(message)),
                                     std::as_bytes(std::span(query)));
}

/// The records of an answer with one record that has this data.
Records records_of(const std::string& type, std::uint16_t number, const std::string& data) {
    const std::string query = query_of(type);
    const auto answer = decode(DnsBytes::answer_to(query, 0, 1).record(number, data).text(), query);
    return answer ? answer->records : Records{"refused: " + std::string(answer.error().reason)};
}

const Records malformed = {"refused: it is malformed"};

DnsProbeConfig config_of(const std::string& type, const std::string& expect = "") {
    return {.server = vrrp::IpAddress(192, 0, 2, 53),
            .name = "www.example.com",
            .type = type,
            .expect = expect};
}

}  // namespace

TEST_CASE("a DNS query asks one question and lets the server ask others", "[health]") {
    DnsBytes expected;
    expected.number(id, 2).number(0x0100, 2).number(1, 2).number(0, 6);
    expected.name({"www", "example", "com"}).number(28, 2).number(1, 2);

    CHECK(query_of("AAAA") == expected.text());
    CHECK(query_of("AAAA", "www.example.com.") == expected.text());
}

TEST_CASE("what is no name can't be asked for", "[health]") {
    for (const std::string& name :
         {std::string("a..b"), std::string(".a"), std::string(64, 'x') + ".com", [] {
              std::string long_name;
              for (int i = 0; i < 100; ++i) {
                  long_name += "abc.";
              }
              return long_name;
          }()}) {
        CHECK_FALSE(health::encode_dns_query(name, "A", id));
    }
    CHECK_FALSE(health::encode_dns_query("www.example.com", "HINFO", id));
    CHECK(health::encode_dns_query(".", "NS", id));
}

TEST_CASE("the records of each type are read as text", "[health]") {
    const std::string mail = DnsBytes().name({"mail", "example", "com"}).text();
    CHECK(records_of("A", a, "\xc0" + std::string("\0\2\1", 3)) == Records{"192.0.2.1"});
    CHECK(records_of("AAAA", 28, "\x20\x01\x0d\xb8" + std::string(11, '\0') + "\1") ==
          Records{"2001:db8::1"});
    CHECK(records_of("CNAME", cname, mail) == Records{"mail.example.com"});
    CHECK(records_of("NS", 2, mail) == Records{"mail.example.com"});
    CHECK(records_of("PTR", 12, mail) == Records{"mail.example.com"});
    CHECK(records_of("MX", 15, DnsBytes().number(10, 2).raw(mail).text()) ==
          Records{"10 mail.example.com"});
    CHECK(records_of("SRV", 33,
                     DnsBytes().number(1, 2).number(2, 2).number(443, 2).raw(mail).text()) ==
          Records{"1 2 443 mail.example.com"});
    DnsBytes soa;
    soa.raw(mail).name({"root"}).number(2026112401, 4).number(1, 4).number(2, 4).number(3, 4);
    CHECK(records_of("SOA", 6, soa.number(4, 4).text()) ==
          Records{"mail.example.com root 2026112401 1 2 3 4"});
    CHECK(records_of("TXT", 16, "\3v=s\2pf") == Records{"v=spf"});
    // A pointer into the question, where the name stands at byte 12.
    CHECK(records_of("CNAME", cname, "\xc0\x10") == Records{"example.com"});
    CHECK(records_of("NS", 2, std::string("\0", 1)) == Records{"."});
}

TEST_CASE("records of other types and classes are passed over", "[health]") {
    const std::string query = query_of("A");
    const std::string address("\xc0\0\2\1", 4);
    DnsBytes message = DnsBytes::answer_to(query, 0, 3);
    message.record(cname, "\xc0\x10");
    message.number(0xc010, 2).number(a, 2).number(3, 2).number(60, 4).number(4, 2).raw("abcd");
    message.record(a, address);

    const auto answer = decode(message.text(), query);

    REQUIRE(answer);
    CHECK(answer->records == Records{"192.0.2.1"});
    CHECK(answer->code == 0);
    CHECK_FALSE(answer->is_truncated);
}

TEST_CASE("records whose data is not what their type has are malformed", "[health]") {
    const std::string mail = DnsBytes().name({"mail"}).text();
    CHECK(records_of("A", a, "abc") == malformed);
    CHECK(records_of("A", a, "abcde") == malformed);
    CHECK(records_of("AAAA", 28, "abcd") == malformed);
    CHECK(records_of("CNAME", cname, "") == malformed);
    CHECK(records_of("CNAME", cname, mail + "x") == malformed);
    CHECK(records_of("CNAME", cname,
                     "\x05"
                     "mail") == malformed);
    CHECK(records_of("MX", 15, "\1") == malformed);
    CHECK(records_of("SRV", 33, "abcdef") == malformed);
    CHECK(records_of("SOA", 6, mail + mail + "abc") == malformed);
    CHECK(records_of("TXT", 16, "\4abc") == malformed);
}

TEST_CASE("pointers that lead in circles, ahead or out of the message are malformed", "[health]") {
    const std::string query = query_of("CNAME");
    // The data begins behind header, question, and the record's pointer, type, class, ttl, size.
    const std::size_t own = query.size() + 12;
    for (const std::size_t target : {own, own + 2, std::size_t{0x3fff}}) {
        const std::string pointer = DnsBytes().number(0xc000 | target, 2).text();
        CHECK(records_of("CNAME", cname, pointer) == malformed);
        // The name of the record itself.
        DnsBytes message = DnsBytes::answer_to(query, 0, 1);
        message.number(0xc000 | (target == own ? query.size() : target), 2).number(cname, 2);
        message.number(1, 2).number(0, 4).number(2, 2).raw("\xc0\x0c");
        const auto answer = decode(message.text(), query);
        REQUIRE_FALSE(answer);
        CHECK_FALSE(answer.error().is_foreign);
    }
    CHECK(records_of("CNAME", cname,
                     DnsBytes().number(1, 1).raw("a").number(0xc000 | own, 2).text()) == malformed);
    CHECK(records_of("CNAME", cname, "\x80\x0c") == malformed);
}

TEST_CASE("an answer that is cut anywhere is no answer", "[health]") {
    const std::string query = query_of("A");
    const std::string whole =
        DnsBytes::answer_to(query, 0, 1).record(a, std::string("\xc0\0\2\1", 4)).text();
    REQUIRE(decode(whole, query));

    for (std::size_t size = 0; size < whole.size(); ++size) {
        const auto answer = decode(whole.substr(0, size), query);
        REQUIRE_FALSE(answer);
        CHECK(answer.error().is_foreign == (size < 12));
    }
    // More than was said.
    CHECK_FALSE(decode(whole + "x", query));
}

TEST_CASE("a count of records that aren't there is malformed", "[health]") {
    const std::string query = query_of("A");
    const auto answer = decode(DnsBytes::answer_to(query, 0, 0xffff).text(), query);
    REQUIRE_FALSE(answer);
    CHECK_FALSE(answer.error().is_foreign);
}

TEST_CASE("an answer to another question is foreign", "[health]") {
    const std::string query = query_of("A");
    const auto is_foreign = [&](const std::string& message) {
        const auto answer = decode(message, query);
        return !answer && answer.error().is_foreign;
    };
    std::string other_id = DnsBytes::answer_to(query, 0, 0).text();
    other_id[1] ^= 1;

    CHECK(is_foreign(other_id));
    CHECK(is_foreign(query));
    CHECK(is_foreign(DnsBytes::answer_to(query_of("AAAA"), 0, 0).text()));
    CHECK(is_foreign(DnsBytes::answer_to(query_of("A", "ww.example.com"), 0, 0).text()));
    // No question, and two.
    CHECK(is_foreign(DnsBytes(query.substr(0, 2)).number(0x8000, 2).number(0, 8).text()));
    const std::string question = query.substr(12);
    CHECK(is_foreign(DnsBytes(query.substr(0, 2))
                         .number(0x8000, 2)
                         .number(2, 2)
                         .number(0, 6)
                         .raw(question)
                         .raw(question)
                         .text()));
    CHECK_FALSE(is_foreign(DnsBytes::answer_to(query_of("A", "WWW.example.COM"), 0, 0).text()));
}

TEST_CASE("an error need not repeat the question", "[health]") {
    const std::string query = query_of("A");
    const auto answer =
        decode(DnsBytes(query.substr(0, 2)).number(0x8001, 2).number(0, 8).text(), query);
    REQUIRE(answer);
    CHECK(answer->code == 1);
}

TEST_CASE("a truncated answer says so, and counts for what is in it", "[health]") {
    const std::string query = query_of("A");
    const auto answer = decode(
        DnsBytes::answer_to(query, truncated, 1).record(a, std::string("\xc0\0\2\1", 4)).text(),
        query);
    REQUIRE(answer);
    CHECK(answer->is_truncated);
    CHECK(health::judge_dns_answer(*answer, config_of("A", "192.0.2.1")).is_good);
    CHECK(health::judge_dns_answer(*answer, config_of("A", "192.0.2.2")) ==
          ProbeResult{false,
                      "192.0.2.53 port 53 says www.example.com A is 192.0.2.1, expected 192.0.2.2; "
                      "the answer is truncated"});
    CHECK(health::judge_dns_answer({.is_truncated = true}, config_of("A")) ==
          ProbeResult{false,
                      "192.0.2.53 port 53 says there is no www.example.com A, or none that fits: "
                      "the answer is truncated"});
}

TEST_CASE("what a DNS server refuses is told in words", "[health]") {
    const auto detail = [](int code) {
        const auto result = health::judge_dns_answer({.code = code}, config_of("A"));
        CHECK_FALSE(result.is_good);
        return result.detail;
    };
    CHECK(detail(1) == "192.0.2.53 port 53 says FORMERR, it did not understand the question");
    CHECK(detail(2) == "192.0.2.53 port 53 says SERVFAIL, it could not find out");
    CHECK(detail(3) == "192.0.2.53 port 53 says NXDOMAIN, there is no name www.example.com");
    CHECK(detail(4) == "192.0.2.53 port 53 says NOTIMP, it does not answer such questions");
    CHECK(detail(5) == "192.0.2.53 port 53 says REFUSED, it does not answer us");
    CHECK(detail(9) == "192.0.2.53 port 53 says error 9");
}

TEST_CASE("a DNS answer is good with the expected record among its records", "[health]") {
    const auto is_good = [](const std::string& type, const std::string& expect, Records records) {
        return health::judge_dns_answer({.records = std::move(records)}, config_of(type, expect))
            .is_good;
    };
    CHECK(is_good("A", "", {"192.0.2.1"}));
    CHECK_FALSE(is_good("A", "", {}));
    CHECK(is_good("A", "192.0.2.2", {"192.0.2.1", "192.0.2.2"}));
    CHECK_FALSE(is_good("A", "192.0.2.20", {"192.0.2.1", "192.0.2.2"}));
    CHECK(is_good("AAAA", "2001:DB8:0::1", {"2001:db8::1"}));
    CHECK(is_good("CNAME", "WWW.Example.COM.", {"www.example.com"}));
    CHECK(is_good("MX", "10 mail.example.com", {"20 other.example.com", "10 mail.example.com"}));
    CHECK_FALSE(is_good("MX", "mail.example.com", {"10 mail.example.com"}));
    CHECK(is_good("TXT", "V=1.", {"V=1."}));
    CHECK_FALSE(is_good("TXT", "v=1", {"V=1"}));
}

TEST_CASE("records are told in one short line of printable characters", "[health]") {
    CHECK(health::describe_records({.records = {"1", "2", "3", "4", "5", "6"}}) ==
          "1, 2, 3, 4 and 2 more");
    CHECK(health::describe_records({.records = {"a\x1b[0m\n\xff~"}}) == "a\\027[0m\\010\\255~");
    CHECK(health::describe_records({.records = {std::string(100, 'x')}}) ==
          std::string(60, 'x') + "…");
}
