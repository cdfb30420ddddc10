// Precompiled once for each test executable: Catch2 is most of what a test's compilation costs.
#include "../catch2.hpp"
