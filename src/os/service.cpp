#include "os/service.hpp"

#include <sys/utsname.h>
#include <systemd/sd-daemon.h>

#include <cstdlib>

namespace os {

void notify_ready() {
    sd_notify(0, "READY=1");
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
