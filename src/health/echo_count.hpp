#pragma once

#include "health/check.hpp"
#include "health/probe_config.hpp"
#include "vrrp/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace health {

/// The echo requests of one run, and what became of them.
class EchoCount {
public:
    explicit EchoCount(int requests);

    /// The number of the next request, from 1 on; nullopt once all were sent.
    [[nodiscard]] std::optional<std::uint16_t> next() const;

    /// The next request goes out now.
    void send(vrrp::Instant now);
    /// The next request can't go out: it is lost.
    void lose();

    /// Takes an answer; its round trip, or nullopt where it was none that is waited for: it came
    /// twice, or answers what was not sent.
    [[nodiscard]] std::optional<vrrp::Duration> take_answer(std::uint16_t sequence,
                                                            vrrp::Instant now);

    /// Nothing more can come.
    [[nodiscard]] bool is_complete() const { return answered_ + unsent_ == requests_; }

    /// What that means to who pings as `config` says; `reason` is why some may be lost, where that
    /// is known.
    [[nodiscard]] ProbeResult judge(const PingProbeConfig& config, std::string_view reason) const;

private:
    /// Of the answered ones; there is at least one.
    [[nodiscard]] vrrp::Duration mean() const { return total_ / answered_; }

    int requests_;
    int answered_ = 0;
    int unsent_ = 0;
    vrrp::Duration total_{0};
    std::vector<std::optional<vrrp::Instant>> waiting_;  ///< when sent; nullopt: no more
};

}  // namespace health
