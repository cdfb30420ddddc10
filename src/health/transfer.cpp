#include "health/transfer.hpp"

#include <curl/curl.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <utility>

#include "health/duration_text.hpp"
#include "health/printable.hpp"
#include "health/transfer_curl.hpp"
#include "health/transfer_failure.hpp"

namespace health {

namespace {

/// CURLE_TOO_LARGE, which libcurl has from 8.6 on.
constexpr int too_large = 100;

/// How long it took from the begin of the transfer; nullopt: it has not come to that yet.
std::optional<vrrp::Duration> time_of(CURL* easy, CURLINFO what) {
    curl_off_t microseconds = 0;
    curl_easy_getinfo(easy, what, &microseconds);
    if (microseconds <= 0) {
        return std::nullopt;
    }
    return std::chrono::microseconds(microseconds);
}

}  // namespace

TransferLibrary::TransferLibrary() {
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

TransferLibrary::~TransferLibrary() {
    curl_global_cleanup();
}

std::expected<std::unique_ptr<Transfer>, os::Error> Transfer::start(const TransferContext& context,
                                                                    TransferRequest request,
                                                                    OnEnd on_end) {
    std::unique_ptr<Transfer> transfer(
        new Transfer(context, std::move(request), std::move(on_end)));
    auto* const self = transfer.get();
    auto timer = context.loop.timer(os::Urgency::checks, [self](vrrp::Instant now) {
        if (self->curl_) {
            self->act(CURL_SOCKET_TIMEOUT, 0, now);
        } else {
            self->begin(now);
        }
    });
    if (!timer) {
        return std::unexpected(timer.error());
    }
    auto patience = context.loop.timer(os::Urgency::checks,
                                       [self](vrrp::Instant now) { self->on_silence(now); });
    if (!patience) {
        return std::unexpected(patience.error());
    }
    transfer->timer_ = std::move(*timer);
    transfer->patience_ = std::move(*patience);
    transfer->timer_.arm(context.loop.now());
    return transfer;
}

Transfer::Transfer(const TransferContext& context, TransferRequest request, OnEnd on_end)
    : loop_(context.loop),
      lookup_(context.lookup),
      files_(context.files),
      note_(context.note),
      request_(std::move(request)),
      on_end_(std::move(on_end)) {
    if (request_.connect_host.empty()) {
        request_.connect_host = request_.url.server.host;
    }
    peer_ = request_.unix_socket.empty()
                ? health::to_text(Endpoint{request_.connect_host, request_.url.server.port})
                : request_.unix_socket;
}

Transfer::~Transfer() {
    lookup_.forget();
    // It still calls us.
    curl_.reset();
}

/// Finds out where to connect to.
void Transfer::begin(vrrp::Instant now) {
    const std::string& host = request_.connect_host;
    failure_ = complaint_of_files();
    if (!failure_.empty()) {
        end(now);
        return;
    }
    if (!request_.unix_socket.empty()) {
        connect(now);
        return;
    }
    if (const auto address = vrrp::IpAddress::from_text(host)) {
        // An address as the url has it needs no entry for its name.
        if (host != request_.url.server.host) {
            addresses_.push_back(*address);
        }
        connect(now);
        return;
    }
    const auto asked = lookup_.ask(
        host, [this](const NameAnswer& answer, vrrp::Instant at) { on_addresses(answer, at); });
    if (!asked) {
        failure_ =
            asked.error().code == EBUSY
                ? fmt::format("the name {} is not looked up: earlier look-ups still hang", host)
                : asked.error().message();
        end(now);
    }
}

/// libcurl opens them within the loop, and would wait there for who writes to a FIFO.
std::string Transfer::complaint_of_files() const {
    const TlsSettings& tls = request_.tls;
    const std::array<std::pair<std::string_view, const std::string&>, 3> files = {
        {{"ca_file", tls.ca_file},
         {"client_certificate", tls.client_certificate},
         {"client_key", tls.client_key}}};
    for (const auto& [key, path] : files) {
        const bool is_used = request_.url.is_tls && !path.empty();
        if (const auto complaint = is_used ? files_.complaint_of(path) : ""; !complaint.empty()) {
            return fmt::format("{} {} {}", key, path, complaint);
        }
    }
    return "";
}

void Transfer::on_addresses(const NameAnswer& answer, vrrp::Instant now) {
    const std::string& host = request_.connect_host;
    if (!answer) {
        failure_ = fmt::format("the name {} has no address: {}", host, answer.error());
        end(now);
        return;
    }
    const ProbeSource& source = request_.source;
    for (const vrrp::IpAddress& address : *answer) {
        tell(fmt::format("{} is {}", host, address.to_text()));
        // A link-local one is another on each link.
        const bool is_on_one_link =
            address.family() == vrrp::Family::ipv6 && address.is_link_local();
        const bool is_of_source = !source.address || source.address->family() == address.family();
        if (is_of_source && !(is_on_one_link && source.interface.empty())) {
            addresses_.push_back(address);
        }
    }
    if (addresses_.empty()) {
        const std::string what = source.address
                                     ? "no address of the family of " + source.address->to_text()
                                     : "only link-local addresses, which need source_interface";
        failure_ = fmt::format("the name {} has {}", host, what);
        end(now);
        return;
    }
    connect(now);
}

/// Connects to the next of the addresses, each of which gets its share of the time that is left; or
/// to the url's host itself, where there are none. Never called from within libcurl.
void Transfer::connect(vrrp::Instant now) {
    std::optional<vrrp::IpAddress> address;
    if (has_more_addresses()) {
        address = addresses_[tried_++];
    }
    socket_error_.reset();
    curl_ = std::make_unique<Curl>(request_, address);
    if (!curl_->multi || curl_->handle.get() == nullptr) {
        failure_ = "no memory for a connection to " + peer_;
        end(now);
        return;
    }
    Callbacks::set(*this);
    if (has_more_addresses()) {
        const vrrp::Duration left = std::max(request_.limit - now, vrrp::Duration::zero());
        patience_.arm(now + left / static_cast<long>(addresses_.size() - tried_ + 1));
    } else {
        patience_.disarm();
    }
    // libcurl asks to be called at once.
    curl_multi_add_handle(curl_->multi.get(), curl_->handle.get());
}

void Transfer::on_silence(vrrp::Instant now) {
    // libcurl watches no socket on which nothing is awaited just then.
    if (!time_of(curl_->handle.get(), CURLINFO_CONNECT_TIME_T) && !is_connected()) {
        tell("no connection yet to " + peer_);
        connect(now);
    }
}

void Transfer::act(int fd, int events, vrrp::Instant now) {
    CURLM* const multi = curl_->multi.get();
    int running = 0;
    const CURLMcode code = curl_multi_socket_action(multi, fd, events, &running);
    note_progress();
    int waiting = 0;
    const CURLMsg* const message = curl_multi_info_read(multi, &waiting);
    if (message != nullptr && message->msg == CURLMSG_DONE) {
        const int result = message->data.result;
        take_result(result);
        if (result == CURLE_COULDNT_CONNECT && has_more_addresses()) {
            tell(std::exchange(failure_, ""));
            connect(now);
            return;
        }
        end(now);
    } else if (code != CURLM_OK) {
        failure_ = socket_error_ ? socket_error_->message() : curl_multi_strerror(code);
        end(now);
    }
}

void Transfer::take_result(int code) {
    if (const auto served_by = certificate(); served_by && note_) {
        tell(describe(*served_by, loop_.wall_time(loop_.now())));
    }
    const bool has_answer = code == CURLE_OK || (code == CURLE_WRITE_ERROR && is_cut_);
    if (has_answer) {
        if (!request_.only_connects) {
            tell(fmt::format("a body of {} bytes{}{}", body_.size(), is_cut_ ? ", cut there" : "",
                             body_.empty() ? "" : ": " + printable(body_, longest_note)));
        }
        return;
    }
    if (code == CURLE_COULDNT_CONNECT && socket_error_) {
        failure_ = socket_error_->message() + place_among_addresses();
        return;
    }
    // libcurl itself takes no line of more than 100 KB.
    const bool is_line_too_long = code == CURLE_OUT_OF_MEMORY || code == too_large;
    if (code == CURLE_WRITE_ERROR || (is_line_too_long && header_size_ > 0)) {
        failure_ = fmt::format("the header of the answer of {} is longer than {} bytes", peer_,
                               max_header_size);
        return;
    }
    long error_number = 0;
    curl_easy_getinfo(curl_->handle.get(), CURLINFO_OS_ERRNO, &error_number);
    failure_ = describe(TransferFailure{.code = code,
                                        .error_number = static_cast<int>(error_number),
                                        .text = curl_->handle.error(),
                                        .peer = peer_,
                                        .name = request_.url.server.host,
                                        .ca_file = request_.tls.ca_file,
                                        .client_certificate = request_.tls.client_certificate});
    if (code == CURLE_COULDNT_CONNECT) {
        failure_ += place_among_addresses();
    }
}

/// Said of what is the end of several addresses, none of which was well.
std::string Transfer::place_among_addresses() const {
    return addresses_.size() < 2 || has_more_addresses()
               ? ""
               : fmt::format(", the last of {} addresses", addresses_.size());
}

void Transfer::note_progress() {
    // libcurl speaks of its own end too.
    if (!note_ || !curl_) {
        return;
    }
    CURL* const easy = curl_->handle.get();
    if (const auto time = time_of(easy, CURLINFO_CONNECT_TIME_T); time && !has_noted_connection_) {
        has_noted_connection_ = true;
        tell(fmt::format("connected to {} after {}", peer_, to_milliseconds_text(*time)));
    }
    if (const auto time = time_of(easy, CURLINFO_APPCONNECT_TIME_T); time && !has_noted_tls_) {
        has_noted_tls_ = true;
        tell(fmt::format("the TLS handshake was done after {}", to_milliseconds_text(*time)));
    }
}

void Transfer::end(vrrp::Instant now) {
    patience_.disarm();
    if (on_end_) {
        // May destroy this.
        OnEnd on_end = std::exchange(on_end_, nullptr);
        on_end(now);
    }
}

void Transfer::tell(const std::string& step) const {
    if (note_) {
        note_(step);
    }
}

std::string Transfer::progress() const {
    if (!curl_) {
        return fmt::format("looking up the name {}", request_.connect_host);
    }
    CURL* const easy = curl_->handle.get();
    // libcurl may count the handshake as a part of connecting.
    if (!time_of(easy, CURLINFO_CONNECT_TIME_T) && !is_connected()) {
        return fmt::format("connecting to {}{}", peer_, place_among_addresses());
    }
    if (request_.url.is_tls && !time_of(easy, CURLINFO_APPCONNECT_TIME_T)) {
        return "waiting for the TLS handshake with " + peer_;
    }
    if (!time_of(easy, CURLINFO_STARTTRANSFER_TIME_T)) {
        return "waiting for the first byte of the answer of " + peer_;
    }
    return fmt::format("reading the answer of {}, with {} bytes of its body so far", peer_,
                       body_.size());
}

bool Transfer::is_connected() const {
    return std::ranges::any_of(sources_, [](const auto& watched) {
        sockaddr_storage address{};
        socklen_t size = sizeof address;
        return getpeername(watched.first, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    });
}

}  // namespace health
