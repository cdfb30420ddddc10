#include "health/source_binding.hpp"

#include "health/socket_address.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <string>

namespace health {

std::expected<void, os::Error> bind_to_source(int fd, const ProbeSource& source) {
    const std::string& interface = source.interface;
    if (!interface.empty() && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface.c_str(),
                                         static_cast<socklen_t>(interface.size() + 1)) != 0) {
        return std::unexpected(os::last_error("speak from interface " + interface));
    }
    if (!source.address) {
        return {};
    }
    // The port is chosen when the socket is connected: many connections may then share one.
    const int yes = 1;
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
    const SocketAddress own(*source.address, 0);
    if (bind(fd, own.get(), own.size()) != 0) {
        return std::unexpected(os::last_error("speak from " + source.address->to_text()));
    }
    return {};
}

}  // namespace health
