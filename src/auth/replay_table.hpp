#pragma once

#include "auth/sequence.hpp"
#include "vrrp/address.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace auth {

/// The newest sequence number that was accepted from each sender. It has a fixed number of places:
/// a new sender takes that of the one who was silent for longest.
class ReplayTable {
public:
    /// `places`: at least 1. All memory is taken here.
    explicit ReplayTable(std::size_t places);

    /// What was accepted last from this sender; nullopt where that is not known.
    [[nodiscard]] std::optional<Sequence> last(const vrrp::IpAddress& sender) const;

    /// Remembers a sequence number. `seen` is what last() gave when it was checked: a newer one
    /// that was accepted since then stays.
    void accept(const vrrp::IpAddress& sender, std::optional<Sequence> seen, Sequence sequence);

    /// Copies what another table knows, as far as there is room.
    void adopt(const ReplayTable& other);

private:
    struct Place {
        vrrp::IpAddress sender;
        Sequence sequence = 0;
        std::uint64_t used = 0;  ///< the turn of its last use
    };

    std::vector<Place> places_;
    std::size_t capacity_;
    std::uint64_t turn_ = 0;
};

}  // namespace auth
