#pragma once

#include <cstddef>

namespace test {

/// How often operator new has been called since the start, in any form. Linking this replaces it
/// for the whole executable; what libraries take by malloc is not counted.
[[nodiscard]] std::size_t count_allocations();

}  // namespace test
