#pragma once

#include "net/accept_batch.hpp"
#include "os/error.hpp"
#include "os/fd.hpp"
#include "vrrp/address.hpp"

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <utility>

namespace net {

/// Drops what is sent to virtual addresses that we do not own, while they answer ARP and neighbour
/// discovery: accept mode off (RFC 9568 section 6.4.3). A table of our own in nf_tables, which ends
/// with us, also when we are killed: from Linux 5.12 on it belongs to our socket, and nobody else
/// can change it. Before, it outlasts a daemon that is killed, and `nft flush ruleset` removes it.
class AcceptFilter {
public:
    /// Whether the kernel is asked to remove the table with the socket. Where it can't, the filter
    /// finds out itself.
    enum class Ownership : std::uint8_t { socket, none };

    /// Changes nothing in the kernel yet: the table is made when something is blocked.
    [[nodiscard]] static std::expected<AcceptFilter, os::Error> open(
        Ownership ownership = Ownership::socket);

    AcceptFilter(AcceptFilter&&) noexcept = default;
    AcceptFilter& operator=(AcceptFilter&&) = delete;

    /// Removes the table: nothing is blocked any more.
    ~AcceptFilter();

    /// From now on these accept no traffic: all of them, or with an error none. Blocking what is
    /// blocked already asserts it, and puts back a table that somebody has removed.
    [[nodiscard]] std::expected<void, os::Error> block(
        std::span<const vrrp::VirtualAddress> addresses);

    /// From now on these accept traffic again: all of them, or with an error none. One that was not
    /// blocked is a success.
    [[nodiscard]] std::expected<void, os::Error> unblock(
        std::span<const vrrp::VirtualAddress> addresses);

    /// "understudy-4711", of the family inet: another for each filter in a network namespace.
    [[nodiscard]] const std::string& table() const { return table_; }

private:
    AcceptFilter(os::Fd socket, std::uint32_t port, Ownership ownership);

    int make_table(const AcceptBatch::Addresses& blocked);
    int settle(int code, AcceptBatch::Addresses blocked);
    int execute(AcceptBatch& batch);
    int receive_answers(std::uint32_t first, std::uint32_t count, std::uint32_t last_change);

    os::Fd socket_;
    std::string table_;
    Ownership ownership_;
    std::uint32_t sequence_ = 0;
    bool is_made_ = false;
    AcceptBatch::Addresses blocked_;
};

}  // namespace net
