#include "cli/commands.hpp"
#include "cli/diagnostics.hpp"
#include "cli/print.hpp"
#include "config/conversion.hpp"
#include "config/load.hpp"
#include "config/toml_printer.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

namespace cli {

int print_config(const std::string& config_path, const config::Audience& audience,
                 bool with_secrets) {
    const config::Loaded loaded = config::load(config_path, audience);
    print_diagnostics(loaded.diagnostics);
    if (!loaded.config) {
        return 1;
    }
    const std::string missing = config::unsayable_in_toml(*loaded.config);
    if (!missing.empty()) {
        print_error(
            fmt::format("{}: error: TOML can't say what this file says: {}\n  help: the "
                        "file is read as it is wherever TOML is\n",
                        config_path, missing));
        return 1;
    }
    const std::vector<std::string> head = {
        fmt::format("What {} means for host {}, with all that it leaves to its default.",
                    config_path, audience.host)};
    const std::string text =
        config::write_toml(head, config::describe(*loaded.config, audience.host),
                           {.with_defaults = true, .with_secrets = with_secrets});
    return print_out(text) ? 0 : 1;
}

}  // namespace cli
