#include <curl/curl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <utility>

#include "health/printable.hpp"
#include "health/source_binding.hpp"
#include "health/transfer_curl.hpp"
#include "os/fd.hpp"

namespace health {

namespace {

std::uint32_t to_epoll(int what) {
    return ((what & CURL_POLL_IN) != 0 ? EPOLLIN : 0U) |
           ((what & CURL_POLL_OUT) != 0 ? EPOLLOUT : 0U);
}

int to_curl(std::uint32_t events) {
    return ((events & (EPOLLIN | EPOLLHUP)) != 0 ? CURL_CSELECT_IN : 0) |
           ((events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0) |
           ((events & EPOLLERR) != 0 ? CURL_CSELECT_ERR : 0);
}

std::string to_text(const curl_sockaddr& address) {
    std::array<char, NI_MAXHOST> host{};
    std::array<char, NI_MAXSERV> port{};
    const int code = getnameinfo(&address.addr, address.addrlen, host.data(), host.size(),
                                 port.data(), port.size(), NI_NUMERICHOST | NI_NUMERICSERV);
    return code == 0 ? fmt::format("{} port {}", host.data(), port.data()) : "the server";
}

}  // namespace

int Transfer::Callbacks::on_socket(CURL* /*easy*/, curl_socket_t fd, int what, void* self,
                                   void* /*socket*/) {
    auto& transfer = *static_cast<Transfer*>(self);
    transfer.sources_.erase(fd);
    if (what == CURL_POLL_REMOVE || what == CURL_POLL_NONE) {
        return 0;
    }
    auto source = transfer.loop_.watch(fd, to_epoll(what), os::Urgency::checks,
                                       [&transfer, fd](std::uint32_t events, vrrp::Instant now) {
                                           transfer.act(fd, to_curl(events), now);
                                       });
    if (!source) {
        transfer.socket_error_ = source.error();
        return -1;
    }
    transfer.sources_.emplace(fd, std::move(*source));
    return 0;
}

int Transfer::Callbacks::on_timeout(CURLM* /*multi*/, long milliseconds, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    if (milliseconds < 0) {
        transfer.timer_.disarm();
    } else {
        transfer.timer_.arm(transfer.loop_.now() + std::chrono::milliseconds(milliseconds));
    }
    return 0;
}

curl_socket_t Transfer::Callbacks::open_socket(void* self, curlsocktype /*purpose*/,
                                               curl_sockaddr* address) {
    auto& transfer = *static_cast<Transfer*>(self);
    const bool is_local = address->family == AF_UNIX;
    if (!is_local) {
        transfer.peer_ = to_text(*address);
    }
    os::Fd fd(::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol));
    if (!fd.is_open()) {
        transfer.socket_error_ = os::last_error("open a socket to " + transfer.peer_);
        return CURL_SOCKET_BAD;
    }
    if (is_local) {
        return fd.release();
    }
    // A reset instead of an orderly end, which would keep one of our ports for a minute: many
    // checks of one server would run out of them, and the kernel searches long for the last ones.
    const linger reset{.l_onoff = 1, .l_linger = 0};
    setsockopt(fd.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    if (const auto bound = bind_to_source(fd.get(), transfer.request_.source); !bound) {
        transfer.socket_error_ = bound.error();
        return CURL_SOCKET_BAD;
    }
    return fd.release();
}

std::size_t Transfer::Callbacks::on_header(const char* line, std::size_t size, std::size_t count,
                                           void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    const std::string_view text(line, size * count);
    transfer.header_size_ += text.size();
    if (text.starts_with("HTTP/")) {
        transfer.tell(printable(text, longest_note));
    }
    return transfer.header_size_ > max_header_size ? 0 : text.size();
}

std::size_t Transfer::Callbacks::on_body(const char* data, std::size_t size, std::size_t count,
                                         void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    const std::size_t arrived = size * count;
    const std::size_t room = transfer.request_.max_body - transfer.body_.size();
    transfer.body_.append(data, std::min(arrived, room));
    transfer.is_cut_ = arrived > room;
    return transfer.is_cut_ ? 0 : arrived;
}

/// Only called where somebody watches. What is sent may have secrets, so its text is left out.
int Transfer::Callbacks::on_debug(CURL* /*easy*/, curl_infotype type, char* data, std::size_t size,
                                  void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    const std::string_view text(data, size);
    transfer.note_progress();
    if (type == CURLINFO_HEADER_OUT) {
        transfer.tell(fmt::format("sent {} {}", transfer.request_.method,
                                  health::to_text(transfer.request_.url)));
    } else if (type == CURLINFO_TEXT && text.starts_with("SSL connection using ")) {
        transfer.tell(printable(text.substr(4), longest_note));
    }
    return 0;
}

void Transfer::Callbacks::set(Transfer& transfer) {
    CURLM* const multi = transfer.curl_->multi.get();
    CURL* const easy = transfer.curl_->handle.get();
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, &transfer);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timeout);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, &transfer);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &transfer);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &transfer);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
    if (transfer.note_) {
        curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
        curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_debug);
        curl_easy_setopt(easy, CURLOPT_DEBUGDATA, &transfer);
    }
}

}  // namespace health
