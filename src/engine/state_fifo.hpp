#pragma once

#include "config/config.hpp"
#include "engine/snapshot.hpp"
#include "os/error.hpp"
#include "os/fd.hpp"
#include "os/launcher.hpp"
#include "os/loop.hpp"
#include "vrrp/time.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace engine {

/// A FIFO to which states are written, a line each, and the program that reads it, where the file
/// names one. Lines that the FIFO has no room for wait, and are written as it is read; of more than
/// some the oldest is lost, told and counted. Pinned.
class StateFifo {
public:
    /// How many lines wait at most.
    static constexpr std::size_t most_waiting = 1000;

    /// Makes the FIFO, and starts its reader. What fails is told, and tried again with the next
    /// line. `launcher` and `loop` outlive it.
    [[nodiscard]] static std::expected<std::unique_ptr<StateFifo>, os::Error> create(
        config::StateFifo settings, os::Launcher& launcher, os::Loop& loop);
    StateFifo(const StateFifo&) = delete;
    StateFifo& operator=(const StateFifo&) = delete;

    /// Writes a line, given without its end; never blocks.
    void write(std::string_view line, vrrp::Instant now);

    [[nodiscard]] const config::StateFifo& settings() const { return settings_; }
    [[nodiscard]] FifoSnapshot snapshot() const;

private:
    StateFifo(config::StateFifo settings, os::Launcher& launcher, os::Loop& loop);

    [[nodiscard]] std::expected<void, std::string> open();
    [[nodiscard]] bool is_open(vrrp::Instant now);
    void write_waiting();
    void tell_loss();
    void start_reader(vrrp::Instant now);
    void on_reader_end(const os::RunResult& result);

    config::StateFifo settings_;
    os::Launcher& launcher_;
    os::Loop& loop_;
    os::Fd fifo_;
    os::Source writable_;
    std::string problem_;
    std::deque<std::string> waiting_;
    std::uint64_t written_ = 0;
    std::uint64_t lost_ = 0;
    bool is_losing_ = false;
    std::optional<os::Run> reader_;
    vrrp::Instant reader_started_at_;
    os::Timer reader_timer_;
};

}  // namespace engine
