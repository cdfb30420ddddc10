#include "cli/client.hpp"
#include "cli/commands.hpp"
#include "cli/print.hpp"
#include "cli/status_text.hpp"

#include <fmt/format.h>

#include <string>

namespace cli {

int status(const std::string& socket_path, bool as_json) {
    const auto body = get(socket_path, "/v1/status");
    const auto text = body && !as_json ? status_text(*body) : body;
    if (!text) {
        print_error(fmt::format("understudy: {}\n", text.error()));
        return 1;
    }
    return print_out(*text) ? 0 : 1;
}

}  // namespace cli
