#include "observe/http_server.hpp"

#include "observe/unix_listener.hpp"
#include "os/log.hpp"

#include <microhttpd.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <cassert>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>

namespace observe {

namespace {

constexpr unsigned most_connections = 32;
constexpr unsigned idle_seconds = 10;

MHD_Result answer(MHD_Connection* connection, unsigned status, const char* type,
                  const std::string& body) {
    MHD_Response* response = MHD_create_response_from_buffer(
        body.size(), const_cast<char*>(body.data()), MHD_RESPMEM_MUST_COPY);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    const MHD_Result result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

}  // namespace

/// Pinned: libmicrohttpd and the loop keep its address.
struct HttpServer::State {
    std::string path;
    Status status;
    MHD_Daemon* daemon = nullptr;
    os::Source ready;
    os::Timer timer;

    ~State();
    void work(vrrp::Instant now);

    static MHD_Result handle(void* self, MHD_Connection* connection, const char* url,
                             const char* method, const char* version, const char* upload,
                             std::size_t* upload_size, void** connection_state);
};

HttpServer::State::~State() {
    ready = os::Source();
    if (daemon != nullptr) {
        MHD_stop_daemon(daemon);
        unlink(path.c_str());
    }
}

/// Lets libmicrohttpd do what can be done without waiting, and asks when it wants to be called
/// next.
void HttpServer::State::work(vrrp::Instant now) {
    MHD_run(daemon);
    MHD_UNSIGNED_LONG_LONG wait_ms = 0;
    if (MHD_get_timeout(daemon, &wait_ms) == MHD_YES) {
        timer.arm(now + std::chrono::milliseconds(wait_ms));
    } else {
        timer.disarm();
    }
}

MHD_Result HttpServer::State::handle(void* self, MHD_Connection* connection, const char* url,
                                     const char* method, const char* /*version*/,
                                     const char* /*upload*/, std::size_t* upload_size,
                                     void** connection_state) {
    // The first call announces the request; a body, which nothing here wants, is thrown away.
    if (*connection_state == nullptr) {
        *connection_state = self;
        return MHD_YES;
    }
    if (*upload_size > 0) {
        *upload_size = 0;
        return MHD_YES;
    }
    const auto& state = *static_cast<State*>(self);
    if (std::string_view(url) != "/v1/status") {
        return answer(connection, MHD_HTTP_NOT_FOUND, "text/plain", "There is: GET /v1/status\n");
    }
    if (std::string_view(method) != MHD_HTTP_METHOD_GET) {
        return answer(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "text/plain", "Use GET.\n");
    }
    return answer(connection, MHD_HTTP_OK, "application/json", state.status());
}

std::expected<HttpServer, os::Error> HttpServer::open(const std::string& path, os::Loop& loop,
                                                      Status status) {
    auto listener = listen_on(path);
    if (!listener) {
        return std::unexpected(listener.error());
    }
    auto state = std::make_unique<State>();
    state->path = path;
    state->status = std::move(status);
    state->daemon = MHD_start_daemon(MHD_USE_EPOLL, 0, nullptr, nullptr, State::handle, state.get(),
                                     MHD_OPTION_LISTEN_SOCKET, listener->get(),
                                     MHD_OPTION_CONNECTION_LIMIT, most_connections,
                                     MHD_OPTION_CONNECTION_TIMEOUT, idle_seconds, MHD_OPTION_END);
    if (state->daemon == nullptr) {
        return std::unexpected(os::last_error("serve HTTP on " + path));
    }
    // libmicrohttpd closes it from now on.
    static_cast<void>(listener->release());
    const auto* info = MHD_get_daemon_info(state->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    assert(info != nullptr);
    const auto work = [&state = *state](vrrp::Instant now) { state.work(now); };
    auto ready = loop.watch(info->epoll_fd, EPOLLIN, os::Urgency::clients,
                            [work](std::uint32_t /*events*/, vrrp::Instant now) { work(now); });
    auto timer = loop.timer(os::Urgency::clients, work);
    if (!ready || !timer) {
        return std::unexpected(ready ? timer.error() : ready.error());
    }
    state->ready = std::move(*ready);
    state->timer = std::move(*timer);
    return HttpServer(std::move(state));
}

HttpServer::HttpServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
HttpServer::HttpServer(HttpServer&&) noexcept = default;
HttpServer::~HttpServer() = default;

}  // namespace observe
