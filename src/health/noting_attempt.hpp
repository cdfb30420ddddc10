#pragma once

#include "health/check.hpp"
#include "health/periodic_probe.hpp"
#include "health/probe.hpp"
#include "vrrp/time.hpp"

#include <string>
#include <utility>

namespace health {

/// An attempt that tells its steps to who watches them, and its result once.
class NotingAttempt : public Attempt {
protected:
    NotingAttempt(NoteStep note, FinishAttempt finish)
        : note_(std::move(note)), finish_(std::move(finish)) {}

    void note(const std::string& step) const {
        if (note_) {
            note_(step);
        }
    }

    /// Gives the result, which destroys the attempt.
    void finish(const ProbeResult& result, vrrp::Instant now) {
        // The function outlives its own call.
        FinishAttempt finish = std::move(finish_);
        finish(result, now);
    }

private:
    NoteStep note_;
    FinishAttempt finish_;
};

}  // namespace health
