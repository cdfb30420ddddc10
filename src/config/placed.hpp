#pragma once

#include "config/config.hpp"

namespace config {

/// A value, and where it stands in its file.
template <class Value>
struct Placed {
    Value value;
    Place place;
};

}  // namespace config
