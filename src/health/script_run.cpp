#include "health/script_run.hpp"

#include <fmt/format.h>

#include <cstring>

#include "health/last_line.hpp"
#include "os/service.hpp"

namespace health {

std::vector<std::string> script_environment() {
    return {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C",
            "UNDERSTUDY_HOST=" + os::host_name()};
}

std::vector<std::string> script_users(const std::string& user) {
    return user.empty() ? std::vector<std::string>{"understudy", "nobody"}
                        : std::vector<std::string>{user};
}

std::string describe(const os::ExitStatus& status) {
    if (!status.not_executed.empty()) {
        return "cannot be executed: " + status.not_executed;
    }
    if (status.signal != 0) {
        const char* name = sigdescr_np(status.signal);
        return fmt::format("killed by signal {}{}", status.signal,
                           name == nullptr ? "" : fmt::format(" ({})", name));
    }
    return fmt::format("exit status {}", status.code);
}

std::string with_output(std::string detail, const std::string& output) {
    const std::string line = last_line(output);
    return line.empty() ? detail : detail + ": " + line;
}

}  // namespace health
