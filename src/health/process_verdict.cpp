#include "health/process_verdict.hpp"

#include <fmt/format.h>
#include <sys/wait.h>

#include <utility>

namespace health {

namespace {

std::string describe_alive(const ProcessCount& count) {
    const std::string alive = count.alive == 0 ? count.none
                              : count.alive == 1
                                  ? "1 process is alive"
                                  : fmt::format("{} processes are alive", count.alive);
    if (count.max && count.alive > *count.max) {
        return *count.max == 0 ? alive + ", none may"
                               : fmt::format("{}, at most {} may", alive, *count.max);
    }
    if (count.alive < count.min && count.min > 1) {
        return fmt::format("{}, {} are needed", alive, count.min);
    }
    return alive;
}

}  // namespace

std::string describe(const ProcessEnd& end) {
    const std::string text = fmt::format("process {} exited", end.pid);
    if (!end.wait_status) {
        return text;
    }
    if (WIFSIGNALED(*end.wait_status)) {
        return fmt::format("{}, signal {}", text, WTERMSIG(*end.wait_status));
    }
    return fmt::format("{}, exit status {}", text, WEXITSTATUS(*end.wait_status));
}

ProbeResult judge(const ProcessCount& count) {
    const bool is_good = count.is_good();
    std::string detail = describe_alive(count);
    if (count.end) {
        const std::string end = describe(*count.end);
        detail = count.alive == 0 ? end : end + "; " + detail;
    } else if (count.alive < count.min && count.error) {
        detail = count.error->text;
    }
    if (count.may_be_more() && count.alive >= count.min && count.alive <= *count.max) {
        detail = count.error->text;
    }
    return {.is_good = is_good, .detail = std::move(detail), .number = {}, .warning = {}};
}

}  // namespace health
