#include "health/process_event_message.hpp"

#include <arpa/inet.h>
#include <linux/connector.h>
#include <linux/netlink.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

namespace health {

namespace {

// linux/cn_proc.h has changed its names over time, its numbers never.
constexpr std::uint32_t listen_operation = 1;
constexpr std::uint32_t ignore_operation = 2;
constexpr std::uint32_t answer_event = 0;
constexpr std::uint32_t fork_event = 0x1;
constexpr std::uint32_t exec_event = 0x2;
constexpr std::uint32_t comm_event = 0x200;

constexpr std::size_t comm_size = 16;

/// Where things stand in a message.
constexpr std::size_t connector_offset = sizeof(nlmsghdr);
constexpr std::size_t what_offset = connector_offset + sizeof(cn_msg);
constexpr std::size_t data_offset = what_offset + 16;  // behind the processor and the time
constexpr std::size_t pid_offset = data_offset;        // a thread
constexpr std::size_t process_offset = data_offset + 4;
constexpr std::size_t child_offset = data_offset + 8;
constexpr std::size_t child_process_offset = data_offset + 12;
constexpr std::size_t comm_offset = data_offset + 8;

std::uint32_t number_at(std::span<const std::byte> message, std::size_t offset) {
    std::uint32_t number = 0;
    if (offset + sizeof(number) <= message.size()) {
        std::memcpy(&number, message.data() + offset, sizeof(number));
    }
    return number;
}

/// Writes a filter, one instruction behind the other.
class FilterWriter {
public:
    void put(int code, std::uint32_t value) {
        program_.push_back(
            {.code = static_cast<std::uint16_t>(code), .jt = 0, .jf = 0, .k = value});
    }
    /// A = the number at that place, as the sender wrote it: the machine takes it for big-endian.
    void load(std::size_t offset) {
        put(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset));
    }
    /// Drops the packet unless A is this.
    void need(std::uint32_t value) {
        put(BPF_JMP | BPF_JEQ | BPF_K, htonl(value));
        program_.back().jt = 1;
        put(BPF_RET | BPF_K, 0);
    }
    /// Takes the packet if A is this.
    void take_if(std::uint32_t value) {
        put(BPF_JMP | BPF_JEQ | BPF_K, htonl(value));
        program_.back().jf = 1;
        accept();
    }
    void accept() { put(BPF_RET | BPF_K, std::numeric_limits<std::uint32_t>::max()); }
    /// What `block` writes is for packets whose A is this; others go on behind it.
    template <class Block>
    void only_if(std::uint32_t value, Block block) {
        put(BPF_JMP | BPF_JEQ | BPF_K, htonl(value));
        program_.back().jt = 1;
        const std::size_t jump = program_.size();
        put(BPF_JMP | BPF_JA, 0);
        block();
        program_[jump].k = static_cast<std::uint32_t>(program_.size() - jump - 1);
    }

    [[nodiscard]] std::vector<sock_filter> finish() {
        put(BPF_RET | BPF_K, 0);
        return std::move(program_);
    }

private:
    std::vector<sock_filter> program_;
};

void need_comm(FilterWriter& filter, const std::string& comm) {
    std::array<std::byte, comm_size> bytes{};
    std::memcpy(bytes.data(), comm.data(), std::min(comm.size(), comm_size - 1));
    for (std::size_t offset = 0; offset < comm_size; offset += 4) {
        filter.load(comm_offset + offset);
        filter.need(number_at(bytes, offset));
    }
    filter.accept();
}

/// A child whose process is itself is no thread.
void need_parent(FilterWriter& filter, const std::vector<pid_t>& parents) {
    filter.load(child_offset);
    filter.put(BPF_MISC | BPF_TAX, 0);
    filter.load(child_process_offset);
    filter.put(BPF_ALU | BPF_SUB | BPF_X, 0);
    filter.need(0);
    filter.load(process_offset);
    const std::size_t count = std::min(parents.size(), ProcessWish::max_parents);
    for (std::size_t index = 0; index < count; ++index) {
        filter.take_if(static_cast<std::uint32_t>(parents[index]));
    }
    filter.put(BPF_RET | BPF_K, 0);
}

}  // namespace

std::optional<ProcessEvent> decode_process_event(std::span<const std::byte> message) {
    cn_msg connector{};
    if (message.size() < data_offset + 8) {
        return std::nullopt;
    }
    std::memcpy(&connector, message.data() + connector_offset, sizeof(connector));
    if (connector.id.idx != CN_IDX_PROC || connector.id.val != CN_VAL_PROC) {
        return std::nullopt;
    }
    const auto started = [&](std::size_t offset) {
        return ProcessEvent{.kind = ProcessEvent::Kind::started,
                            .pid = static_cast<pid_t>(number_at(message, offset)),
                            .error = 0};
    };
    switch (number_at(message, what_offset)) {
        case answer_event:
            return ProcessEvent{.kind = ProcessEvent::Kind::answer,
                                .pid = 0,
                                .error = static_cast<int>(number_at(message, data_offset))};
        case fork_event:
            return message.size() < child_process_offset + 4
                       ? std::nullopt
                       : std::optional(started(child_process_offset));
        case exec_event:
        case comm_event: return started(process_offset);
        default: return std::nullopt;
    }
}

std::vector<std::byte> encode_process_listen(bool listens) {
    const std::uint32_t operation = listens ? listen_operation : ignore_operation;
    std::vector<std::byte> message(what_offset + sizeof(operation));
    nlmsghdr header{};
    header.nlmsg_len = static_cast<std::uint32_t>(message.size());
    header.nlmsg_type = NLMSG_DONE;
    cn_msg connector{};
    connector.id = {.idx = CN_IDX_PROC, .val = CN_VAL_PROC};
    connector.len = sizeof(operation);
    std::memcpy(message.data(), &header, sizeof(header));
    std::memcpy(message.data() + connector_offset, &connector, sizeof(connector));
    std::memcpy(message.data() + what_offset, &operation, sizeof(operation));
    return message;
}

std::vector<sock_filter> process_event_filter(const ProcessWish& wish) {
    FilterWriter filter;
    filter.load(connector_offset);
    filter.need(CN_IDX_PROC);
    filter.load(what_offset);
    filter.take_if(answer_event);
    filter.take_if(exec_event);
    if (!wish.comm.empty()) {
        filter.only_if(comm_event, [&] { need_comm(filter, wish.comm); });
    }
    if (!wish.parents.empty()) {
        filter.only_if(fork_event, [&] { need_parent(filter, wish.parents); });
    }
    return filter.finish();
}

}  // namespace health
