#pragma once

#include "config/draft.hpp"
#include "config/keepalived_globals.hpp"
#include "config/keepalived_line.hpp"

#include <optional>

namespace config {

struct KeepalivedInstance {
    RouterDraft router;
    std::optional<Place> mail_place;  ///< of a keyword that asks for mail
};

/// Reads a block vrrp_instance NAME { … } of a file whose global_defs have been read. What it
/// reports as wrong keeps its default.
[[nodiscard]] KeepalivedInstance read_keepalived_instance(const KeepalivedLine& line,
                                                          const KeepalivedGlobals& globals,
                                                          Report& report);

}  // namespace config
