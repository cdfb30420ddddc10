#pragma once

#include "config/draft.hpp"
#include "config/keepalived_line.hpp"
#include "config/report.hpp"
#include "config/values.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace config {

/// Reads a block such as track_script { NAME [weight NUMBER [reverse|noreverse]] … }, whose entries
/// name checks of this kind ("vrrp_script"), and adds what it reads to `mentions`.
void read_tracks(const KeepalivedLine& line, const std::string& kind, const Range& weights,
                 std::vector<CheckMention>& mentions, Report& report);

/// Reads "weight NUMBER [reverse|noreverse]" as a line of its own: the number, and whether it is
/// reversed; nullopt after an error.
[[nodiscard]] std::optional<std::pair<int, bool>> read_weight_line(const KeepalivedLine& line,
                                                                   const Range& weights,
                                                                   Report& report);

/// Takes the weights from what a member of a group tracks itself, as keepalived does: a script, or
/// a file with another weight than 1, is not tracked, an interface and a file are fatal, and only a
/// process keeps its weight. Each is a warning.
void drop_member_weights(const std::vector<CheckDraft>& checks, RouterDraft& member,
                         Report& report);

/// Gives a member of a group what its group tracks. Where both track the same, the group's weight
/// counts, unless the member's is 0. `checks` are those of the file.
void add_group_tracks(const std::vector<CheckMention>& tracks,
                      const std::vector<CheckDraft>& checks, RouterDraft& member);

/// Makes a check for each interface that a track_interface names, once however many do. A router
/// that names its own gets none: it always leaves with that.
void make_interface_checks(Draft& draft, Report& report);

}  // namespace config
