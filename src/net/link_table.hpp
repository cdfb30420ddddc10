#pragma once

#include "net/link.hpp"
#include "net/link_message.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace net {

/// What a message has done to the table.
enum class TableChange : std::uint8_t {
    none,
    changed,
    order_lost,  ///< the kernel has moved addresses in a way that only a fresh dump tells
};

/// All links with their addresses, as told by rtnetlink messages. A message costs the same however
/// many links there are.
class LinkTable {
public:
    /// The table that a dump of all links, and after them of all addresses, describes.
    [[nodiscard]] static LinkTable from_dump(std::span<const LinkMessage> messages);

    /// Follows one notification. One that tells what is known already changes nothing.
    TableChange apply(const LinkMessage& message);

    /// The link of that name; nullptr where there is none.
    [[nodiscard]] const Link* find(std::string_view name) const;

    /// The link of that index, whatever it is called; nullptr where there is none.
    [[nodiscard]] const Link* find(int index) const;

    /// In no particular order.
    [[nodiscard]] const std::vector<Link>& links() const { return links_; }

    /// Whether both hold the same links, in any order.
    [[nodiscard]] bool is_same(const LinkTable& other) const;

private:
    TableChange apply_link(const LinkSeen& seen);
    TableChange apply_link(const LinkGone& gone);
    TableChange apply_address(const AddressSeen& seen);
    TableChange apply_address(const AddressGone& gone);
    Link* find(int index);
    void forget_name(const Link& link);

    std::vector<Link> links_;
    std::unordered_map<int, std::size_t> positions_;           // by index
    std::map<std::string, int, std::less<>> indexes_by_name_;  // the latest link of that name
};

}  // namespace net
