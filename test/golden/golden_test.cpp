#include "catch2.hpp"
#include "config/keepalived_table.hpp"
#include "config/load.hpp"
#include "health/probe.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <unistd.h>

// The texts that a reader of a configuration gets to see, compared to the letter. With
// UPDATE_GOLDEN=1 in its environment the test writes what it should have found.

namespace {

namespace fs = std::filesystem;

const fs::path source_root = SOURCE_ROOT;
const fs::path golden = source_root / "test" / "golden";

std::string content_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream content;
    content << file.rdbuf();
    return content.str();
}

std::string in_milliseconds(vrrp::Duration duration) {
    return fmt::format("{}ms",
                       std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

std::string to_text(const health::ProbeConfig& probe) {
    if (const auto* const process = std::get_if<health::ProcessProbeConfig>(&probe)) {
        return fmt::format("{} min {}{}{}", health::describe(probe), process->min,
                           process->max ? fmt::format(" max {}", *process->max) : "",
                           process->grace == vrrp::Duration::zero()
                               ? ""
                               : " grace " + in_milliseconds(process->grace));
    }
    if (const auto* const script = std::get_if<health::ScriptProbeConfig>(&probe)) {
        return fmt::format("script [{}] user \"{}\"{}{}", fmt::join(script->command, "|"),
                           script->user, script->group.empty() ? "" : " group " + script->group,
                           script->exit == health::ExitMeaning::weight ? " exit is a weight" : "");
    }
    return health::describe(probe);
}

/// What only some checks say.
std::string rest_of(const health::CheckConfig& check) {
    std::string text;
    const auto add = [&text](bool is_there, const std::string& more) {
        text += is_there ? ' ' + more : "";
    };
    add(check.initially != health::Verdict::unknown,
        fmt::format("initially {}", health::to_text(check.initially)));
    add(check.invert, "inverted");
    add(check.hold_good != vrrp::Duration::zero(), "hold " + in_milliseconds(check.hold_good));
    add(!check.after.empty(), "after " + check.after);
    return text;
}

std::string to_text(const health::CheckConfig& check) {
    return fmt::format("check {}: {} interval {} timeout {} rise {} fall {} {}{}\n", check.name,
                       to_text(check.probe), in_milliseconds(check.interval),
                       in_milliseconds(check.timeout), check.rise, check.fall,
                       check.weight ? fmt::format("weight {}", *check.weight) : "fatal",
                       rest_of(check));
}

std::string to_text(const health::CheckUse& use) {
    return fmt::format("{}({}{})", use.name,
                       use.weight ? fmt::format("weight {}", *use.weight) : "fatal",
                       use.is_inverted ? " inverted" : "");
}

std::string to_text(const std::optional<vrrp::Password>& password) {
    if (!password) {
        return "none";
    }
    const auto* const bytes = reinterpret_cast<const char*>(password->data());
    return fmt::format("\"{}\"", std::string(bytes, std::find(bytes, bytes + 8, '\0')));
}

std::string to_text(const vrrp::UnicastPeer& peer) {
    const bool is_limited = peer.min_ttl != 0 || peer.max_ttl != 255;
    return peer.address.to_text() +
           (is_limited ? fmt::format("({}-{})", peer.min_ttl, peer.max_ttl) : "");
}

/// What is not as it usually is.
std::string rest_of(const vrrp::RouterConfig& protocol) {
    std::string text;
    const auto add = [&text](bool is_there, const std::string& more) {
        text += is_there ? ' ' + more : "";
    };
    std::vector<std::string> peers;
    for (const vrrp::UnicastPeer& peer : protocol.peers) {
        peers.push_back(to_text(peer));
    }
    add(protocol.version == vrrp::Version::v3, "version 3");
    add(protocol.rival_priority != 0, fmt::format("rival {}", protocol.rival_priority));
    add(protocol.down_adverts != 3, fmt::format("down adverts {}", protocol.down_adverts));
    add(protocol.preempt_delay != vrrp::Duration::zero(),
        "preempt delay " + in_milliseconds(protocol.preempt_delay));
    add(protocol.authenticates_headers, "ah");
    add(protocol.checksum_form == vrrp::ChecksumForm::message, "checksum message");
    add(protocol.follows_checksum_form, "checksum auto");
    add(protocol.is_unicast(), fmt::format("unicast {}", fmt::join(peers, ",")));
    add(protocol.hears_strangers, "strangers");
    add(protocol.is_grouped, protocol.breaks_ties ? "breaks ties" : "follows ties");
    return text;
}

/// The keys by their lengths.
std::string to_text(const auth::TrailerConfig& trailer) {
    std::vector<std::string> keys;
    for (const auth::Key& key : trailer.keys) {
        keys.push_back(fmt::format("{}({})", key.id, key.secret.size()));
    }
    const bool is_time = trailer.replay == auth::Replay::time;
    const bool is_strict = trailer.mode == auth::Mode::enforce;
    const bool is_sent = trailer.mode != auth::Mode::receive_only;
    return fmt::format("hmac keys {} active {} {} window {}s {}", fmt::join(keys, ","),
                       trailer.active,
                       is_strict ? "enforce"
                       : is_sent ? "permissive"
                                 : "receive-only",
                       trailer.window.count(), is_time ? "time" : "monotonic");
}

std::string to_text(const config::StateScript& script) {
    const std::string user = script.user + (script.group.empty() ? "" : ":" + script.group);
    return fmt::format("{} [{}]{}", script.key, fmt::join(script.command, "|"),
                       user.empty() ? "" : " as " + user);
}

std::string to_text(const config::StateScripts& scripts) {
    std::string text;
    for (const config::StateScript* const script : config::scripts_of(scripts)) {
        text += ' ' + to_text(*script);
    }
    if (!text.empty()) {
        text += " limit " + in_milliseconds(scripts.timeout);
    }
    return scripts.tells_priority ? text + " tells its priority" : text;
}

std::string to_text(const config::StateFifo& fifo) {
    return fmt::format(" FIFO {} user \"{}\" group \"{}\"{}", fifo.path, fifo.user, fifo.group,
                       fifo.reader ? " read by " + to_text(*fifo.reader) : "");
}

std::string rest_of(const config::Router& router) {
    std::string text;
    const auto add = [&text](bool is_there, const std::string& more) {
        text += is_there ? ' ' + more : "";
    };
    const std::size_t unadvertised = router.addresses.size() - router.protocol.addresses.size();
    add(unadvertised != 0, fmt::format("unadvertised {}", unadvertised));
    add(!router.group.empty(), "group " + router.group);
    add(!router.accepts_traffic, "silent");
    add(router.protocol.last_resort, "last resort");
    add(!router.lease, "no lease");
    add(router.start_delay != vrrp::Duration::zero(),
        "start delay " + in_milliseconds(router.start_delay));
    add(router.source.has_value(), "source " + router.source.value_or(vrrp::IpAddress()).to_text());
    add(router.ttl != 255, fmt::format("ttl {}", router.ttl));
    add(router.trailer.has_value(), to_text(router.trailer.value_or(auth::TrailerConfig())));
    return text + to_text(router.scripts);
}

std::string to_text(const config::Router& router) {
    std::vector<std::string> addresses;
    for (const vrrp::VirtualAddress& address : router.addresses) {
        addresses.push_back(vrrp::to_text(address));
    }
    std::vector<std::string> checks;
    for (const health::CheckUse& use : router.checks) {
        checks.push_back(to_text(use));
    }
    const vrrp::RouterConfig& protocol = router.protocol;
    return fmt::format(
        "router {}: {} vrid {} priority {} interval {}cs{}{} password {} addresses {} checks {}"
        "{}{}\n",
        router.name, router.interface, protocol.virtual_router_id, protocol.priority,
        protocol.interval.count(), protocol.preempt ? " preempt" : "",
        protocol.strict ? " strict" : "", to_text(protocol.password), fmt::join(addresses, ","),
        fmt::join(checks, ","), rest_of(protocol), rest_of(router));
}

/// What is said of the daemon itself; nothing where nothing is.
std::string to_text(const config::DaemonSettings& daemon) {
    std::string text;
    if (daemon.announce_interval != vrrp::Duration::zero()) {
        text += fmt::format(
            " announce interval {}us",
            std::chrono::floor<std::chrono::microseconds>(daemon.announce_interval).count());
    }
    if (daemon.realtime_priority) {
        text += fmt::format(" real-time priority {}", *daemon.realtime_priority);
    }
    if (daemon.lock_memory) {
        text += *daemon.lock_memory ? " memory locked" : " memory not locked";
    }
    for (const config::StateFifo& fifo : daemon.state_fifos) {
        text += to_text(fifo);
    }
    text += daemon.tells_priorities ? " tells priorities" : "";
    text += daemon.tells_states_on_reload ? " tells states on reload" : "";
    return text.empty() ? text : "daemon:" + text + '\n';
}

std::string to_text(const config::Loaded& loaded) {
    std::string text;
    for (const config::Diagnostic& diagnostic : loaded.diagnostics) {
        text += config::to_text(diagnostic) + '\n';
    }
    if (!loaded.config) {
        return text;
    }
    for (const health::CheckConfig& check : loaded.config->checks) {
        text += to_text(check);
    }
    for (const config::Router& router : loaded.config->routers) {
        text += to_text(router);
    }
    for (const config::Group& group : loaded.config->groups) {
        const std::string scripts = to_text(group.scripts);
        text += scripts.empty() ? "" : fmt::format("group {}:{}\n", group.name, scripts);
    }
    return text + to_text(loaded.config->daemon);
}

std::vector<fs::path> inputs() {
    std::vector<fs::path> paths;
    for (const fs::directory_entry& entry : fs::directory_iterator(golden)) {
        const fs::path extension = entry.path().extension();
        if (extension == ".toml" || extension == ".conf") {
            paths.push_back(entry.path());
        }
    }
    std::ranges::sort(paths);
    REQUIRE(paths.size() >= 20);
    return paths;
}

/// An example, as if only its owner could read it.
config::Loaded load_example(const fs::path& path, const std::string& host) {
    return config::load_text(path.string(), content_of(path), {.host = host, .config_id = ""},
                             config::Includes::opened);
}

std::string only_mail_warning(const fs::path& path) {
    return fmt::format(
        "{}:2:4: warning: no mail is sent: the mail keywords have no effect here\n"
        "  |    notification_email {{\n  |    ^\n"
        "  help: let what reads the log tell you of \"state changed\"\n",
        path.filename().string());
}

}  // namespace

TEST_CASE("each golden file gives the expected text", "[golden]") {
    const bool is_update = std::getenv("UPDATE_GOLDEN") != nullptr;
    setenv("UNDERSTUDY_GOLDEN_INTERFACE", "eth7", 1);
    setenv("UNDERSTUDY_GOLDEN_PASSWORD", "s3CrEt-7", 1);
    const fs::path before = fs::current_path();
    fs::current_path(golden);  // so that messages name files as they are named here
    for (const fs::path& path : inputs()) {
        const std::string found = to_text(
            config::load_text(path.filename().string(), content_of(path),
                              {.host = "lb-master.example.com",
                               .config_id = "",
                               .is_lenient = path.filename().string().starts_with("lenient")},
                              config::Includes::opened));
        const fs::path expected = path.string() + ".expected";
        if (is_update) {
            std::ofstream(expected, std::ios::binary) << found;
        }
        INFO(path.filename().string());
        CHECK(found == content_of(expected));
    }
    fs::current_path(before);
}

TEST_CASE("the manual tells of the keywords of keepalived what the reader does", "[golden]") {
    const fs::path path = source_root / "docs" / "keepalived-keywords.md";
    if (std::getenv("UPDATE_GOLDEN") != nullptr) {
        std::ofstream(path, std::ios::binary) << config::keepalived_manual();
    }
    CHECK(config::keepalived_manual() == content_of(path));
}

TEST_CASE("the examples are read without a word for both hosts of the pair", "[golden]") {
    for (const std::string host : {"lb-master", "lb-backup"}) {
        const fs::path examples = source_root / "conf";
        for (const fs::path& path :
             {examples / "understudy.toml", examples / "keepalived" / (host + ".conf")}) {
            const config::Loaded loaded = load_example(path, host);
            INFO(to_text(loaded));
            CHECK(loaded.diagnostics.empty());
            REQUIRE(loaded.config);
            REQUIRE(loaded.config->routers.size() == 1);
            CHECK(loaded.config->routers[0].protocol.priority == (host == "lb-master" ? 100 : 90));
        }
    }
}

TEST_CASE("the examples of more than a pair are read without a word", "[golden]") {
    const fs::path examples = source_root / "conf";
    for (const std::string host : {"lb-master", "lb-backup"}) {
        const auto load = [&](const std::string& name) {
            const config::Loaded loaded = load_example(examples / name, host);
            INFO(to_text(loaded));
            CHECK(loaded.diagnostics.empty());
            REQUIRE(loaded.config);
            return loaded.config->routers;
        };

        const std::vector<config::Router> both = load("dual-stack.toml");
        REQUIRE(both.size() == 2);
        CHECK(both[0].group == both[1].group);
        CHECK(both[1].protocol.family() == vrrp::Family::ipv6);
        const std::vector<config::Router> group = load("keepalived/dual-stack.conf");
        REQUIRE(group.size() == 2);
        CHECK(group[0].protocol.addresses == both[0].protocol.addresses);
        CHECK(group[1].protocol.addresses == both[1].protocol.addresses);
        CHECK(group[1].protocol.interval == both[1].protocol.interval);
        const std::vector<config::Router> unicast = load("unicast.toml");
        REQUIRE(unicast.size() == 1);
        CHECK(unicast[0].protocol.peers.size() == 2);
    }
}

TEST_CASE("the example of many checks has no error, and warns of this host alone", "[golden]") {
    const config::Loaded loaded = load_example(source_root / "conf" / "checks.toml", "lb-master");

    INFO(to_text(loaded));
    for (const config::Diagnostic& diagnostic : loaded.diagnostics) {
        // Neither the file nor the interface need be on the host that builds.
        CHECK(diagnostic.severity == config::Severity::warning);
        CHECK((diagnostic.message.contains("cannot be read") ||
               diagnostic.message.contains("which is not there")));
    }
    REQUIRE(loaded.config);
    CHECK(loaded.config->checks.size() == 10);
    REQUIRE(loaded.config->routers.size() == 1);
    CHECK(loaded.config->routers[0].protocol.last_resort);
}

TEST_CASE("the example that signs is read without a word where its key is", "[golden]") {
    const fs::path key =
        fs::temp_directory_path() / ("understudy-golden-key-" + std::to_string(getpid()));
    std::ofstream(key) << "hex:" << std::string(64, '7') << '\n';
    fs::permissions(key, fs::perms::owner_read);
    const std::string named = "/etc/understudy/vrrp.key";
    std::string text = content_of(source_root / "conf" / "hmac.toml");
    const std::size_t place = text.find("file:" + named);
    REQUIRE(place != std::string::npos);
    text.replace(place + 5, named.size(), key.string());

    const config::Loaded loaded = config::load_text("hmac.toml", text, "lb-master");
    fs::remove(key);

    INFO(to_text(loaded));
    CHECK(loaded.diagnostics.empty());
    REQUIRE(loaded.config);
    REQUIRE(loaded.config->routers[0].trailer);
    CHECK(loaded.config->routers[0].trailer->keys[0].secret ==
          std::vector<std::byte>(32, std::byte{0x77}));
}

TEST_CASE("the two files that Understudy was made for are read unchanged", "[golden]") {
    const fs::path mission = source_root.parent_path() / "shared" / "mission";
    for (const std::string host : {"lb-master", "lb-backup"}) {
        const fs::path path = mission / (host + ".conf");
        if (!fs::exists(path)) {
            continue;
        }
        const std::string found =
            to_text(config::load_text(path.filename().string(), content_of(path), host));
        CHECK(
            found ==
            only_mail_warning(path) +
                fmt::format("check check_nginx: script [/etc/keepalived/check_nginx.sh] user \"\" "
                            "interval 1000ms timeout 1000ms rise 1 fall 1 fatal\n"
                            "router VI_1: eth0 vrid 51 priority {} interval 100cs preempt "
                            "password \"1111\" addresses 192.168.56.60/24 checks "
                            "check_nginx(fatal)\n",
                            host == "lb-master" ? 100 : 90));
    }
}
