#include "config/toml_probes.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace config {

health::ProbeConfig read_file_probe(TomlSection& section, Report& /*report*/) {
    using health::FileWish;
    static constexpr std::array<std::pair<std::string_view, FileWish>, 4> wishes = {
        {{"present", FileWish::present},
         {"absent", FileWish::absent},
         {"number", FileWish::number},
         {"number-or-zero", FileWish::number_or_zero}}};
    health::FileProbeConfig probe;
    probe.path = read_path(section, "file").value_or("");
    probe.wish = section.choice("want", wishes).value_or(probe.wish);
    return probe;
}

}  // namespace config
