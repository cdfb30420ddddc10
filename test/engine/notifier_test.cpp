#include "engine/notifier.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "catch2.hpp"
#include "os/fd.hpp"
#include "os/launch_stage.hpp"
#include "os/script_folder.hpp"

using engine::Notifier;
using engine::Standing;
using namespace std::chrono_literals;

namespace {

config::Router router(const std::string& name, const std::string& group = "") {
    config::Router router;
    router.name = name;
    router.group = group;
    router.interface = "eth0";
    router.protocol.priority = 100;
    return router;
}

/// A notifier whose FIFO the test reads, and whose scripts write into its folder.
class Scene {
public:
    explicit Scene(const std::vector<config::Router>& routers,
                   std::vector<config::Group> groups = {}) {
        config.routers = routers;
        config.groups = std::move(groups);
        config.daemon.state_fifos.push_back({.path = folder.path("fifo")});
        begin();
    }

    /// As a daemon that is started; the one before it is no more.
    void begin() {
        notifier.reset();
        members.clear();
        auto created = Notifier::create(config, stage.loop, folder.path(""));
        REQUIRE(created);
        notifier = std::move(*created);
        for (const config::Router& each : config.routers) {
            members.push_back(notifier->join(each));
        }
    }

    void note(std::size_t member, Standing standing, std::uint8_t priority = 0,
              bool has_resumed = false) {
        const vrrp::Instant now = stage.loop.now();
        if (notifier->is_news(members[member], standing, priority)) {
            notifier->note(members[member],
                           {.standing = standing,
                            .priority = priority,
                            .reason = "a reason",
                            .has_resumed = has_resumed},
                           now);
        }
    }
    void settle() { notifier->settle(stage.loop.now()); }
    void tell(Standing standing) {
        note(0, standing);
        settle();
    }

    /// What has been written to the FIFO since it was read last.
    std::string lines() {
        const os::Fd fifo(open(folder.path("fifo").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
        std::string text;
        std::array<char, 65536> buffer{};
        for (ssize_t size = 1; size > 0; text.append(buffer.data(), static_cast<size_t>(size))) {
            size = std::max<ssize_t>(read(fifo.get(), buffer.data(), buffer.size()), 0);
        }
        return text;
    }

    /// A script with that text below its first line, which is told of something.
    [[nodiscard]] config::StateScript script(const std::string& name, const std::string& text) {
        config::StateScript script;
        script.command = {folder.script(name, "#!/bin/sh\ncd " + folder.path("") + "\n" + text)};
        script.key = name;
        return script;
    }
    [[nodiscard]] std::string record() const { return folder.read("record"); }
    void wait_record(const std::string& text) {
        stage.wait_until([this, text] { return record() == text; });
    }

    os_test::ScriptFolder folder;
    os_test::LaunchStage stage;
    config::Config config;
    std::vector<std::size_t> members;
    std::unique_ptr<Notifier> notifier;
};

/// A scene of one router, whose scripts note the state in the record.
std::unique_ptr<Scene> scripted(const std::string& on_master, vrrp::Duration timeout = 20s) {
    auto scene = std::make_unique<Scene>(std::vector{router("web")});
    (void)scene->folder.file("record", "", 0666);
    config::StateScripts& scripts = scene->config.routers[0].scripts;
    scripts.change = scene->script("change", "echo $3 >> record\n");
    scripts.timeout = timeout;
    if (!on_master.empty()) {
        scripts.master = scene->script("master", on_master);
    }
    scene->begin();
    return scene;
}

}  // namespace

TEST_CASE("each state is told once", "[engine]") {
    Scene scene({router("web")});
    scene.tell(Standing::unknown);
    CHECK(scene.lines().empty());
    scene.tell(Standing::backup);
    scene.tell(Standing::backup);
    scene.tell(Standing::master);
    CHECK(scene.lines() == "INSTANCE \"web\" BACKUP 100\nINSTANCE \"web\" MASTER 100\n");
    scene.note(0, Standing::fault, 0);
    scene.settle();
    CHECK(scene.lines() == "INSTANCE \"web\" FAULT 100\n");
    scene.tell(Standing::stop);
    CHECK(scene.lines() == "INSTANCE \"web\" STOP 100\n");
}

TEST_CASE("what was only passing when groups had settled is not told", "[engine]") {
    Scene scene({router("web")});
    scene.tell(Standing::backup);
    scene.lines();
    scene.note(0, Standing::fault);
    scene.note(0, Standing::backup);
    scene.settle();
    CHECK(scene.lines().empty());
}

TEST_CASE("a router of both families is told when both agree", "[engine]") {
    Scene scene({router("web", "web"), router("web", "web")});
    scene.tell(Standing::backup);
    CHECK(scene.lines().empty());
    scene.note(1, Standing::backup);
    scene.settle();
    CHECK(scene.lines() == "INSTANCE \"web\" BACKUP 100\n");
    scene.note(1, Standing::fault);
    scene.note(0, Standing::held);
    scene.settle();
    CHECK(scene.lines() == "INSTANCE \"web\" FAULT 100\n");
}

TEST_CASE("a group is told after its members, also those that are held by another", "[engine]") {
    Scene scene({router("a", "both"), router("b", "both")}, {{.name = "both"}});
    scene.note(0, Standing::held);
    scene.note(1, Standing::unknown);
    scene.settle();
    CHECK(scene.lines().empty());
    scene.note(1, Standing::fault);
    scene.settle();
    CHECK(scene.lines() ==
          "INSTANCE \"a\" FAULT 100\nINSTANCE \"b\" FAULT 100\nGROUP \"both\" FAULT 0\n");
    scene.note(0, Standing::master);
    scene.note(1, Standing::master);
    scene.settle();
    CHECK(scene.lines() ==
          "INSTANCE \"a\" MASTER 100\nINSTANCE \"b\" MASTER 100\nGROUP \"both\" MASTER 0\n");
}

TEST_CASE("a group may bear the name of a member", "[engine]") {
    Scene scene({router("a", "a"), router("b", "a")}, {{.name = "a"}});
    scene.note(0, Standing::backup);
    scene.note(1, Standing::backup);
    scene.settle();
    CHECK(scene.lines() ==
          "INSTANCE \"a\" BACKUP 100\nINSTANCE \"b\" BACKUP 100\nGROUP \"a\" BACKUP 0\n");
}

TEST_CASE("priorities are told to FIFOs where that is asked for", "[engine]") {
    Scene scene({router("web")});
    scene.tell(Standing::backup);
    scene.note(0, Standing::backup, 90);
    CHECK(scene.lines() == "INSTANCE \"web\" BACKUP 100\n");

    scene.config.routers[0].scripts.tells_priority = true;
    scene.notifier->adopt(scene.config, scene.stage.loop.now());
    scene.note(0, Standing::backup, 80);
    scene.note(0, Standing::master, 80);
    scene.settle();
    scene.note(0, Standing::master, 70);
    scene.note(0, Standing::fault, 0);
    scene.settle();
    CHECK(scene.lines() ==
          "INSTANCE \"web\" BACKUP_PRIORITY 80\nINSTANCE \"web\" MASTER 80\n"
          "INSTANCE \"web\" MASTER_PRIORITY 70\nINSTANCE \"web\" FAULT 70\n");
}

TEST_CASE("a master tells that it hears one of lower rank", "[engine]") {
    Scene scene({router("web")});
    scene.tell(Standing::backup);
    scene.notifier->hear_lower_master(0, "heard", scene.stage.loop.now());
    scene.tell(Standing::master);
    scene.notifier->hear_lower_master(0, "heard", scene.stage.loop.now());
    CHECK(scene.lines() ==
          "INSTANCE \"web\" BACKUP 100\nINSTANCE \"web\" MASTER 100\n"
          "INSTANCE \"web\" MASTER_RX_LOWER_PRI 100\n");
}

TEST_CASE("states are told again at a reload where that is asked for", "[engine]") {
    Scene scene({router("web")});
    scene.tell(Standing::backup);
    scene.lines();
    scene.config.daemon.tells_states_on_reload = true;
    scene.notifier->adopt(scene.config, scene.stage.loop.now());
    CHECK(scene.lines() == "INSTANCE \"web\" BACKUP 100\n");
}

TEST_CASE("a router that the file has no more is told as deleted where a script asks for that",
          "[engine]") {
    Scene scene({router("web"), router("api")});
    scene.config.routers[0].scripts.deleted = scene.script("deleted", "exit 0\n");
    scene.begin();
    scene.note(0, Standing::master);
    scene.note(1, Standing::master);
    scene.settle();
    scene.lines();
    for (const std::size_t member : scene.members) {
        scene.notifier->leave(member, scene.stage.loop.now());
    }
    scene.note(0, Standing::stop);
    scene.note(1, Standing::stop);
    scene.settle();
    CHECK(scene.lines() == "INSTANCE \"web\" DELETED 100\n");
}

TEST_CASE("a router that comes back into the file is told anew", "[engine]") {
    Scene scene({router("web")});
    scene.tell(Standing::backup);
    scene.notifier->leave(scene.members[0], scene.stage.loop.now());
    CHECK(scene.lines() == "INSTANCE \"web\" BACKUP 100\n");

    scene.members[0] = scene.notifier->join(scene.config.routers[0]);
    scene.tell(Standing::backup);

    CHECK(scene.lines() == "INSTANCE \"web\" BACKUP 100\n");
}

TEST_CASE("a router that is moved is told of no more than where it stands", "[engine]") {
    Scene scene({router("web")});
    scene.config.daemon.tells_priorities = true;
    scene.begin();
    scene.tell(Standing::backup);
    const std::size_t former = scene.members[0];
    scene.members[0] = scene.notifier->join(scene.config.routers[0]);
    scene.note(0, Standing::backup);
    scene.notifier->leave(former, scene.stage.loop.now());
    scene.settle();
    CHECK(scene.lines() == "INSTANCE \"web\" BACKUP 100\n");

    scene.note(0, Standing::backup, 90);

    CHECK(scene.lines() == "INSTANCE \"web\" BACKUP_PRIORITY 90\n");
}

TEST_CASE("scripts are told the addresses of the newer file", "[engine]") {
    auto scene = std::make_unique<Scene>(std::vector{router("web")});
    (void)scene->folder.file("record", "", 0666);
    config::Router& web = scene->config.routers[0];
    web.scripts.change =
        scene->script("change", "echo $UNDERSTUDY_INTERFACE $UNDERSTUDY_ADDRESSES >> record\n");
    web.addresses = {{vrrp::IpAddress(192, 0, 2, 1), 24}};
    scene->begin();
    web.interface = "eth1";
    web.addresses = {{vrrp::IpAddress(192, 0, 2, 2), 24}};

    scene->notifier->adopt(scene->config, scene->stage.loop.now());
    scene->tell(Standing::backup);

    scene->wait_record("eth1 192.0.2.2/24\n");
}

TEST_CASE("a FIFO that stays keeps what waits for its reader", "[engine]") {
    Scene scene({router("web")});
    for (int i = 0; i < 5000; ++i) {
        scene.tell(i % 2 == 0 ? Standing::backup : Standing::master);
    }
    const auto before = scene.notifier->fifos().front();
    scene.config.daemon.state_fifos.push_back({.path = scene.folder.path("other")});

    scene.notifier->adopt(scene.config, scene.stage.loop.now());

    REQUIRE(scene.notifier->fifos().size() == 2);
    CHECK(scene.notifier->fifos().front().lines_written == before.lines_written);
    CHECK(scene.notifier->fifos().front().lines_lost == before.lines_lost);
}

TEST_CASE("scripts of a router run one after the other, its own first", "[engine]") {
    const auto scene = scripted("sleep 0.05; echo own >> record\n");
    scene->tell(Standing::backup);
    scene->tell(Standing::master);
    scene->wait_record("BACKUP\nown\nMASTER\n");
    // It is counted a moment after it has written.
    scene->stage.wait_until([&] { return scene->notifier->scripts()[0].counters.runs == 3; });
    CHECK(scene->notifier->scripts()[0].last->detail == "exit status 0");
}

TEST_CASE("a state that is no longer so when its turn comes is passed over", "[engine]") {
    const auto scene = scripted("echo own >> record; until test -e go; do sleep 0.01; done\n");
    scene->tell(Standing::master);
    scene->wait_record("own\n");
    scene->tell(Standing::backup);
    scene->tell(Standing::fault);
    scene->tell(Standing::master);
    CHECK(scene->notifier->scripts()[0].counters.passed_over == 2);
    CHECK(scene->notifier->scripts()[0].running == "master");
    (void)scene->folder.file("go", "", 0644);
    scene->wait_record("own\nMASTER\nown\nMASTER\n");
}

TEST_CASE("a script that hangs is killed at its limit, and holds up no other router", "[engine]") {
    const auto scene = scripted("echo own >> record; echo 'no answer' >&2; sleep 1000\n", 500ms);
    scene->config.routers.push_back(router("api"));
    scene->config.routers[1].scripts.change = scene->script("other", "echo other >> record\n");
    scene->begin();
    scene->note(0, Standing::master);
    scene->note(1, Standing::master);
    scene->settle();
    scene->stage.wait_until([&] { return scene->record().contains("MASTER\n"); });
    CHECK(scene->record().find("other") < scene->record().find("MASTER"));
    CHECK(scene->notifier->scripts()[1].counters.failures == 1);
}

TEST_CASE("a script that fails is told with its last words", "[engine]") {
    const auto scene = scripted("");
    scene->config.routers[0].scripts.change = scene->script("fails", "echo a >&2; exit 3\n");
    scene->begin();
    scene->tell(Standing::backup);
    scene->stage.wait_until([&] { return scene->notifier->scripts()[0].counters.runs == 1; });
    const auto last = scene->notifier->scripts()[0].last;
    CHECK_FALSE(last->is_good);
    CHECK(last->detail == "exit status 3: a");
    CHECK(last->state == "BACKUP");
}

TEST_CASE("who resumes tells scripts what was not told to the end, and nothing else", "[engine]") {
    const auto scene = scripted("");
    scene->tell(Standing::master);
    scene->wait_record("MASTER\n");
    scene->stage.wait_until([&] { return scene->notifier->scripts()[0].counters.runs == 1; });
    scene->lines();

    scene->begin();
    scene->note(0, Standing::master, 0, true);
    scene->settle();
    CHECK(scene->lines().empty());
    scene->tell(Standing::backup);
    scene->wait_record("MASTER\nBACKUP\n");
    scene->stage.wait_until([&] { return scene->notifier->scripts()[0].counters.runs == 1; });

    scene->begin();
    scene->note(0, Standing::master, 0, true);
    scene->settle();
    scene->wait_record("MASTER\nBACKUP\nMASTER\n");
}

TEST_CASE("the end waits for the scripts that are told so", "[engine]") {
    const auto scene = scripted("");
    scene->config.routers[0].scripts.change =
        scene->script("slow", "sleep 0.05; echo $3 >> record\n");
    scene->begin();
    scene->tell(Standing::stop);
    scene->notifier->finish([&] { scene->stage.rest(); }, scene->stage.loop.now());
    REQUIRE(scene->stage.turn());
    CHECK(scene->record() == "STOP\n");
}

TEST_CASE("at the end a script of an earlier state is not waited for as long", "[engine]") {
    const auto scene = scripted("echo own >> record; sleep 1000\n", 1h);
    scene->tell(Standing::master);
    scene->wait_record("own\n");
    scene->tell(Standing::stop);
    scene->notifier->finish([&] { scene->stage.rest(); }, scene->stage.loop.now());
    REQUIRE(scene->stage.turn());
    CHECK(scene->record() == "own\nSTOP\n");
    CHECK(scene->notifier->scripts()[0].counters.failures == 1);
}

TEST_CASE("the end waits for nothing where no script runs, and mute begins none", "[engine]") {
    const auto scene = scripted("");
    scene->notifier->mute();
    scene->tell(Standing::stop);
    bool is_done = false;
    scene->notifier->finish([&] { is_done = true; }, scene->stage.loop.now());
    CHECK(is_done);
    CHECK(scene->lines() == "INSTANCE \"web\" STOP 100\n");
}

TEST_CASE("lines wait for a slow reader, and the oldest are lost in the end", "[engine]") {
    Scene scene({router("web")});
    std::uint64_t written = 0;
    while (scene.notifier->fifos()[0].lines_waiting < engine::StateFifo::most_waiting) {
        scene.tell(++written % 2 == 0 ? Standing::master : Standing::backup);
    }
    CHECK(scene.notifier->fifos()[0].lines_lost == 0);
    scene.tell(Standing::fault);
    scene.tell(Standing::stop);
    CHECK(scene.notifier->fifos()[0].lines_lost == 2);

    std::string text;
    scene.stage.wait_until([&] {
        text += scene.lines();
        return text.ends_with("STOP 100\n");
    });
    CHECK(std::ranges::count(text, '\n') == static_cast<std::ptrdiff_t>(written));
    CHECK(text.ends_with("FAULT 100\nINSTANCE \"web\" STOP 100\n"));
    CHECK(scene.notifier->fifos()[0].lines_waiting == 0);
}

TEST_CASE("a FIFO is made for its owner alone, and what is none is left alone", "[engine]") {
    Scene scene({router("web")});
    struct stat status{};
    REQUIRE(stat(scene.folder.path("fifo").c_str(), &status) == 0);
    CHECK(status.st_mode == (S_IFIFO | 0600));

    scene.config.daemon.state_fifos[0].path = scene.folder.file("precious", "x\n", 0644);
    scene.notifier->adopt(scene.config, scene.stage.loop.now());
    scene.tell(Standing::backup);
    CHECK(scene.folder.read("precious") == "x\n");
    CHECK(scene.notifier->fifos()[0].problem.contains("is no FIFO"));
    CHECK(scene.notifier->fifos()[0].lines_waiting == 1);
}
