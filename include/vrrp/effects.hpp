#pragma once

#include "vrrp/effect.hpp"

#include <array>
#include <cstddef>

namespace vrrp {

/// What must now be done, in order: a list of effects that allocates nothing.
class Effects {
public:
    /// No event makes a router do more than this many things.
    static constexpr std::size_t capacity = 10;

    /// Adds an effect at the end; asserts that there is room.
    void push(const Effect& effect);

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] const Effect& operator[](std::size_t index) const { return items_[index]; }
    [[nodiscard]] const Effect* begin() const { return items_.data(); }
    [[nodiscard]] const Effect* end() const { return items_.data() + size_; }

private:
    std::array<Effect, capacity> items_{};
    std::size_t size_ = 0;
};

}  // namespace vrrp
