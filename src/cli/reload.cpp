#include "cli/client.hpp"
#include "cli/commands.hpp"
#include "cli/print.hpp"
#include "cli/reload_text.hpp"

#include <fmt/format.h>

#include <string>

namespace cli {

int reload(const std::string& socket_path, bool is_dry_run, bool as_json) {
    const auto answer = post(socket_path, is_dry_run ? "/v1/reload?dry_run=1" : "/v1/reload");
    if (!answer) {
        print_error(fmt::format("understudy: {}\n", answer.error()));
        return 1;
    }
    const auto text = reload_text(answer->body);
    if (!text) {
        print_error(fmt::format("understudy: {}\n", text.error()));
        return 1;
    }
    if (!as_json) {
        print_error(text->messages);
    }
    const bool is_told = print_out(as_json ? answer->body : text->output);
    return text->is_good && is_told ? 0 : 1;
}

}  // namespace cli
