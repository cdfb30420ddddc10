#include "health/process_event_message.hpp"

#include <sys/socket.h>

#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "catch2.hpp"
#include "health/named_process.hpp"
#include "health/process_events.hpp"
#include "health/stage.hpp"
#include "os/fd.hpp"

using health::ProcessEvent;
using health::ProcessWish;

namespace {

using Bytes = std::vector<std::byte>;

constexpr std::uint32_t fork_event = 1;
constexpr std::uint32_t exec_event = 2;
constexpr std::uint32_t user_event = 4;
constexpr std::uint32_t comm_event = 0x200;
constexpr std::uint32_t exit_event = 0x80000000;

/// As the kernel sends it: a netlink header, a connector's header, and the event.
Bytes message(std::uint32_t what, const std::vector<std::uint32_t>& data,
              const std::string& comm = "") {
    Bytes bytes(76);
    const auto put = [&bytes](std::size_t offset, std::uint32_t number) {
        std::memcpy(bytes.data() + offset, &number, sizeof(number));
    };
    put(0, 76);
    put(4, 3);
    put(16, 1);  // CN_IDX_PROC
    put(20, 1);  // CN_VAL_PROC
    put(32, 40);
    put(36, what);
    for (std::size_t i = 0; i < data.size(); ++i) {
        put(52 + 4 * i, data[i]);
    }
    std::memcpy(bytes.data() + 60, comm.data(), comm.size());
    return bytes;
}

/// Whether the kernel lets it through.
bool passes(const ProcessWish& wish, const Bytes& bytes) {
    std::array<int, 2> ends{};
    REQUIRE(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends.data()) == 0);
    const os::Fd near(ends[0]);
    const os::Fd far(ends[1]);
    auto filter = health::process_event_filter(wish);
    const sock_fprog program{.len = static_cast<unsigned short>(filter.size()),
                             .filter = filter.data()};
    REQUIRE(setsockopt(far.get(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) == 0);
    static_cast<void>(send(near.get(), bytes.data(), bytes.size(), 0));
    std::array<std::byte, 128> buffer{};
    return recv(far.get(), buffer.data(), buffer.size(), 0) > 0;
}

ProcessEvent started(pid_t pid) {
    return {.kind = ProcessEvent::Kind::started, .pid = pid, .error = 0};
}

}  // namespace

TEST_CASE("the kernel's process events are read", "[health]") {
    CHECK(health::decode_process_event(message(exec_event, {11, 10})) == started(10));
    CHECK(health::decode_process_event(message(comm_event, {11, 10}, "nginx")) == started(10));
    CHECK(health::decode_process_event(message(fork_event, {1, 1, 21, 20})) == started(20));
    CHECK(health::decode_process_event(message(0, {13})) ==
          ProcessEvent{.kind = ProcessEvent::Kind::answer, .pid = 0, .error = 13});
    CHECK_FALSE(health::decode_process_event(message(exit_event, {10, 10})));
    CHECK_FALSE(health::decode_process_event(message(user_event, {10, 10})));
}

TEST_CASE("a message that is cut or of another connector says nothing", "[health]") {
    const Bytes whole = message(fork_event, {1, 1, 20, 20});
    for (std::size_t size = 0; size < 68; ++size) {
        CHECK_FALSE(health::decode_process_event(std::span(whole).first(size)));
    }
    Bytes other = whole;
    other[16] = std::byte{2};
    CHECK_FALSE(health::decode_process_event(other));
}

TEST_CASE("the filter lets through what is wished, and drops all else", "[health]") {
    const ProcessWish plain;
    CHECK(passes(plain, message(exec_event, {10, 10})));
    CHECK(passes(plain, message(0, {0})));
    for (const std::uint32_t what : {fork_event, comm_event, user_event, exit_event}) {
        CHECK_FALSE(passes(plain, message(what, {10, 10, 20, 20})));
    }
    Bytes other = message(exec_event, {10, 10});
    other[16] = std::byte{2};
    CHECK_FALSE(passes(plain, other));

    const ProcessWish named{.comm = "nginx", .parents = {}};
    CHECK(passes(named, message(comm_event, {10, 10}, "nginx")));
    CHECK_FALSE(passes(named, message(comm_event, {10, 10}, "nginx2")));
    CHECK_FALSE(passes(named, message(comm_event, {10, 10}, "ngin")));
    CHECK_FALSE(passes(named, message(fork_event, {10, 10, 20, 20})));
    CHECK(passes({.comm = "fifteen-bytes-x", .parents = {}},
                 message(comm_event, {10, 10}, "fifteen-bytes-x")));
}

TEST_CASE("the filter lets through children of those wished, and no threads", "[health]") {
    ProcessWish wish{.comm = "nginx", .parents = {}};
    for (pid_t pid = 1000; pid < 2000; ++pid) {
        wish.parents.push_back(pid);
    }
    CHECK(passes(wish, message(fork_event, {1000, 1000, 20, 20})));
    CHECK(passes(wish, message(fork_event, {1999, 1999, 20, 20})));
    CHECK(passes(wish, message(fork_event, {5, 1500, 20, 20})));
    CHECK_FALSE(passes(wish, message(fork_event, {1500, 1500, 21, 1500})));
    CHECK_FALSE(passes(wish, message(fork_event, {2000, 2000, 20, 20})));
    CHECK(passes(wish, message(comm_event, {7, 7}, "nginx")));
    CHECK(passes(wish, message(exec_event, {7, 7})));
    CHECK_FALSE(passes(wish, message(exit_event, {7, 7})));
}

TEST_CASE("the kernel tells a name, a fork and an exec, where it speaks to us", "[health]") {
    health_test::Stage stage;
    const std::string name = health_test::unique_name();
    const health_test::NamedProcess parent([] {
        signal(SIGUSR1, [](int) {
            if (fork() == 0) {
                prctl(PR_SET_PDEATHSIG, SIGKILL);
                pause();
            }
        });
    });
    std::vector<pid_t> told;
    std::optional<health_test::NamedProcess> named;
    std::optional<health_test::NamedProcess> executed;
    const auto opened = health::ProcessEvents::open(
        stage.loop, {.comm = name, .parents = {parent.pid()}},
        [&](const health::ProcessEvents::News& news, vrrp::Instant /*now*/) {
            told.insert(told.end(), news.pids.begin(), news.pids.end());
        });
    if (!opened) {
        // Not in the first namespaces: then the reason is told, and processes are looked for.
        CHECK_FALSE(opened.error().message().empty());
        return;
    }

    named.emplace(name);
    executed.emplace([] { execl("/bin/sleep", "sleep", "1000", nullptr); });
    parent.kill(SIGUSR1);
    const auto has = [&](pid_t pid) { return std::ranges::find(told, pid) != told.end(); };
    stage.when([&] { return has(named->pid()) && has(executed->pid()) && told.size() >= 3; },
               [&] { stage.done(); });

    CHECK(stage.run());
}
