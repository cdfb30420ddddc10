#include "net/accept_filter.hpp"

#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>

namespace net {

namespace {

/// Room for the messages that block some ten thousand addresses at once.
constexpr int send_buffer_size = 1024 * 1024;

AcceptBatch::Addresses plain(std::span<const vrrp::VirtualAddress> addresses) {
    AcceptBatch::Addresses result;
    for (const vrrp::VirtualAddress& each : addresses) {
        result.insert(each.address);
    }
    return result;
}

std::expected<void, os::Error> outcome(int code, std::string doing) {
    if (code != 0) {
        return std::unexpected(os::Error{code, std::move(doing)});
    }
    return {};
}

}  // namespace

AcceptFilter::AcceptFilter(os::Fd socket, std::uint32_t port, Ownership ownership)
    : socket_(std::move(socket)),
      table_("understudy-" + std::to_string(port)),
      ownership_(ownership) {}

std::expected<AcceptFilter, os::Error> AcceptFilter::open(Ownership ownership) {
    os::Fd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER));
    sockaddr_nl own{};
    own.nl_family = AF_NETLINK;
    auto* const address = reinterpret_cast<sockaddr*>(&own);
    socklen_t size = sizeof own;
    // The kernel gives the socket a number that no other one of the network namespace has: our
    // process id, or where that is taken, another.
    if (!socket.is_open() || bind(socket.get(), address, size) < 0 ||
        getsockname(socket.get(), address, &size) < 0) {
        return std::unexpected(os::last_error("open a socket to nf_tables, for accept = false"));
    }
    // None of these is needed: short answers, and room for more addresses. Only CAP_NET_ADMIN may
    // exceed the host's limit.
    const int on = 1;
    setsockopt(socket.get(), SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof on);
    setsockopt(socket.get(), SOL_SOCKET, SO_SNDBUFFORCE, &send_buffer_size,
               sizeof send_buffer_size);
    return AcceptFilter(std::move(socket), own.nl_pid, ownership);
}

AcceptFilter::~AcceptFilter() {
    if (socket_.is_open() && is_made_) {
        AcceptBatch batch(table_, sequence_);
        batch.remove_table();
        // Nobody is left to whom a failure matters; the kernel removes a table that is its
        // socket's.
        static_cast<void>(execute(batch));
    }
}

std::expected<void, os::Error> AcceptFilter::block(
    std::span<const vrrp::VirtualAddress> addresses) {
    const auto wanted = plain(addresses);
    if (wanted.empty()) {
        return {};
    }
    int code = ENOENT;
    if (is_made_) {
        AcceptBatch batch(table_, sequence_);
        batch.block(wanted);
        code = execute(batch);
    }
    auto blocked = blocked_;
    blocked.insert(wanted.begin(), wanted.end());
    return outcome(settle(code, std::move(blocked)), "block traffic to addresses");
}

std::expected<void, os::Error> AcceptFilter::unblock(
    std::span<const vrrp::VirtualAddress> addresses) {
    AcceptBatch::Addresses blocked;
    AcceptBatch::Addresses unwanted;
    const auto named = plain(addresses);
    std::ranges::set_difference(blocked_, named, std::inserter(blocked, blocked.end()));
    std::ranges::set_intersection(blocked_, named, std::inserter(unwanted, unwanted.end()));
    if (unwanted.empty()) {
        return {};
    }
    AcceptBatch batch(table_, sequence_);
    batch.unblock(unwanted);
    return outcome(settle(execute(batch), std::move(blocked)), "unblock traffic to addresses");
}

/// Takes over what is blocked now, if the kernel has agreed. If it says that there is no such
/// thing, it is the first use, or somebody has removed the table or something in it: it is made
/// anew.
int AcceptFilter::settle(int code, AcceptBatch::Addresses blocked) {
    if (code == ENOENT) {
        code = make_table(blocked);
    }
    if (code == 0) {
        is_made_ = true;
        blocked_ = std::move(blocked);
    }
    return code;
}

/// An errno, or 0.
int AcceptFilter::make_table(const AcceptBatch::Addresses& blocked) {
    const auto make = [&] {
        AcceptBatch batch(table_, sequence_);
        batch.put_table(ownership_ == Ownership::socket ? NFT_TABLE_F_OWNER : 0);
        batch.block(blocked);
        return execute(batch);
    };
    const int code = make();
    // EINVAL comes from kernels before 5.12 for a flag that they don't know.
    if (ownership_ == Ownership::socket && (code == EOPNOTSUPP || code == EINVAL)) {
        ownership_ = Ownership::none;
        return make();
    }
    return code;
}

/// An errno, or 0.
int AcceptFilter::execute(AcceptBatch& batch) {
    const auto messages = batch.finish();
    const std::uint32_t first = std::exchange(sequence_, batch.next_sequence());
    if (send(socket_.get(), messages.data(), messages.size(), MSG_DONTWAIT) < 0) {
        return errno;
    }
    return receive_answers(first, sequence_ - first, batch.last_change());
}

/// The kernel has done its work and answered within send: all answers are there. The first
/// refusal's errno, or 0.
int AcceptFilter::receive_answers(std::uint32_t first, std::uint32_t count,
                                  std::uint32_t last_change) {
    int code = 0;
    bool is_answered = false;
    alignas(nlmsghdr) std::array<std::byte, 8192> buffer;
    for (;;) {
        const auto size = recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (size < 0) {
            // Without the last change's answer we don't know: that is no success.
            return code != 0 || (is_answered && errno == EAGAIN) ? code : errno;
        }
        int rest = static_cast<int>(size);
        const auto* message = reinterpret_cast<const nlmsghdr*>(buffer.data());
        for (; mnl_nlmsg_ok(message, rest); message = mnl_nlmsg_next(message, &rest)) {
            if (message->nlmsg_type != NLMSG_ERROR || message->nlmsg_seq - first >= count ||
                mnl_nlmsg_get_payload_len(message) < sizeof(nlmsgerr)) {
                continue;
            }
            const int error = static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(message))->error;
            code = code == 0 ? -error : code;
            is_answered = is_answered || message->nlmsg_seq == last_change;
        }
    }
}

}  // namespace net
