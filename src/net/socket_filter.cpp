#include "net/socket_filter.hpp"

#include <sys/socket.h>

#include <cassert>
#include <limits>
#include <span>

namespace net {

namespace {

constexpr std::size_t bits_per_word = 32;
constexpr std::size_t words = 256 / bits_per_word;

/// The router id stands in the second byte of every version's message.
constexpr std::uint32_t router_id_offset = 1;
constexpr std::uint32_t authentication_header_size = 24;

constexpr std::uint32_t whole_packet = std::numeric_limits<std::uint32_t>::max();

/// Writes a program, one instruction behind the other. A is the accumulator, X the index register,
/// M the memory of the machine that runs it.
class ProgramWriter {
public:
    void put(int code, std::uint32_t value = 0) {
        assert(size_ < program_.size());
        program_[size_++] = {.code = static_cast<std::uint16_t>(code), .k = value};
    }

    /// Goes on where `comparison` of A with `value` holds, else skips instructions.
    void put_unless_skip(int comparison, std::uint32_t value, std::uint8_t skipped) {
        put(BPF_JMP | comparison | BPF_K, value);
        program_[size_ - 1].jf = skipped;
    }

    [[nodiscard]] std::size_t size() const { return size_; }

    [[nodiscard]] const SocketFilter& finish() const {
        assert(size_ == program_.size());
        return program_;
    }

private:
    std::size_t size_ = 0;
    SocketFilter program_{};
};

/// X = where the message or what stands before it begins.
void put_start(ProgramWriter& program, PacketForm form) {
    if (form == PacketForm::ipv6) {
        program.put(BPF_LDX | BPF_IMM, 0);
    } else {
        program.put(BPF_LDX | BPF_B | BPF_MSH, 0);  // the IP header's length: it may have options
    }
}

std::uint32_t word_of(const RouterIds& ids, std::size_t word) {
    std::uint32_t result = 0;
    for (std::size_t bit = 0; bit < bits_per_word; ++bit) {
        result |= static_cast<std::uint32_t>(ids[word * bits_per_word + bit]) << bit;
    }
    return result;
}

/// A = the word of that number in A; there is no table to look it up in.
void put_lookup(ProgramWriter& program, const RouterIds& ids) {
    const std::size_t end = program.size() + 3 * (words - 1) + 1;
    for (std::size_t word = 0; word + 1 < words; ++word) {
        program.put_unless_skip(BPF_JEQ, static_cast<std::uint32_t>(word), 2);
        program.put(BPF_LD | BPF_IMM, word_of(ids, word));
        program.put(BPF_JMP | BPF_JA, static_cast<std::uint32_t>(end - program.size() - 1));
    }
    program.put(BPF_LD | BPF_IMM, word_of(ids, words - 1));
    assert(program.size() == end);
}

}  // namespace

SocketFilter router_id_filter(const RouterIds& ids, PacketForm form) {
    const std::uint32_t before_message =
        form == PacketForm::authenticated ? authentication_header_size : 0;
    ProgramWriter program;
    put_start(program, form);
    // A load beyond the packet's end drops it.
    program.put(BPF_LD | BPF_B | BPF_IND, before_message + router_id_offset);
    program.put(BPF_ST, 0);
    program.put(BPF_ALU | BPF_AND | BPF_K, bits_per_word - 1);
    program.put(BPF_MISC | BPF_TAX);  // X = the bit in the word
    program.put(BPF_LD | BPF_MEM, 0);
    program.put(BPF_ALU | BPF_RSH | BPF_K, 5);  // A = the number of the word
    put_lookup(program, ids);
    program.put(BPF_ALU | BPF_RSH | BPF_X);
    program.put_unless_skip(BPF_JSET, 1, 1);
    program.put(BPF_RET | BPF_K, whole_packet);
    program.put(BPF_RET | BPF_K, 0);
    return program.finish();
}

std::expected<void, os::Error> attach_filter(int fd, const SocketFilter& filter) {
    // The kernel copies the program, but its structure is shared with the request to read one.
    const sock_fprog program{.len = static_cast<unsigned short>(filter.size()),
                             .filter = const_cast<sock_filter*>(filter.data())};
    if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) < 0) {
        return std::unexpected(os::last_error("filter packets by router id"));
    }
    return {};
}

}  // namespace net
