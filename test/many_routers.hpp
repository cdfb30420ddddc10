#pragma once

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>

#include <fmt/format.h>

/// Files of as many routers as a test wants, each with two addresses, a password and a check of its
/// own, in both formats.
struct ManyRouters {
    std::string toml;
    std::string keepalived;
};

inline ManyRouters write_many_routers(std::size_t count) {
    ManyRouters files;
    for (std::size_t index = 0; index < count; ++index) {
        const std::size_t link = index / 200;
        const std::size_t id = index % 200 + 1;
        files.toml += fmt::format(
            "# the address of customer {0}\n"
            "[check.check-{0}]\nprocess = \"server-{0}\"\nrise = 2\nfall = 2\nweight = -20\n\n"
            "[router.router-{0}]\ninterface = \"eth{1}\"\nvrid = {2}\n"
            "priority = {{ lb-master = 100, lb-backup = 90 }}\n"
            "addresses = [\"10.{1}.{2}.1/24\", \"10.{1}.{2}.2/24\"]\ninterval = \"1s\"\n"
            "password = \"secret\"\nchecks = [\"check-{0}\"]\n\n",
            index, link, id);
        files.keepalived += fmt::format(
            "# the address of customer {0}\n"
            "vrrp_track_process check-{0} {{\n    process server-{0}\n    weight -20\n}}\n\n"
            "vrrp_instance router-{0} {{\n    state MASTER\n    interface eth{1}\n"
            "    virtual_router_id {2}\n    priority 100\n    advert_int 1\n"
            "    authentication {{\n        auth_type PASS\n        auth_pass secret\n    }}\n"
            "    virtual_ipaddress {{\n        10.{1}.{2}.1/24\n        10.{1}.{2}.2/24\n    }}\n"
            "    track_process {{\n        check-{0}\n    }}\n}}\n\n",
            index, link, id);
    }
    return files;
}

/// The shortest of a few runs, in user time of this thread, which other programs don't lengthen.
template <class Work>
std::chrono::microseconds user_time_of(Work work) {
    const auto user_time = [] {
        rusage usage{};
        getrusage(RUSAGE_THREAD, &usage);
        return std::chrono::seconds(usage.ru_utime.tv_sec) +
               std::chrono::microseconds(usage.ru_utime.tv_usec);
    };
    std::chrono::microseconds shortest = std::chrono::microseconds::max();
    for (int run = 0; run < 3; ++run) {
        const std::chrono::microseconds begin = user_time();
        work();
        shortest = std::min(shortest, std::chrono::microseconds(user_time() - begin));
    }
    return shortest;
}
