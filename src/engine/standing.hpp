#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace engine {

/// Where a router or a group stands, as scripts and FIFOs are told.
enum class Standing : std::uint8_t {
    unknown,  ///< nothing can be said yet: it has not begun, or waits for first results
    held,     ///< it could take part, but another member of its group can't
    backup,
    master,   ///< it serves, also while it leaves
    fault,    ///< it can't take part
    stop,     ///< the daemon ends
    deleted,  ///< the file has it no more
};

/// "MASTER"
[[nodiscard]] std::string_view to_text(Standing standing);

/// Where they stand together: in fault as soon as one is, else where they agree. unknown where
/// nothing can be said, also while some have gone further than others.
[[nodiscard]] Standing common_standing(std::span<const Standing> members);

}  // namespace engine
