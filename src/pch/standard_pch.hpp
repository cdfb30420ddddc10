// Precompiled once for each of the larger libraries: the headers that nearly all of their files
// include. A file still includes what it uses; the suite for Debian 13 builds without this.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>
