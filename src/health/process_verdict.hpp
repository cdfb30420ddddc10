#pragma once

#include "health/check.hpp"
#include "health/process_finder.hpp"

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>

namespace health {

/// How a process has ended.
struct ProcessEnd {
    pid_t pid = 0;
    std::optional<int> wait_status;  ///< nullopt: the kernel does not say
};

/// What is known of the processes of a check.
struct ProcessCount {
    std::size_t alive = 0;
    std::size_t min = 1;
    std::optional<std::size_t> max;
    std::optional<NotFound> error;  ///< why no process is found, if there is a reason
    std::string none;               ///< "no process is named nginx"
    std::optional<ProcessEnd> end;  ///< of the one that ended last

    /// Where some may be hidden, nobody can say that there aren't too many.
    [[nodiscard]] bool may_be_more() const { return max && error && error->is_unknown; }
    [[nodiscard]] bool is_good() const {
        return alive >= min && (!max || alive <= *max) && !may_be_more();
    }
};

/// "process 4711 exited, signal 9"
[[nodiscard]] std::string describe(const ProcessEnd& end);

/// Whether as many live as should, and what one would like to know of them.
[[nodiscard]] ProbeResult judge(const ProcessCount& count);

}  // namespace health
