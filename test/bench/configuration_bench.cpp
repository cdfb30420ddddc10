#include <cstddef>
#include <cstdlib>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "config/lint.hpp"
#include "config/load.hpp"
#include "many_routers.hpp"

// What a configuration costs: reading it, with all that is checked, and the lint. User time of this
// process, the shortest of three runs.

namespace {

double milliseconds(std::chrono::microseconds time) {
    return static_cast<double>(time.count()) / 1000;
}

void measure(const std::string& path, const std::string& text, std::size_t count) {
    const config::HostView host = {
        .links = {{"eth0", {}}, {"eth1", {}}, {"eth2", {}}, {"eth3", {}}, {"eth4", {}}},
        .listeners = {}};
    config::Loaded loaded;
    const auto load = user_time_of([&] { loaded = config::load_text(path, text, "lb-master"); });
    if (!loaded.config || loaded.config->routers.size() != count) {
        fmt::print(stderr, "{} of {} routers is not read\n", path, count);
        std::exit(1);
    }
    const auto lint = user_time_of([&] { (void)config::lint(*loaded.config, path, host).size(); });
    fmt::print("{:<16} {:>6} routers {:>6} KiB: read {:>8.1f} ms, lint {:>6.1f} ms\n", path, count,
               text.size() / 1024, milliseconds(load), milliseconds(lint));
}

}  // namespace

int main() {
    for (const std::size_t count : {std::size_t{100}, std::size_t{1000}, std::size_t{4000}}) {
        const ManyRouters files = write_many_routers(count);
        measure("understudy.toml", files.toml, count);
        measure("keepalived.conf", files.keepalived, count);
    }
}
