#include "config/file_content.hpp"
#include "config/lint.hpp"
#include "reading.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

/// A directory that is gone with the test.
class TemporaryDirectory {
public:
    TemporaryDirectory()
        : path_(fs::temp_directory_path() / ("understudy-load-" + std::to_string(::getpid()))) {
        fs::remove_all(path_);
        fs::create_directories(path_);
    }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    ~TemporaryDirectory() { fs::remove_all(path_); }

    [[nodiscard]] std::string path(const std::string& name) const { return path_ / name; }

private:
    fs::path path_;
};

std::string first_message(const config::Loaded& loaded) {
    return loaded.diagnostics.empty() ? "" : loaded.diagnostics.front().message;
}

}  // namespace

TEST_CASE("a file that is not there, or no file, says so", "[config]") {
    const TemporaryDirectory directory;

    CHECK(first_message(config::load(directory.path("none.toml"), "a")) ==
          "the file cannot be read: No such file or directory");
    CHECK(first_message(config::load(directory.path(""), "a")) ==
          "the file cannot be read: it is a directory");
    CHECK(first_message(config::load("/dev/zero", "a")) ==
          "the file cannot be read: it is not a regular file");
}

TEST_CASE("a file is read from its path", "[config]") {
    const TemporaryDirectory directory;
    const std::string path = directory.path("a.conf");
    std::ofstream(path) << "vrrp_instance VI_1 {\ninterface eth0\nvirtual_router_id 1\n"
                           "virtual_ipaddress { 10.0.0.1/24 }\n}\n";

    const config::Loaded loaded = config::load(path, "a");

    CHECK(loaded.diagnostics.empty());
    REQUIRE(loaded.config);
    CHECK(loaded.config->routers[0].name == "VI_1");
}

TEST_CASE("an empty path is told as such", "[config]") {
    const config::Loaded loaded = config::load("", "a");

    REQUIRE(loaded.diagnostics.size() == 1);
    CHECK(config::to_text(loaded.diagnostics[0]) ==
          "understudy: error: the path of the configuration is empty");
}

TEST_CASE("a file above the limit is refused without being read whole", "[config]") {
    const TemporaryDirectory directory;
    const std::string path = directory.path("large.toml");
    std::ofstream(path) << std::string(4 * 1024 * 1024 + 1, '#');

    CHECK(first_message(config::load(path, "a")) ==
          "the file is larger than 4096 KiB, the most that is read");
}

TEST_CASE("reading takes room for the file, not for the longest there may be", "[config]") {
    const TemporaryDirectory directory;
    const std::string path = directory.path("short.toml");
    std::string text;
    for (int number = 0; text.size() < 40'000; ++number) {
        text += std::to_string(number);
    }
    std::ofstream(path) << text;

    const auto whole = config::load_content(path, 4 * 1024 * 1024);
    const auto limited = config::load_content(path, 20'000);

    REQUIRE(whole);
    CHECK(whole->text == text);
    CHECK(whole->text.capacity() < 128 * 1024);
    REQUIRE(limited);
    CHECK(limited->text == text.substr(0, 20'001));
}

TEST_CASE("a keepalived.conf under a name of TOML is told from a broken TOML file", "[config]") {
    CHECK(messages("a.toml", "global_defs {\n}\n") ==
          "a.toml: error: this is a keepalived.conf, and its name says TOML\n");
    CHECK(messages("a.toml", "interface \"eth0\"\n") ==
          "a.toml:1:11: error: expected = after the key\n");
}

TEST_CASE("a text with errors gives no configuration", "[config]") {
    const config::Loaded loaded = config::load_text("a.toml", "[router.a]\n", "a");

    CHECK_FALSE(loaded.config);
    CHECK(config::has_errors(loaded.diagnostics));
}

TEST_CASE("an included file is found beside the file that names it", "[config]") {
    const TemporaryDirectory directory;
    fs::create_directories(directory.path("conf.d"));
    const std::string path = directory.path("a.conf");
    std::ofstream(path) << "include conf.d/*.conf\ninclude {b,c}.conf\n";
    const std::string wrong = "interfase eth0\nvirtual_router_id ";
    for (const std::string name : {"conf.d/1", "conf.d/2", "b", "c"}) {
        std::ofstream(directory.path(name + ".conf")) << "vrrp_instance a {\n" + wrong + "x\n}\n";
    }

    const config::Loaded loaded = config::load(path, "a");

    std::vector<std::string> files;
    for (const config::Diagnostic& diagnostic : loaded.diagnostics) {
        if (diagnostic.message.find("interfase") != std::string::npos) {
            files.push_back(diagnostic.file);
            CHECK(diagnostic.source == "interfase eth0");
        }
    }
    CHECK(files == std::vector<std::string>{directory.path("conf.d/1.conf"),
                                            directory.path("conf.d/2.conf"),
                                            directory.path("b.conf"), directory.path("c.conf")});
    CHECK_FALSE(loaded.config);
}

TEST_CASE("what is said later of an included file names that file", "[config]") {
    const TemporaryDirectory directory;
    const std::string path = directory.path("a.conf");
    std::ofstream(path) << "include b.conf\n";
    std::ofstream(directory.path("b.conf"))
        << "vrrp_instance VI_1 {\ninterface eth0\nvirtual_router_id 1\n"
           "virtual_ipaddress { 10.0.0.1/24 }\n}\n";

    const config::Loaded loaded = config::load(path, "a");

    REQUIRE(loaded.config);
    const config::Diagnostics diagnostics = config::lint(*loaded.config, path, {});
    REQUIRE(diagnostics.size() == 1);
    CHECK(diagnostics[0].file == directory.path("b.conf"));
    CHECK(diagnostics[0].place == config::Place{2, 11, 1});
}

TEST_CASE("files that include too much are an error", "[config]") {
    const TemporaryDirectory directory;
    const std::string path = directory.path("a.conf");
    for (int number = 0; number < 20; ++number) {
        std::ofstream(directory.path(std::to_string(number) + ".conf"))
            << "include " << number + 1 << ".conf\n";
    }
    std::ofstream(path) << "include 0.conf\n";
    CHECK(first_message(config::load(path, "a")) ==
          "files include each other deeper than 16 times");

    std::ofstream(directory.path("large.conf")) << std::string(3 * 1024 * 1024, '#');
    std::ofstream(path) << "include large.conf\ninclude large.conf\n";
    CHECK(first_message(config::load(path, "a")).find("larger than 4096 KiB together") !=
          std::string::npos);

    std::ofstream(path) << "include 0{a,b,c,d,e,f}{a,b,c,d,e,f}{a,b,c,d,e,f}{a,b,c,d,e,f}\n";
    CHECK(first_message(config::load(path, "a")).find("make more than 1000 names") !=
          std::string::npos);

    std::ofstream(directory.path("bad.conf")) << "a\n\x01\n";
    std::ofstream(path) << "include bad.conf\n";
    const config::Loaded loaded = config::load(path, "a");
    CHECK(loaded.diagnostics.front().file == directory.path("bad.conf"));
    CHECK(loaded.diagnostics.front().place == config::Place{2, 1, 1});
}

TEST_CASE("a password in a file that everybody may read is told", "[config]") {
    const TemporaryDirectory directory;
    const std::string router =
        "vrrp_instance VI_1 {\ninterface eth0\nvirtual_router_id 1\n"
        "virtual_ipaddress { 10.0.0.1/24 }\n";
    const std::string toml =
        "[router.a]\ninterface = \"eth0\"\nvrid = 1\npriority = 100\n"
        "addresses = [\"10.0.0.1/24\"]\n";
    const std::string message =
        "the file holds a password or a key, and all users of this host may read it";
    const auto told = [&](const std::string& name, const std::string& text, fs::perms perms) {
        const std::string path = directory.path(name);
        std::ofstream(path) << text;
        fs::permissions(path, perms);
        std::vector<std::string> files;
        for (const config::Diagnostic& diagnostic : config::load(path, "a").diagnostics) {
            CHECK(diagnostic.message == message);
            CHECK(diagnostic.advice == "chmod o= " + diagnostic.file);
            files.push_back(fs::path(diagnostic.file).filename());
        }
        return files;
    };
    using Files = std::vector<std::string>;
    const fs::perms all{0644};
    const fs::perms group{0640};
    const std::string password = "authentication {\nauth_type PASS\nauth_pass abc\n}\n";

    CHECK(told("a.conf", router + password + "}\n", all) == Files{"a.conf"});
    CHECK(told("a.conf", router + password + "}\n", group).empty());
    CHECK(told("a.conf", router + "}\n", all).empty());
    CHECK(told("a.conf", router + "auth_hmac {\nkey 1 0123456789abcdef0123456789abcdef\n}\n}\n",
               all) == Files{"a.conf"});
    CHECK(told("a.toml", toml + "password = \"abc\"\n", all) == Files{"a.toml"});
    CHECK(told("a.toml", toml + "password = \"abc\"\n", group).empty());
    CHECK(told("a.toml", toml, all).empty());

    std::ofstream(directory.path("b.conf")) << "$P=abc\n";
    fs::permissions(directory.path("b.conf"), all);
    CHECK(told("a.conf",
               "include b.conf\n" + router +
                   "authentication {\nauth_type PASS\nauth_pass ${P}\n}\n}\n",
               group) == Files{"b.conf"});
    fs::permissions(directory.path("b.conf"), group);
    CHECK(told("a.conf",
               "include b.conf\n" + router +
                   "authentication {\nauth_type PASS\nauth_pass ${P}\n}\n}\n",
               all)
              .empty());
}

TEST_CASE("lines of another host count where that is asked for", "[config]") {
    const std::string text =
        "vrrp_instance VI_1 {\ninterface eth0\nvirtual_router_id 1\n"
        "@a priority 11\n@b priority 12\nvirtual_ipaddress { 10.0.0.1/24 }\n}\n";
    const auto priority = [&](const config::Audience& audience) {
        const config::Loaded loaded =
            config::load_text("x.conf", text, audience, config::Includes::refused);
        REQUIRE(loaded.config);
        return int{loaded.config->routers[0].protocol.priority};
    };

    CHECK(priority({.host = "a.example.com", .config_id = ""}) == 11);
    CHECK(priority({.host = "b", .config_id = ""}) == 12);
    CHECK(priority({.host = "a", .config_id = "b"}) == 12);
}
