#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "catch2.hpp"
#include "os/fd.hpp"
#include "os/loop.hpp"
#include "stage.hpp"

namespace health_test {

/// A TCP server on 127.0.0.1, in the stage's loop.
class Server {
public:
    /// What it does with a connection on which something has arrived: true if it keeps it.
    using Answer = std::function<bool(int fd, const std::string& request)>;

    /// Without an answer it accepts and says nothing.
    explicit Server(Stage& stage, Answer answer = nullptr)
        : stage_(stage),
          answer_(std::move(answer)),
          listening_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        auto* const any = reinterpret_cast<sockaddr*>(&address);
        socklen_t size = sizeof address;
        REQUIRE(bind(listening_.get(), any, size) == 0);
        REQUIRE(listen(listening_.get(), 100) == 0);
        REQUIRE(getsockname(listening_.get(), any, &size) == 0);
        port_ = ntohs(address.sin_port);
        source_ = stage_.watch(listening_.get(), [this] { accept_one(); });
    }

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] int accepted() const { return accepted_; }
    [[nodiscard]] std::string url(const std::string& target = "/") const {
        return "http://127.0.0.1:" + std::to_string(port_) + target;
    }
    /// What the last client sent first.
    [[nodiscard]] const std::string& request() const { return request_; }

private:
    struct Connection {
        os::Fd fd;
        os::Source source;
    };

    void accept_one() {
        const int fd = accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0) {
            return;
        }
        ++accepted_;
        Connection& connection = connections_[fd];
        connection.fd = os::Fd(fd);
        connection.source = stage_.watch(fd, [this, fd] { read_from(fd); });
    }

    void read_from(int fd) {
        std::array<char, 4096> buffer;
        const ssize_t size = read(fd, buffer.data(), buffer.size());
        if (size > 0) {
            request_.assign(buffer.data(), static_cast<std::size_t>(size));
        }
        if (size <= 0 || (answer_ && !answer_(fd, request_))) {
            connections_[fd].source = os::Source();
            connections_.erase(fd);
        }
    }

    Stage& stage_;
    Answer answer_;
    os::Fd listening_;
    os::Source source_;
    std::map<int, Connection> connections_;
    std::string request_;
    std::uint16_t port_ = 0;
    int accepted_ = 0;
};

/// Answers with this text, and closes the connection.
inline Server::Answer saying(std::string text) {
    return [text = std::move(text)](int fd, const std::string& /*request*/) {
        send(fd, text.data(), text.size(), MSG_NOSIGNAL);
        return false;
    };
}

}  // namespace health_test
