#pragma once

#include "engine/standing.hpp"

#include <string>
#include <utility>

namespace engine {

/// Which state scripts were told to the end, in a file that outlives the daemon: one that resumes
/// as master tells it only where the daemon before it did not.
class ToldState {
public:
    explicit ToldState(std::string path) : path_(std::move(path)) {}

    [[nodiscard]] bool is(Standing standing) const;
    void note(Standing standing) const;
    /// Nothing is told to the end.
    void clear() const;

private:
    std::string path_;
};

}  // namespace engine
