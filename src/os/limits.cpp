#include "os/limits.hpp"

#include <sys/resource.h>

namespace os {

namespace {

rlimit limit_of(__rlimit_resource_t resource) {
    rlimit limit{};
    getrlimit(resource, &limit);
    return limit;
}

const rlimit open_files_at_start = limit_of(RLIMIT_NOFILE);
const rlimit locked_memory_at_start = limit_of(RLIMIT_MEMLOCK);
const rlimit realtime_at_start = limit_of(RLIMIT_RTTIME);

}  // namespace

void raise_open_file_limit() {
    rlimit limit = limit_of(RLIMIT_NOFILE);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

void take_child_limits() {
    setrlimit(RLIMIT_NOFILE, &open_files_at_start);
    setrlimit(RLIMIT_MEMLOCK, &locked_memory_at_start);
    setrlimit(RLIMIT_RTTIME, &realtime_at_start);
    // A check that crashes each second would fill the disk with its dumps.
    const rlimit none{.rlim_cur = 0, .rlim_max = 0};
    setrlimit(RLIMIT_CORE, &none);
}

}  // namespace os
