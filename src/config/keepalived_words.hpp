#pragma once

#include <string_view>

namespace config {

// What several rows of keepalived's keywords say.

inline constexpr std::string_view no_mail =
    "no mail is sent: the mail keywords have no effect here";
inline constexpr std::string_view log_advice =
    "let what reads the log tell you of \"state changed\"";
inline constexpr std::string_view own_announcements =
    "addresses are announced at once, after 0.2, 1 and 5 s, after each contest, and each minute";
inline constexpr std::string_view own_refresh =
    "a master announces its addresses each minute, whatever garp_master_refresh says";
inline constexpr std::string_view owners_hear =
    "an owner hears adverts as any router: two owners would both go on for ever";
inline constexpr std::string_view lower_are_answered =
    "a master answers an advert of lower priority";
inline constexpr std::string_view links_tell =
    "the kernel tells of a carrier that is lost: the keywords for polling have no effect here";

}  // namespace config
