#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "health/stage.hpp"
#include "os/fd.hpp"

namespace health_test {

inline std::ptrdiff_t count_descriptors() {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

/// A UDP server on 127.0.0.1 in the loop of the test.
class UdpServer {
public:
    /// Called with a request; sends what answers it.
    using Handle = std::function<void(const std::string& request)>;

    UdpServer(Stage& stage, Handle handle)
        : fd_(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)),
          handle_(std::move(handle)) {
        sockaddr_in own{.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
        REQUIRE(bind(fd_.get(), reinterpret_cast<sockaddr*>(&own), sizeof own) == 0);
        socklen_t size = sizeof own;
        REQUIRE(getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&own), &size) == 0);
        port_ = ntohs(own.sin_port);
        source_ = stage.watch(fd_.get(), [this] { on_request(); });
    }

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] std::string name() const { return "127.0.0.1 port " + std::to_string(port_); }

    /// The address of who asked last.
    [[nodiscard]] std::string client() const {
        std::array<char, INET_ADDRSTRLEN> text;
        return inet_ntop(AF_INET, &client_.sin_addr, text.data(), text.size());
    }

    void answer(const std::string& datagram) { answer_from(fd_.get(), datagram); }

    /// As another server would that knows who asked.
    void answer_from_elsewhere(const std::string& datagram) {
        const os::Fd other(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        answer_from(other.get(), datagram);
    }

    /// From now on nobody listens.
    void close() {
        source_ = os::Source();
        fd_.close();
    }

private:
    void on_request() {
        std::array<char, 2048> buffer;
        socklen_t size = sizeof client_;
        const ssize_t received = recvfrom(fd_.get(), buffer.data(), buffer.size(), 0,
                                          reinterpret_cast<sockaddr*>(&client_), &size);
        REQUIRE(received >= 0);
        handle_(std::string(buffer.data(), static_cast<std::size_t>(received)));
    }

    void answer_from(int fd, const std::string& datagram) {
        CHECK(sendto(fd, datagram.data(), datagram.size(), 0,
                     reinterpret_cast<const sockaddr*>(&client_), sizeof client_) >= 0);
    }

    os::Fd fd_;
    Handle handle_;
    std::uint16_t port_ = 0;
    sockaddr_in client_{};
    os::Source source_;
};

}  // namespace health_test
