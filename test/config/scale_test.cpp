#include "config/lint.hpp"
#include "many_routers.hpp"
#include "reading.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace {

/// The time of reading and linting a text.
std::chrono::microseconds time_of(const std::string& path, const std::string& text) {
    const config::HostView host = {.links = {{"eth0", {}}}, .listeners = {}};
    return user_time_of([&] {
        const config::Loaded loaded = config::load_text(path, text, "lb-master");
        REQUIRE(loaded.config);
        (void)config::lint(*loaded.config, path, host).size();
    });
}

}  // namespace

TEST_CASE("four times the routers take about four times as long to read", "[config]") {
    const ManyRouters few = write_many_routers(1000);
    const ManyRouters many = write_many_routers(4000);

    CHECK(time_of("a.toml", many.toml) < 8 * time_of("a.toml", few.toml));
    CHECK(time_of("a.conf", many.keepalived) < 8 * time_of("a.conf", few.keepalived));
}
