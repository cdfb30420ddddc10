#include "rehearse/lan.hpp"

namespace rehearse {

Lan::Lan(const LanPlan& plan, std::size_t hosts)
    : plan_(plan), hosts_(hosts), is_cut_(hosts * hosts, false) {}

std::vector<vrrp::Duration> Lan::carry(std::size_t from, std::size_t to, Random& random) const {
    std::vector<vrrp::Duration> delays;
    if (is_cut(from, to) || random.chance(plan_.loss)) {
        return delays;
    }
    const std::size_t copies = random.chance(plan_.duplication) ? 2 : 1;
    for (std::size_t i = 0; i < copies; ++i) {
        delays.push_back(random.between(plan_.shortest_delay, plan_.longest_delay));
    }
    return delays;
}

}  // namespace rehearse
