#include "engine/script_queue.hpp"

#include <string>
#include <vector>

#include "catch2.hpp"
#include "engine/script_telling.hpp"
#include "engine/standing.hpp"
#include "os/service.hpp"

using engine::common_standing;
using engine::Notice;
using engine::ScriptQueue;
using engine::Standing;

namespace {

Notice notice(Standing to, Standing from = Standing::backup) {
    return {.to = to, .from = from, .priority = 100, .reason = "why"};
}

Notice lower_master() {
    return {.to = Standing::master, .from = Standing::master, .is_lower_master = true};
}

config::StateScript script(const std::string& path) {
    config::StateScript script;
    script.command = {path, "an argument"};
    script.key = "on_" + path;
    return script;
}

bool has(const std::vector<std::string>& texts, const std::string& text) {
    return std::ranges::find(texts, text) != texts.end();
}

}  // namespace

TEST_CASE("a notice waits while another has its turn", "[engine]") {
    ScriptQueue queue;
    CHECK(queue.is_idle());
    CHECK_FALSE(queue.next());

    CHECK_FALSE(queue.add(notice(Standing::backup)));
    CHECK(queue.next() == notice(Standing::backup));
    CHECK_FALSE(queue.add(notice(Standing::master)));
    CHECK_FALSE(queue.next());
    queue.done();

    CHECK_FALSE(queue.is_idle());
    CHECK(queue.next() == notice(Standing::master));
    queue.done();
    CHECK(queue.is_idle());
}

TEST_CASE("of the states that wait the newest alone is told, also one that was told before",
          "[engine]") {
    ScriptQueue queue;
    (void)queue.add(notice(Standing::master));
    REQUIRE(queue.next());

    CHECK_FALSE(queue.add(notice(Standing::backup)));
    CHECK(queue.add(notice(Standing::fault)) == notice(Standing::backup));
    CHECK(queue.add(notice(Standing::master)) == notice(Standing::fault));
    queue.done();

    CHECK(queue.next() == notice(Standing::master));
    queue.done();
    CHECK(queue.is_idle());
}

TEST_CASE("a master of lower rank is told once, after the states, and only by a master",
          "[engine]") {
    ScriptQueue queue;
    (void)queue.add(notice(Standing::master));
    CHECK_FALSE(queue.add(lower_master()));
    CHECK_FALSE(queue.add(lower_master()));
    CHECK(queue.next() == notice(Standing::master));
    queue.done();
    CHECK(queue.next() == lower_master());
    queue.done();
    CHECK_FALSE(queue.next());

    (void)queue.add(lower_master());
    (void)queue.add(notice(Standing::backup));
    CHECK(queue.next() == notice(Standing::backup));
    queue.done();
    CHECK(queue.is_idle());
}

TEST_CASE("together routers stand where they agree, and in fault as soon as one is", "[engine]") {
    using enum Standing;
    const auto common = [](std::vector<Standing> members) { return common_standing(members); };
    CHECK(common({}) == unknown);
    CHECK(common({master, master}) == master);
    CHECK(common({backup, backup}) == backup);
    CHECK(common({stop, stop}) == stop);
    CHECK(common({backup, fault}) == fault);
    CHECK(common({unknown, fault}) == fault);
    CHECK(common({master, backup}) == unknown);
    CHECK(common({stop, master}) == unknown);
    CHECK(common({unknown, backup}) == unknown);
    CHECK(common({held, backup}) == unknown);
    CHECK(common({held, held}) == unknown);
}

TEST_CASE("a state is told to its own script and then to the one for all", "[engine]") {
    config::StateScripts scripts;
    scripts.master = script("master");
    scripts.lower_master = script("lower");
    CHECK(engine::listeners_to(notice(Standing::backup), scripts).empty());

    scripts.change = script("change");
    const auto found = engine::listeners_to(notice(Standing::master), scripts);
    REQUIRE(found.size() == 2);
    CHECK(found[0] == engine::Listener{*scripts.master, false});
    CHECK(found[1] == engine::Listener{*scripts.change, true});
    CHECK(engine::listeners_to(notice(Standing::backup), scripts).size() == 1);
    CHECK(engine::listeners_to(lower_master(), scripts) ==
          std::vector{engine::Listener{*scripts.lower_master, false}});
}

TEST_CASE("a script is told who, what and why", "[engine]") {
    const engine::ScriptSubject router{.name = "k8s-api",
                                       .group = "both",
                                       .interface = "eth0",
                                       .addresses = "192.0.2.1/24 2001:db8::1/64"};
    const Notice told = notice(Standing::master);

    const os::Command own = engine::command_of({script("/own"), false}, told, router);
    CHECK(own.arguments == std::vector<std::string>{"/own", "an argument"});
    CHECK(own.users == std::vector<std::string>{"understudy", "nobody"});
    CHECK(own.is_guarded);
    for (const std::string variable :
         {"ROUTER=k8s-api", "GROUP=both", "STATE=MASTER", "FROM=BACKUP", "REASON=why",
          "PRIORITY=100", "INTERFACE=eth0", "ADDRESSES=192.0.2.1/24 2001:db8::1/64"}) {
        CHECK(has(own.environment, "UNDERSTUDY_" + variable));
    }
    CHECK(has(own.environment, "UNDERSTUDY_HOST=" + os::host_name()));

    const os::Command all = engine::command_of({script("/all"), true}, told, router);
    CHECK(all.arguments ==
          std::vector<std::string>{"/all", "an argument", "INSTANCE", "k8s-api", "MASTER", "100"});
}

TEST_CASE("more addresses than an environment can hold are left out as a whole", "[engine]") {
    const engine::ScriptSubject router{.name = "web", .addresses = std::string(65537, '1')};
    const os::Command command =
        engine::command_of({script("/own"), false}, notice(Standing::master), router);
    CHECK(has(command.environment, "UNDERSTUDY_ADDRESSES="));
}

TEST_CASE("a group has a name of its own and no priority", "[engine]") {
    const engine::ScriptSubject group{.is_group = true, .name = "both", .group = "both"};
    const os::Command command =
        engine::command_of({script("/all"), true}, notice(Standing::fault), group);
    CHECK(command.arguments ==
          std::vector<std::string>{"/all", "an argument", "GROUP", "both", "FAULT", "0"});
    CHECK(has(command.environment, "UNDERSTUDY_ROUTER="));
    CHECK(engine::fifo_line(group, "FAULT", 100) == "GROUP \"both\" FAULT 0");
}
