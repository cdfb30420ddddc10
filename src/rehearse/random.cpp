#include "rehearse/random.hpp"

#include <cassert>

namespace rehearse {

std::uint64_t Random::next() {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
    return mixed ^ (mixed >> 31);
}

std::uint64_t Random::below(std::uint64_t limit) {
    assert(limit > 0);
    return next() % limit;
}

bool Random::chance(unsigned share) {
    return share > 0 && below(10000) < share;
}

vrrp::Duration Random::between(vrrp::Duration shortest, vrrp::Duration longest) {
    assert(shortest <= longest);
    const auto span = static_cast<std::uint64_t>((longest - shortest).count());
    return shortest + vrrp::Duration(below(span + 1));
}

}  // namespace rehearse
