#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdint>

#include "catch2.hpp"
#include "net/listeners.hpp"
#include "net_kernel_lab.hpp"
#include "os/fd.hpp"

namespace net::test {

namespace {

/// A TCP socket at an address of the loopback; one that listens, if asked to.
os::Fd open_socket(std::uint16_t port, bool listens) {
    os::Fd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    REQUIRE((!listens || listen(fd.get(), 1) == 0));
    return fd;
}

}  // namespace

TEST_CASE("sockets that wait for clients are told, and no others", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    const os::Fd waiting = open_socket(4711, true);
    const os::Fd idle = open_socket(4712, false);
    struct stat status{};
    REQUIRE(fstat(waiting.get(), &status) == 0);

    const auto listeners = dump_listeners();

    REQUIRE(listeners);
    REQUIRE(listeners->size() == 1);
    CHECK(listeners->front() ==
          Listener{.address = vrrp::IpAddress(127, 0, 0, 1), .port = 4711, .inode = status.st_ino});
}

}  // namespace net::test
