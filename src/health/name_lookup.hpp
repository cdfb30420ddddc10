#pragma once

#include "os/error.hpp"
#include "os/loop.hpp"
#include "vrrp/address.hpp"
#include "vrrp/time.hpp"

#include <cstddef>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace health {

/// The addresses of a name, or why there are none.
using NameAnswer = std::expected<std::vector<vrrp::IpAddress>, std::string>;

/// The system's way to find the addresses of a name (/etc/hosts, DNS, what nsswitch.conf says),
/// which may take its time: it has a thread of its own while it looks. Pinned; for one probe, which
/// asks one thing at a time.
class NameLookup {
public:
    using OnAnswer = std::move_only_function<void(const NameAnswer& answer, vrrp::Instant now)>;

    /// As many look-ups that nobody waits for any more may go on, since none can be ended.
    static constexpr std::size_t max_running = 4;

    /// `loop` outlives it.
    explicit NameLookup(os::Loop& loop);
    NameLookup(const NameLookup&) = delete;
    NameLookup& operator=(const NameLookup&) = delete;
    ~NameLookup();

    /// Looks for the addresses; calls back once, from the loop. A look-up for the same name that
    /// still goes on answers this question too. Forgets the question before.
    [[nodiscard]] std::expected<void, os::Error> ask(const std::string& name, OnAnswer on_answer);

    /// The answer is not wanted any more; does nothing where there is no question.
    void forget();

private:
    struct Search;
    struct Running;

    [[nodiscard]] std::expected<void, os::Error> start(const std::string& name);
    void on_end(const Search* search, vrrp::Instant now);

    os::Loop& loop_;
    std::vector<std::unique_ptr<Running>> running_;
    std::string name_;  ///< what is asked for
    OnAnswer on_answer_;
};

}  // namespace health
