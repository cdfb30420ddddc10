#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <span>

#include <fmt/format.h>

#include "rehearse/simulation.hpp"
#include "vrrp/advertisement.hpp"
#include "vrrp/virtual_router.hpp"

// What the core costs: an advert decoded and handled, and a second of a simulated router. User time
// of this process, the median of several batches.

namespace {

using namespace std::chrono_literals;

constexpr std::size_t batches = 7;  // odd, so that there is one in the middle
constexpr std::uint64_t adverts_per_batch = 1'000'000;
constexpr std::uint64_t seeds_per_batch = 200;

/// Adverts come a millisecond apart: as in a flood, and so that the timers are part of it.
constexpr vrrp::Duration advert_gap = 1ms;

constexpr vrrp::IpAddress us(192, 0, 2, 1);
constexpr vrrp::PacketContext packet{
    .source = {192, 0, 2, 2}, .destination = {224, 0, 0, 18}, .ttl = 255};

std::chrono::microseconds user_time() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return std::chrono::seconds(usage.ru_utime.tv_sec) +
           std::chrono::microseconds(usage.ru_utime.tv_usec);
}

/// The median of what each batch says of itself, given its number.
double median_of_batches(const std::function<double(std::size_t)>& run_batch) {
    std::array<double, batches> results{};
    for (std::size_t i = 0; i < batches; ++i) {
        results[i] = run_batch(i);
    }
    std::ranges::sort(results);
    return results[batches / 2];
}

/// What must hold for the numbers to mean anything.
void require(bool condition, const char* what) {
    if (!condition) {
        fmt::print(stderr, "advert_bench: {}\n", what);
        std::exit(1);
    }
}

/// A router, and the bytes of a peer's advert that it hears again and again.
class Hearing {
public:
    Hearing(vrrp::Version version, std::uint8_t peer_priority)
        : router_({.virtual_router_id = 51,
                   .version = version,
                   .priority = 100,
                   .addresses = {vrrp::IpAddress(192, 0, 2, 254)}}) {
        message_ = vrrp::encode(router_.advertisement(vrrp::SendAdvertisement{peer_priority}),
                                packet, buffer_);
        handle(vrrp::SourceChanged{us});
        handle(vrrp::Startup{});
    }
    Hearing(const Hearing&) = delete;
    Hearing& operator=(const Hearing&) = delete;

    [[nodiscard]] vrrp::State state() const { return router_.state(); }

    /// Nobody speaks until the router takes over.
    void wait_for_takeover() {
        while (router_.state() != vrrp::State::master) {
            now_ = router_.deadline().value();
            handle(vrrp::TimerExpired{});
        }
    }

    /// One advert arrives; a timer fires where one is due.
    void hear() {
        now_ += advert_gap;
        const auto advertisement = vrrp::decode(message_, packet);
        require(advertisement.has_value(), "the advert is refused");
        handle(vrrp::AdvertisementReceived{*advertisement, packet});
        while (router_.deadline().value() <= now_) {
            handle(vrrp::TimerExpired{});
        }
    }

private:
    void handle(const vrrp::Event& event) { static_cast<void>(router_.handle(event, now_)); }

    vrrp::VirtualRouter router_;
    vrrp::Instant now_{};
    std::array<std::byte, vrrp::max_message_size> buffer_{};
    std::span<const std::byte> message_;
};

/// Nanoseconds for each advert.
double cost_of_hearing(Hearing& router) {
    return median_of_batches([&](std::size_t) {
        const auto begin = user_time();
        for (std::uint64_t i = 0; i < adverts_per_batch; ++i) {
            router.hear();
        }
        const std::chrono::duration<double, std::nano> spent = user_time() - begin;
        return spent.count() / static_cast<double>(adverts_per_batch);
    });
}

double cost_as_backup(vrrp::Version version) {
    Hearing router(version, 200);
    const double cost = cost_of_hearing(router);
    require(router.state() == vrrp::State::backup, "the backup has not stayed backup");
    return cost;
}

double cost_as_master(vrrp::Version version) {
    Hearing router(version, 50);
    router.wait_for_takeover();
    const double cost = cost_of_hearing(router);
    require(router.state() == vrrp::State::master, "the master has not stayed master");
    return cost;
}

/// Router-seconds for each second, all invariants checked.
double rate_of_simulation() {
    return median_of_batches([](std::size_t batch) {
        vrrp::Duration simulated{0};
        const auto begin = user_time();
        for (std::uint64_t i = 0; i < seeds_per_batch; ++i) {
            rehearse::Trace trace;
            const auto scenario = rehearse::make_scenario(batch * seeds_per_batch + i);
            const auto outcome = rehearse::run(scenario, rehearse::Behaviour{}, trace);
            require(!outcome.violation, "an invariant is broken: see test/sim");
            simulated += outcome.router_time;
        }
        const std::chrono::duration<double> spent = user_time() - begin;
        return std::chrono::duration<double>(simulated).count() / spent.count();
    });
}

}  // namespace

/// Prints one line of JSON, for docs/performance.md.
int main() {
    const double backup_v2 = cost_as_backup(vrrp::Version::v2);
    const double master_v2 = cost_as_master(vrrp::Version::v2);
    const double backup_v3 = cost_as_backup(vrrp::Version::v3);
    const double master_v3 = cost_as_master(vrrp::Version::v3);
    fmt::print(R"({{"backup_v2_ns": {:.0f}, "master_v2_ns": {:.0f}, )", backup_v2, master_v2);
    fmt::print(R"("backup_v3_ns": {:.0f}, "master_v3_ns": {:.0f}, )", backup_v3, master_v3);
    fmt::print("\"router_seconds_per_second\": {:.0f}}}\n", rate_of_simulation());
    return 0;
}
