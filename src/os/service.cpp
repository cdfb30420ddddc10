#include "os/service.hpp"

#include <sys/utsname.h>
#include <systemd/sd-daemon.h>

#include <cstdlib>
#include <string>

namespace os {

void notify_ready() {
    sd_notify(0, "READY=1");
}

void notify_reloading(std::uint64_t monotonic_microseconds) {
    const std::string state =
        "RELOADING=1\nMONOTONIC_USEC=" + std::to_string(monotonic_microseconds);
    sd_notify(0, state.c_str());
}

void notify_stopping() {
    sd_notify(0, "STOPPING=1");
}

bool is_managed_service() {
    return std::getenv("NOTIFY_SOCKET") != nullptr || std::getenv("INVOCATION_ID") != nullptr;
}

std::string host_name() {
    utsname name{};
    uname(&name);
    return name.nodename;
}

}  // namespace os
