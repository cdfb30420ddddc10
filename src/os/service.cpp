#include "os/service.hpp"

#include <sys/utsname.h>
#include <systemd/sd-daemon.h>

namespace os {

void notify_ready() {
    sd_notify(0, "READY=1");
}

void notify_stopping() {
    sd_notify(0, "STOPPING=1");
}

std::string host_name() {
    utsname name{};
    uname(&name);
    return name.nodename;
}

}  // namespace os
