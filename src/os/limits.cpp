#include "os/limits.hpp"

#include <sys/resource.h>

namespace os {

namespace {

rlimit open_file_limit() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    return limit;
}

const rlimit limit_at_start = open_file_limit();

}  // namespace

void raise_open_file_limit() {
    rlimit limit = open_file_limit();
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

void restore_open_file_limit() {
    setrlimit(RLIMIT_NOFILE, &limit_at_start);
}

}  // namespace os
