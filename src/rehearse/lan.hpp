#pragma once

#include <cstddef>
#include <vector>

#include "rehearse/random.hpp"
#include "vrrp/time.hpp"

namespace rehearse {

/// How a LAN treats what is sent on it. Shares are in 10,000.
struct LanPlan {
    vrrp::Duration shortest_delay{0};
    vrrp::Duration longest_delay{0};
    unsigned loss = 0;
    unsigned duplication = 0;
    unsigned corruption = 0;  ///< of what arrives

    friend bool operator==(const LanPlan&, const LanPlan&) = default;
};

/// A LAN in memory: a directed channel for each ordered pair of hosts, with delay, loss and
/// duplication. As each packet draws its own delay, packets overtake one another.
class Lan {
public:
    Lan(const LanPlan& plan, std::size_t hosts);

    /// When copies of a packet sent now arrive: none if it is lost, two if it is doubled.
    [[nodiscard]] std::vector<vrrp::Duration> carry(std::size_t from, std::size_t to,
                                                    Random& random) const;

    /// Lets nothing pass from one host to another, until connect(); each edge has a direction.
    void cut(std::size_t from, std::size_t to) { is_cut_[from * hosts_ + to] = true; }
    void connect(std::size_t from, std::size_t to) { is_cut_[from * hosts_ + to] = false; }
    void set_loss(unsigned share) { plan_.loss = share; }
    void set_corruption(unsigned share) { plan_.corruption = share; }
    [[nodiscard]] bool corrupts(Random& random) const { return random.chance(plan_.corruption); }

    /// Whether nothing passes; what was sent before a cut still arrives.
    [[nodiscard]] bool is_cut(std::size_t from, std::size_t to) const {
        return is_cut_[from * hosts_ + to];
    }

private:
    LanPlan plan_;
    std::size_t hosts_;
    std::vector<bool> is_cut_;
};

}  // namespace rehearse
