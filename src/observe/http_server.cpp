#include "observe/http_server.hpp"

#include "observe/unix_listener.hpp"
#include "os/log.hpp"

#include <microhttpd.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <cassert>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string_view>
#include <utility>

namespace observe {

namespace {

constexpr unsigned most_connections = 32;
constexpr unsigned idle_seconds = 10;

/// The name of this one depends on libmicrohttpd's version.
constexpr unsigned http_unprocessable = 422;

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

/// A request that is answered later.
struct Pending {
    MHD_Connection* connection;
    bool is_answered = false;
    bool is_good = false;
    std::string document;
};

}  // namespace

/// Pinned: libmicrohttpd and the loop keep its address.
struct HttpServer::State {
    std::string path;
    Status status;
    Reload reload;
    os::Loop& loop;
    MHD_Daemon* daemon = nullptr;
    os::Source ready;
    os::Timer timer;
    std::map<std::uint64_t, Pending> pending;  ///< by a number that is given once
    std::uint64_t last_number = 0;
    bool has_resumed = false;

    explicit State(os::Loop& its_loop) : loop(its_loop) {}
    ~State();
    void work(vrrp::Instant now);
    MHD_Result route(MHD_Connection* connection, std::string_view url, std::string_view method,
                     void** request);
    void begin_reload(MHD_Connection* connection, void** request);
    void end_reload(std::uint64_t number, bool is_good, std::string document);

    static MHD_Result handle(void* self, MHD_Connection* connection, const char* url,
                             const char* method, const char* version, const char* upload,
                             std::size_t* upload_size, void** request);
    static void forget(void* self, MHD_Connection* connection, void** request,
                       MHD_RequestTerminationCode code);
};

HttpServer::State::~State() {
    ready = os::Source();
    if (daemon != nullptr) {
        // libmicrohttpd does not end with somebody suspended.
        for (const auto& [number, waiting] : pending) {
            if (!waiting.is_answered) {
                MHD_resume_connection(waiting.connection);
            }
        }
        MHD_stop_daemon(daemon);
        unlink(path.c_str());
    }
}

/// Lets libmicrohttpd do what can be done without waiting, and asks when it wants to be called
/// next.
void HttpServer::State::work(vrrp::Instant now) {
    // An answer at once resumes its connection within the call, too late for it.
    do {
        has_resumed = false;
        MHD_run(daemon);
    } while (has_resumed);
    MHD_UNSIGNED_LONG_LONG wait_ms = 0;
    if (MHD_get_timeout(daemon, &wait_ms) == MHD_YES) {
        timer.arm(now + std::chrono::milliseconds(wait_ms));
    } else {
        timer.disarm();
    }
}

/// What is kept of a request is the number of its answer; 0 while there is none to wait for.
MHD_Result HttpServer::State::handle(void* self, MHD_Connection* connection, const char* url,
                                     const char* method, const char* /*version*/,
                                     const char* /*upload*/, std::size_t* upload_size,
                                     void** request) {
    // The first call announces the request; a body, which nothing here wants, is thrown away.
    if (*request == nullptr) {
        *request = new std::uint64_t(0);
        return MHD_YES;
    }
    if (*upload_size > 0) {
        *upload_size = 0;
        return MHD_YES;
    }
    return static_cast<State*>(self)->route(connection, url, method, request);
}

MHD_Result HttpServer::State::route(MHD_Connection* connection, std::string_view url,
                                    std::string_view method, void** request) {
    const bool is_reload = url == "/v1/reload";
    if (!is_reload && url != "/v1/status") {
        return answer(connection, MHD_HTTP_NOT_FOUND, "text/plain",
                      "There is: GET /v1/status, POST /v1/reload\n");
    }
    if (method != (is_reload ? MHD_HTTP_METHOD_POST : MHD_HTTP_METHOD_GET)) {
        return answer(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "text/plain",
                      is_reload ? "Use POST.\n" : "Use GET.\n");
    }
    if (!is_reload) {
        return answer(connection, MHD_HTTP_OK, "application/json", status());
    }
    const auto waiting = pending.find(*static_cast<std::uint64_t*>(*request));
    if (waiting == pending.end()) {
        begin_reload(connection, request);
        return MHD_YES;
    }
    return answer(connection, waiting->second.is_good ? MHD_HTTP_OK : http_unprocessable,
                  "application/json", waiting->second.document);
}

void HttpServer::State::begin_reload(MHD_Connection* connection, void** request) {
    const std::uint64_t number = ++last_number;
    *static_cast<std::uint64_t*>(*request) = number;
    const char* const dry =
        MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, "dry_run");
    pending.emplace(number, Pending{.connection = connection, .document = {}});
    MHD_suspend_connection(connection);
    reload(
        dry != nullptr && std::string_view(dry) == "1",
        [this, number](bool is_good, std::string document) {
            end_reload(number, is_good, std::move(document));
        },
        loop.now());
}

void HttpServer::State::end_reload(std::uint64_t number, bool is_good, std::string document) {
    Pending& waiting = pending.at(number);
    waiting.is_answered = true;
    waiting.is_good = is_good;
    waiting.document = std::move(document);
    MHD_resume_connection(waiting.connection);
    has_resumed = true;
    timer.arm(loop.now());
}

void HttpServer::State::forget(void* self, MHD_Connection* /*connection*/, void** request,
                               MHD_RequestTerminationCode /*code*/) {
    const std::unique_ptr<std::uint64_t> number(static_cast<std::uint64_t*>(*request));
    if (number) {
        static_cast<State*>(self)->pending.erase(*number);
    }
}

std::expected<HttpServer, os::Error> HttpServer::open(const std::string& path, os::Loop& loop,
                                                      Status status, Reload reload) {
    auto listener = listen_on(path);
    if (!listener) {
        return std::unexpected(listener.error());
    }
    auto state = std::make_unique<State>(loop);
    state->path = path;
    state->status = std::move(status);
    state->reload = std::move(reload);
    state->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, nullptr, nullptr, State::handle, state.get(),
        MHD_OPTION_LISTEN_SOCKET, listener->get(), MHD_OPTION_CONNECTION_LIMIT, most_connections,
        MHD_OPTION_CONNECTION_TIMEOUT, idle_seconds, MHD_OPTION_NOTIFY_COMPLETED, State::forget,
        state.get(), MHD_OPTION_END);
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
