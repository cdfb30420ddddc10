#pragma once

#include "os/error.hpp"
#include "os/loop.hpp"
#include "vrrp/time.hpp"

#include <expected>
#include <functional>
#include <memory>
#include <string>

namespace observe {

/// The API of one daemon: HTTP on a Unix socket (mode 0660), served inside the daemon's loop.
class HttpServer {
public:
    /// What GET /v1/status answers: a JSON document.
    using Status = std::function<std::string()>;

    /// Takes the answer of a request, once: whether it was done, and a JSON document. Called from
    /// the loop, now or later; the client may have gone.
    using Answer = std::function<void(bool is_good, std::string document)>;

    /// What POST /v1/reload does, with ?dry_run=1 without doing it.
    using Reload = std::function<void(bool is_dry_run, Answer answer, vrrp::Instant now)>;

    /// Listens on `path`; its folder is made where it is missing. A socket that nobody answers on
    /// any more is replaced, one that is in use is an error. `loop` outlives the server.
    [[nodiscard]] static std::expected<HttpServer, os::Error> open(const std::string& path,
                                                                   os::Loop& loop, Status status,
                                                                   Reload reload);

    HttpServer(HttpServer&&) noexcept;
    /// Ends all connections and takes the socket away.
    ~HttpServer();

private:
    struct State;
    explicit HttpServer(std::unique_ptr<State> state);

    std::unique_ptr<State> state_;
};

}  // namespace observe
