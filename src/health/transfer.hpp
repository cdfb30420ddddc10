#pragma once

#include "health/certificate.hpp"
#include "health/local_file.hpp"
#include "health/name_lookup.hpp"
#include "health/probe.hpp"
#include "health/transfer_request.hpp"
#include "os/error.hpp"
#include "os/loop.hpp"
#include "vrrp/address.hpp"
#include "vrrp/time.hpp"

#include <cstddef>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace health {

/// What libcurl needs of a process once; for as long as there may be transfers.
class TransferLibrary {
public:
    TransferLibrary();
    TransferLibrary(const TransferLibrary&) = delete;
    TransferLibrary& operator=(const TransferLibrary&) = delete;
    ~TransferLibrary();
};

/// What transfers work with. All of it outlives them.
struct TransferContext {
    os::Loop& loop;
    NameLookup& lookup;
    LocalFiles& files;
    const NoteStep& note;
};

/// One connection to a server, and one request on it, by libcurl within the loop: nothing blocks,
/// nothing is kept for a next one. Ends when it is destroyed. Pinned.
class Transfer {
public:
    using OnEnd = std::move_only_function<void(vrrp::Instant now)>;

    /// `on_end` is called once, from the loop, and may destroy the transfer.
    [[nodiscard]] static std::expected<std::unique_ptr<Transfer>, os::Error> start(
        const TransferContext& context, TransferRequest request, OnEnd on_end);
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;
    ~Transfer();

    /// What it waits for: "connecting to 127.0.0.1 port 80".
    [[nodiscard]] std::string progress() const;

    // Once it has ended:

    /// Why there is no answer, for people; empty: there is one.
    [[nodiscard]] const std::string& failure() const { return failure_; }
    /// "127.0.0.1 port 80", or the path of a socket.
    [[nodiscard]] const std::string& peer() const { return peer_; }
    [[nodiscard]] int status() const;
    /// Whether the answer came in HTTP/2.
    [[nodiscard]] bool was_http2() const;
    [[nodiscard]] const std::string& body() const { return body_; }
    /// Whether there was more of it than was read.
    [[nodiscard]] bool is_cut() const { return is_cut_; }
    /// Where a redirect leads to; empty: the answer is none.
    [[nodiscard]] std::string redirect() const;
    /// The server's, where there is TLS.
    [[nodiscard]] std::optional<Certificate> certificate() const;

    // Where it only connects, once it has ended without a failure:

    /// What send() and receive() speak through, to be watched.
    [[nodiscard]] int socket() const;
    /// Sends some of it, at least a byte, or none where that is not possible now.
    [[nodiscard]] std::expected<std::size_t, std::string> send(std::string_view data);
    /// What is received; nullopt where nothing is there now, 0 bytes at the end.
    [[nodiscard]] std::expected<std::optional<std::size_t>, std::string> receive(
        std::span<char> buffer);

private:
    struct Curl;
    struct Callbacks;

    Transfer(const TransferContext& context, TransferRequest request, OnEnd on_end);

    void begin(vrrp::Instant now);
    [[nodiscard]] std::string complaint_of_files() const;
    void on_addresses(const NameAnswer& answer, vrrp::Instant now);
    void connect(vrrp::Instant now);
    void on_silence(vrrp::Instant now);
    void act(int fd, int events, vrrp::Instant now);
    void take_result(int code);
    void note_progress();
    [[nodiscard]] bool is_connected() const;
    [[nodiscard]] bool has_more_addresses() const { return tried_ < addresses_.size(); }
    [[nodiscard]] std::string place_among_addresses() const;
    void end(vrrp::Instant now);
    void tell(const std::string& step) const;

    os::Loop& loop_;
    NameLookup& lookup_;
    LocalFiles& files_;
    const NoteStep& note_;
    TransferRequest request_;
    OnEnd on_end_;
    std::vector<vrrp::IpAddress> addresses_;
    std::size_t tried_ = 0;  ///< how many of them
    std::map<int, os::Source> sources_;
    os::Timer timer_;
    os::Timer patience_;          ///< with an address, as long as there are others
    std::unique_ptr<Curl> curl_;  ///< nullptr before the addresses are known
    std::optional<os::Error> socket_error_;
    std::string peer_;
    std::string failure_;
    std::string body_;
    std::size_t header_size_ = 0;
    bool is_cut_ = false;
    bool has_noted_connection_ = false;
    bool has_noted_tls_ = false;
};

}  // namespace health
