#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <iterator>
#include <string>

#include "catch2.hpp"
#include "os/fd.hpp"
#include "server.hpp"
#include "stage.hpp"
#include "temporary_folder.hpp"

using health::CheckConfig;
using health::HttpProbeConfig;
using health::ProbeResult;
using health_test::saying;
using health_test::Server;
using health_test::Stage;
using namespace std::chrono_literals;

namespace {

const std::string ok_answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// The first result of the probe.
ProbeResult look(Stage& stage, const HttpProbeConfig& config, vrrp::Duration timeout = 5s) {
    CheckConfig check{.name = "web", .probe = config};
    check.timeout = timeout;
    stage.start(check, [&stage] { stage.done(); });
    REQUIRE(stage.run());
    stage.probe.reset();
    return stage.last();
}

std::ptrdiff_t open_descriptors() {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                         std::filesystem::directory_iterator());
}

bool has_step(const Stage& stage, const std::string& part) {
    for (const std::string& step : stage.steps) {
        if (step.find(part) != std::string::npos) {
            return true;
        }
    }
    return false;
}

}  // namespace

TEST_CASE("a web server that answers as expected is good", "[health]") {
    Stage stage;
    const Server server(stage, saying(ok_answer));
    const auto result = look(stage, {.url = server.url("/ready?token=secret"),
                                     .headers = {"Authorization: Bearer secret"},
                                     .body_contains = "ok",
                                     .body_matches = "^ok$"});
    CHECK(result == ProbeResult{.is_good = true, .detail = "status 200"});
    CHECK(server.request().starts_with("GET /ready?token=secret HTTP/1.1\r\n"));
    CHECK(server.request().find("Authorization: Bearer secret\r\n") != std::string::npos);
    CHECK(has_step(stage, "connected to 127.0.0.1 port " + std::to_string(server.port())));
    CHECK(has_step(stage, "HTTP/1.1 200 OK"));
    CHECK(has_step(stage, "a body of 2 bytes: ok"));
    CHECK_FALSE(has_step(stage, "secret"));
}

TEST_CASE("a web server's name is looked up without the loop waiting", "[health]") {
    Stage stage;
    const Server server(stage, saying(ok_answer));
    const auto result =
        look(stage, {.url = "http://u:secret@localhost:" + std::to_string(server.port()) + "/"});
    CHECK(result.detail == "status 200");
    CHECK(server.request().find("Host: localhost:") != std::string::npos);
    CHECK(has_step(stage, "localhost is 127.0.0.1"));
    CHECK_FALSE(has_step(stage, "secret"));
}

TEST_CASE("a web server that answers otherwise is bad, with the reason", "[health]") {
    Stage stage;
    std::string answer = "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n";
    std::string detail = "status 503, expected 200 to 299";
    SECTION("another status") {}
    SECTION("another body") {
        answer = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad";
        detail = R"(status 200, but the body has no "ok")";
    }
    const Server server(stage, saying(answer));
    const auto result = look(stage, {.url = server.url(), .body_contains = "ok"});
    CHECK(result == ProbeResult{.is_good = false, .detail = detail});
}

TEST_CASE("a web server that doesn't answer in HTTP is bad, with the reason", "[health]") {
    Stage stage;
    std::string answer;
    std::string detail = " closed the connection without an answer";
    SECTION("nothing") {}
    SECTION("a part") {
        answer = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok";
        detail = " closed the connection before the answer's end";
    }
    SECTION("something else") {
        answer = "SSH-2.0-OpenSSH_9.2\r\n";
        detail = "is not HTTP";
    }
    SECTION("an endless header") {
        answer = "HTTP/1.1 200 OK\r\n";
        for (int i = 0; i < 100; ++i) {
            answer += "A: " + std::string(1000, 'a') + "\r\n";
        }
        detail = " is longer than 65536 bytes";
    }
    SECTION("an endless line of a header") {
        answer = "HTTP/1.1 200 OK\r\nA: " + std::string(150000, 'a');
        detail = " is longer than 65536 bytes";
    }
    const Server server(stage, saying(answer));
    const auto result = look(stage, {.url = server.url()});
    CHECK_FALSE(result.is_good);
    INFO(result.detail);
    CHECK(result.detail.find(detail) != std::string::npos);
}

TEST_CASE("a web server that accepts and says nothing is bad at the limit", "[health]") {
    Stage stage;
    const Server server(stage);
    const auto result = look(stage, {.url = server.url()}, 100ms);
    CHECK(
        result.detail ==
        "timed out after 0.1 s while waiting for the first byte of the answer of 127.0.0.1 port " +
            std::to_string(server.port()));
}

TEST_CASE("a closed port is bad at once", "[health]") {
    Stage stage;
    std::uint16_t port = 0;
    {
        const Server server(stage);
        port = server.port();
    }
    const std::string place = std::to_string(port);
    const auto result = look(stage, {.url = "http://127.0.0.1:" + place + "/"});
    CHECK(result ==
          ProbeResult{.is_good = false, .detail = "connection refused by 127.0.0.1 port " + place});
}

TEST_CASE("a body without end is read to a limit", "[health]") {
    Stage stage;
    const std::string part(65536, 'x');
    std::function<void()> flood;
    const Server server(stage, [&](int fd, const std::string& request) {
        const std::string head = "HTTP/1.1 200 OK\r\n\r\n";
        send(fd, head.data(), head.size(), MSG_NOSIGNAL);
        // As much as the socket takes, now and then; the probe must not wait for an end.
        flood = [&, fd] {
            send(fd, part.data(), part.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
            stage.after(1ms, flood);
        };
        flood();
        return !request.empty();
    });
    const auto result = look(stage, {.url = server.url(), .body_contains = "y"});
    CHECK(result.detail == R"(status 200, but the first 262144 bytes of the body has no "y")");
}

TEST_CASE("redirects are followed as often as the file says", "[health]") {
    Stage stage;
    const Server server(stage, [](int fd, const std::string& request) {
        const std::string answer = request.starts_with("GET /last ")
                                       ? ok_answer
                                       : "HTTP/1.1 302 Found\r\nLocation: /last\r\n"
                                         "Content-Length: 0\r\n\r\n";
        send(fd, answer.data(), answer.size(), MSG_NOSIGNAL);
        return false;
    });
    SECTION("once") {
        CHECK(look(stage, {.url = server.url(), .redirects = 1}).detail == "status 200");
        CHECK(server.accepted() == 2);
    }
    SECTION("never") {
        CHECK(look(stage, {.url = server.url()}).detail == "status 302, expected 200 to 299");
        CHECK(server.accepted() == 1);
    }
}

TEST_CASE("a redirect may have a fragment", "[health]") {
    Stage stage;
    const Server server(stage, [](int fd, const std::string& request) {
        const std::string answer = request.starts_with("GET /last ")
                                       ? ok_answer
                                       : "HTTP/1.1 302 Found\r\nLocation: /last#top\r\n"
                                         "Content-Length: 0\r\n\r\n";
        send(fd, answer.data(), answer.size(), MSG_NOSIGNAL);
        return false;
    });
    CHECK(look(stage, {.url = server.url(), .redirects = 1}).detail == "status 200");
}

TEST_CASE("a file of certificates that could hold the loop up is not opened", "[health]") {
    Stage stage;
    const TemporaryFolder folder;
    const std::string fifo = folder.path() + "/fifo.pem";
    REQUIRE(mkfifo(fifo.c_str(), 0600) == 0);
    const std::string link = folder.path() + "/link.pem";
    std::filesystem::create_symlink("fifo.pem", link);
    HttpProbeConfig config{.url = "https://127.0.0.1:1/"};
    std::string key = "ca_file " + fifo;
    SECTION("of authorities") {
        config.tls.ca_file = fifo;
    }
    SECTION("of the client") {
        config.tls.client_certificate = link;
        key = "client_certificate " + link;
    }
    CHECK(look(stage, config).detail == key + " is no regular file");
}

TEST_CASE("a Unix socket that takes no more connections is named", "[health]") {
    Stage stage;
    const TemporaryFolder folder;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = folder.path() + "/app.sock";
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    const os::Fd listening(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const os::Fd first(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(bind(listening.get(), any, sizeof address) == 0);
    REQUIRE(listen(listening.get(), 0) == 0);
    REQUIRE(connect(first.get(), any, sizeof address) == 0);
    const auto result = look(stage, {.url = "http://localhost/", .unix_socket = path});
    CHECK_FALSE(result.is_good);
    CHECK(result.detail.starts_with("cannot connect to " + path));
    CHECK(result.detail.find("localhost") == std::string::npos);
}

TEST_CASE("thousands of requests leave no descriptor open", "[health]") {
    Stage stage;
    const Server server(stage, saying(ok_answer));
    std::string url = server.url();
    SECTION("by address") {}
    SECTION("by name") {
        url = "http://localhost:" + std::to_string(server.port());
    }
    CheckConfig check{.name = "web", .probe = HttpProbeConfig{.url = url}};
    check.interval = 1ms;
    std::ptrdiff_t before = 0;
    std::ptrdiff_t after = 0;
    stage.start(check, [&] {
        if (stage.results.size() == 10) {
            before = open_descriptors();
        }
        if (stage.results.size() == 2000) {
            after = open_descriptors();
            stage.done();
        }
    });
    REQUIRE(stage.run());
    CHECK(stage.last().is_good);
    CHECK(server.accepted() >= 2000);
    CHECK(after <= before + 1);
    CHECK(after >= before - 1);
}
