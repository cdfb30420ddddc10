#include "observe/http_server.hpp"

#include "catch2.hpp"
#include "cli/client.hpp"
#include "observe/unix_listener.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <expected>
#include <filesystem>
#include <future>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

/// A folder of its own for each test, gone afterwards.
class Folder {
public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "understudy-XXXXXX").string();
        path_ = mkdtemp(name.data());
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { std::filesystem::remove_all(path_); }

    [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

void no_reload(bool /*is_dry_run*/, const observe::HttpServer::Answer& answer,
               vrrp::Instant /*now*/) {
    answer(false, "{}");
}

/// Turns the loop until the client, in a thread of its own, has its answer.
template <typename Work>
auto with_loop(os::Loop& loop, Work work) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const os::Fd reading(ends[0]);
    const os::Fd writing(ends[1]);
    auto done = loop.watch(reading.get(), 1, os::Urgency::clients,
                           [&loop](std::uint32_t, vrrp::Instant) { loop.stop(0); });
    REQUIRE(done.has_value());
    auto answer = std::async(std::launch::async, [&work, &writing] {
        auto result = work();
        [[maybe_unused]] const auto written = write(writing.get(), "x", 1);
        return result;
    });
    REQUIRE(loop.run().has_value());
    return answer.get();
}

int connect_to(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
    return fd;
}

}  // namespace

TEST_CASE("the tools' client gets the status over the Unix socket", "[observe]") {
    const Folder folder;
    const std::string path = folder.file("deeper/api.sock");
    auto loop = os::Loop::create();
    auto server =
        observe::HttpServer::open(path, *loop, [] { return R"({"host":"here"})"; }, no_reload);
    REQUIRE(server.has_value());

    const auto answer = with_loop(*loop, [&path] { return cli::get(path, "/v1/status"); });

    REQUIRE(answer.has_value());
    CHECK(*answer == R"({"host":"here"})");
    struct stat mode{};
    REQUIRE(stat(path.c_str(), &mode) == 0);
    CHECK((mode.st_mode & 0777) == 0660);
}

TEST_CASE("an unknown path is answered with what there is", "[observe]") {
    const Folder folder;
    const std::string path = folder.file("api.sock");
    auto loop = os::Loop::create();
    auto server = observe::HttpServer::open(path, *loop, [] { return "{}"; }, no_reload);
    REQUIRE(server.has_value());

    const auto answer = with_loop(*loop, [&path] { return cli::get(path, "/v1/nothing"); });

    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error() == "the daemon answered 404: There is: GET /v1/status, POST /v1/reload\n");
}

TEST_CASE("a reload is answered when it is done, and others meanwhile", "[observe]") {
    const Folder folder;
    const std::string path = folder.file("api.sock");
    auto loop = os::Loop::create();
    std::vector<bool> asked;
    std::optional<observe::HttpServer::Answer> waiting;
    os::Timer timer = *loop->timer(os::Urgency::clients, [&waiting](vrrp::Instant /*now*/) {
        (*waiting)(true, R"({"ok":true})");
    });
    auto server = observe::HttpServer::open(
        path, *loop, [] { return "{}"; },
        [&](bool is_dry_run, observe::HttpServer::Answer answer, vrrp::Instant /*now*/) {
            asked.push_back(is_dry_run);
            waiting = std::move(answer);
            timer.arm(loop->now() + std::chrono::milliseconds(20));
        });
    REQUIRE(server.has_value());

    const auto answer = with_loop(*loop, [&] {
        auto reload = std::async(std::launch::async,
                                 [&path] { return cli::post(path, "/v1/reload?dry_run=1"); });
        const auto status = cli::get(path, "/v1/status");
        return std::pair(status, reload.get());
    });

    CHECK(answer.first == std::expected<std::string, std::string>("{}"));
    REQUIRE(answer.second);
    CHECK(answer.second->status == 200);
    CHECK(answer.second->body == R"({"ok":true})");
    CHECK(asked == std::vector<bool>{true});
}

TEST_CASE("a reload that fails is answered so, at once too", "[observe]") {
    const Folder folder;
    const std::string path = folder.file("api.sock");
    auto loop = os::Loop::create();
    auto server = observe::HttpServer::open(path, *loop, [] { return "{}"; }, no_reload);
    REQUIRE(server.has_value());

    const auto answers = with_loop(*loop, [&path] {
        return std::pair(cli::post(path, "/v1/reload"), cli::get(path, "/v1/reload"));
    });

    REQUIRE(answers.first);
    CHECK(answers.first->status == 422);
    CHECK(answers.second.error() == "the daemon answered 405: Use POST.\n");
}

TEST_CASE("a server ends while somebody waits for a reload", "[observe]") {
    const Folder folder;
    const std::string path = folder.file("api.sock");
    auto loop = os::Loop::create();
    std::future<std::expected<cli::Answer, std::string>> reload;
    {
        auto server = observe::HttpServer::open(
            path, *loop, [] { return "{}"; },
            [&loop](bool, const observe::HttpServer::Answer&, vrrp::Instant) { loop->stop(0); });
        REQUIRE(server.has_value());
        reload = std::async(std::launch::async, [&path] { return cli::post(path, "/v1/reload"); });
        REQUIRE(loop->run().has_value());
    }

    CHECK_FALSE(reload.get().has_value());
}

TEST_CASE("a client that says nothing keeps nobody waiting", "[observe]") {
    const Folder folder;
    const std::string path = folder.file("api.sock");
    auto loop = os::Loop::create();
    auto server = observe::HttpServer::open(path, *loop, [] { return "{}"; }, no_reload);
    REQUIRE(server.has_value());
    const os::Fd silent(connect_to(path));

    const auto answer = with_loop(*loop, [&path] { return cli::get(path, "/v1/status"); });

    CHECK(answer == std::expected<std::string, std::string>("{}"));
}

TEST_CASE("a stale socket is replaced, a live one is not", "[observe]") {
    const Folder folder;
    const std::string path = folder.file("api.sock");
    {
        auto first = observe::listen_on(path);
        REQUIRE(first.has_value());
        auto second = observe::listen_on(path);
        REQUIRE_FALSE(second.has_value());
        CHECK(second.error().code == EADDRINUSE);
    }
    REQUIRE(std::filesystem::exists(path));

    CHECK(observe::listen_on(path).has_value());
}

TEST_CASE("a socket that can't be made says where and why", "[observe]") {
    const Folder folder;
    std::filesystem::create_directory(folder.file("api.sock"));

    const auto listener = observe::listen_on(folder.file("api.sock"));

    REQUIRE_FALSE(listener.has_value());
    CHECK(listener.error().message() ==
          "listen on " + folder.file("api.sock") + ": Address already in use");
}

TEST_CASE("a client without a daemon says what to do", "[observe]") {
    const Folder folder;

    const auto answer = cli::get(folder.file("api.sock"), "/v1/status");

    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().find("no daemon answers on") == 0);
}
