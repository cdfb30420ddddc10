#pragma once

#include "vrrp/address.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <vector>

struct nlmsghdr;

namespace net {

/// Changes to the table of an AcceptFilter, as messages to nf_tables: the kernel makes all of them
/// or none.
class AcceptBatch {
public:
    using Addresses = std::set<vrrp::IpAddress>;

    /// The changes are numbered from `first_sequence` on, for the kernel's answers.
    AcceptBatch(std::string table, std::uint32_t first_sequence);

    /// The table as it is without blocked addresses; one of the same name is replaced. `flags` are
    /// nf_tables' own, as NFT_TABLE_F_OWNER.
    void put_table(std::uint32_t flags);

    void remove_table();

    /// An address that is blocked already may be blocked again.
    void block(const Addresses& addresses);

    /// Each must be blocked.
    void unblock(const Addresses& addresses);

    /// All messages, in one piece for one send; to be called once. The last change is answered by
    /// the kernel, whatever comes of it.
    [[nodiscard]] std::span<const char> finish();

    /// The number of the first message that comes after this batch.
    [[nodiscard]] std::uint32_t next_sequence() const { return sequence_; }

    /// The number of the message that the kernel answers last.
    [[nodiscard]] std::uint32_t last_change() const { return last_change_; }

private:
    using Build = std::function<void(nlmsghdr& message)>;

    void put(int type, int flags, const Build& build);
    void put_table_message(int type, int flags, std::uint32_t table_flags);
    void put_set(vrrp::Family family);
    void put_chain();
    void put_drop_rule(vrrp::Family family);
    void put_discovery_rule(std::uint8_t icmp_type);
    void put_elements(int type, int flags, const Addresses& addresses);
    void make_room();

    std::string table_;
    std::uint32_t sequence_;
    std::uint32_t last_change_ = 0;
    std::vector<char> buffer_;
    std::size_t used_ = 0;
    std::size_t last_at_ = 0;  // where the last change stands in the buffer
};

}  // namespace net
