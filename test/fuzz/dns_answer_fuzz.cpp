#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/fuzz.hpp"
#include "health/dns_judge.hpp"
#include "health/dns_message.hpp"

// An input is the number of a type, and an answer; its id and its question are made right, as else
// it would be foreign and nothing more would be read.

namespace {

using Bytes = std::span<const std::byte>;

constexpr std::size_t header_size = 12;
constexpr std::size_t room = 8192;

/// Puts bytes right before a page that can't be read: the C library's reader isn't instrumented.
Bytes at_the_edge(Bytes bytes) {
    static std::byte* const end = [] {
        const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
        void* const memory =
            mmap(nullptr, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        fuzz::expect(memory != MAP_FAILED, "there is memory");
        auto* const edge = static_cast<std::byte*>(memory) + room;
        fuzz::expect(mprotect(edge, page, PROT_NONE) == 0, "a page can be closed");
        return edge;
    }();
    std::byte* const start = end - bytes.size();
    std::ranges::copy(bytes, start);
    return {start, bytes.size()};
}

void check_answer(const health::DnsAnswer& answer, std::string_view type, Bytes message) {
    // A record has a name, ten bytes and data.
    fuzz::expect(answer.records.size() <= message.size() / 11,
                 "no more records than there is room");
    for (const std::string& record : answer.records) {
        fuzz::expect(record.size() <= 4096, "a record is no longer than a name or a text");
    }
    const std::string line = health::describe_records(answer);
    fuzz::expect(std::ranges::all_of(
                     line, [](char byte) { return static_cast<unsigned char>(byte) >= 0x20; }),
                 "nothing is told that a terminal would obey");
    for (const std::string expect : {"", "192.0.2.1", "www.example.com"}) {
        static_cast<void>(health::judge_dns_answer(
            answer, {.name = "www.example.com", .type = std::string(type), .expect = expect}));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const std::string_view type = input.one_of(health::dns_types);
    const auto query = health::encode_dns_query("www.example.com", type, 0x1234);
    fuzz::expect(query.has_value(), "a name is a name");
    const Bytes rest = input.rest();
    std::vector<std::byte> message(rest.begin(), rest.end());
    if (message.size() >= query->size() && message[5] == std::byte{1}) {
        std::ranges::copy(Bytes(*query).subspan(header_size), message.begin() + header_size);
    }
    if (message.size() >= 2) {
        std::copy_n(query->begin(), 2, message.begin());
    }
    message.resize(std::min(message.size(), room));
    const Bytes bytes = at_the_edge(message);
    const auto answer = health::decode_dns_answer(bytes, *query);
    if (answer) {
        check_answer(*answer, type, bytes);
    }
    if (answer && message.size() >= 2) {
        message[0] ^= std::byte{1};
        const auto foreign = health::decode_dns_answer(message, *query);
        fuzz::expect(!foreign && foreign.error().is_foreign, "another id is foreign");
    }
    return 0;
}
