#include "cli/commands.hpp"
#include "cli/print.hpp"
#include "config/load.hpp"
#include "config/toml_printer.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

namespace cli {

int print_config(const std::string& config_path, const std::string& host, bool with_secrets) {
    const config::Loaded loaded = config::load(config_path, host);
    for (const config::Diagnostic& diagnostic : loaded.diagnostics) {
        print_error(config::to_text(diagnostic) + "\n");
    }
    if (!loaded.config) {
        return 1;
    }
    const std::vector<std::string> head = {fmt::format(
        "What {} means for host {}, with all that it leaves to its default.", config_path, host)};
    const std::string text =
        config::write_toml(head, config::describe(*loaded.config, host),
                           {.with_defaults = true, .with_secrets = with_secrets});
    return print_out(text) ? 0 : 1;
}

}  // namespace cli
