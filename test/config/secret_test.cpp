#include "config/secret.hpp"
#include "catch2.hpp"
#include "reading.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <unistd.h>

namespace {

namespace fs = std::filesystem;

const std::string text = "0123456789abcdefghijklmnopqrstuv";
const std::string digits =
    "30313233343536373839616263646566676869"
    "6A6b6c6d6e6f70717273747576";

/// A folder that goes with its test.
class Folder {
public:
    Folder() { fs::create_directories(path_); }
    ~Folder() { fs::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    [[nodiscard]] const fs::path& path() const { return path_; }

    std::string write(const std::string& name, const std::string& content,
                      fs::perms mode = fs::perms::owner_read | fs::perms::owner_write) const {
        const fs::path path = path_ / name;
        std::ofstream(path, std::ios::binary) << content;
        fs::permissions(path, mode);
        return path.string();
    }

private:
    fs::path path_ = fs::temp_directory_path() / ("understudy-secret-" + std::to_string(getpid()));
};

/// A secret of TOML, read to its end.
config::Checked<config::LoadedSecret> load(const std::string& value) {
    const auto secret = config::to_secret("key 1", value, config::SecretForm::prefixed);
    if (!secret) {
        return std::unexpected(secret.error());
    }
    return config::load_secret("key 1", *secret);
}

std::string text_of(const std::string& value) {
    const auto secret = load(value);
    INFO((secret ? "" : secret.error().message));
    REQUIRE(secret);
    return {reinterpret_cast<const char*>(secret->bytes.data()), secret->bytes.size()};
}

std::string complaint(const std::string& value) {
    const auto secret = load(value);
    REQUIRE_FALSE(secret);
    return secret.error().message;
}

std::string router_with_keys(const std::string& keys) {
    return "[router.a]\ninterface = \"eth0\"\nvrid = 1\naddresses = [\"192.0.2.60/24\"]\n"
           "[router.a.hmac]\nkeys = { " +
           keys + " }\n";
}

}  // namespace

TEST_CASE("a secret is text, or hexadecimal digits", "[config]") {
    CHECK(text_of("text:" + text) == text);
    CHECK(text_of("hex:" + digits) == text);
    CHECK(text_of("text:hex:" + text) == "hex:" + text);
    CHECK(config::to_secret("key 1", text, config::SecretForm::plain)->bytes.size() == 32);
    CHECK(config::to_secret("key 1", "text:" + text, config::SecretForm::plain)->bytes.size() ==
          37);
}

TEST_CASE("a secret has 32 to 64 bytes", "[config]") {
    CHECK(complaint("text:" + std::string(31, 'x')) == "key 1 has 31 bytes, expected 32 to 64");
    CHECK(complaint("text:" + std::string(65, 'x')) == "key 1 has 65 bytes, expected 32 to 64");
    CHECK(complaint("text:") == "key 1 has 0 bytes, expected 32 to 64");
    CHECK(text_of("text:" + std::string(64, 'x')).size() == 64);
}

TEST_CASE("a secret is read from a file, without the newline at its end", "[config]") {
    const Folder folder;

    CHECK(text_of("file:" + folder.write("text", text + "\n")) == text);
    CHECK(text_of("file:" + folder.write("none", text)) == text);
    CHECK(text_of("file:" + folder.write("hex", "hex:" + digits + "\r\n")) == text);
    CHECK(text_of("file:" + folder.write("plain", "text:" + text + "\n")) == "text:" + text);
}

TEST_CASE("a file that holds no secret is told with its name and without its content", "[config]") {
    const Folder folder;
    const std::string at = folder.path().string() + "/";

    CHECK(complaint("file:" + at + "absent") ==
          "key 1: the file \"" + at + "absent\" cannot be read: No such file or directory");
    CHECK(complaint("file:" + folder.write("short", "sesame\n")) ==
          "key 1 (\"" + at + "short\") has 6 bytes, expected 32 to 64");
    CHECK(complaint("file:" + folder.write("lines", text + "\n" + text)) ==
          "key 1 (\"" + at + "lines\") has characters that are not printable ASCII");
    CHECK(complaint("file:" + folder.write("odd", "hex:5e5")) ==
          "key 1 (\"" + at + "odd\") has an odd number of digits behind \"hex:\", 3");
    CHECK(complaint("file:" + folder.write("long", std::string(100'000, 'x'))) ==
          "key 1 (\"" + at + "long\") has 4097 bytes, expected 32 to 64");
}

TEST_CASE("a file that all users may read is a warning", "[config]") {
    const Folder folder;
    const std::string path = folder.write(
        "key", text, fs::perms::owner_read | fs::perms::group_read | fs::perms::others_read);

    CHECK(messages("a.toml", router_with_keys("1 = \"file:" + path + "\"")) ==
          "a.toml:6:14: warning: key 1 (\"" + path + "\") is open to all users of this host\n");
    fs::permissions(path, fs::perms::owner_read | fs::perms::group_read);
    CHECK(messages("a.toml", router_with_keys("1 = \"file:" + path + "\"")).empty());
}

TEST_CASE("a credential is a file in the folder that systemd names", "[config]") {
    const Folder folder;
    folder.write("understudy.key", text + "\n");
    unsetenv("CREDENTIALS_DIRECTORY");
    CHECK(complaint("credential:understudy.key") ==
          "key 1 is the credential \"understudy.key\", and CREDENTIALS_DIRECTORY is not set");

    setenv("CREDENTIALS_DIRECTORY", folder.path().c_str(), 1);

    CHECK(text_of("credential:understudy.key") == text);
    CHECK(complaint("credential:other").find("cannot be read") != std::string::npos);
    for (const char* name : {"", ".", "..", "../x", "a/b", "/etc/passwd"}) {
        CHECK(complaint(std::string("credential:") + name) ==
              "key 1 names no credential of systemd");
    }
    unsetenv("CREDENTIALS_DIRECTORY");
}

TEST_CASE("only this host's key files are read", "[config]") {
    const std::string keys = "lb-master = { 1 = \"text:" + text + "\" }, lb-backup = { 1 = ";

    CHECK(messages("a.toml", router_with_keys(keys + "\"file:/no/such/file\" }")).empty());
    CHECK(messages("a.toml", router_with_keys(keys + "\"file:relative\" }")) ==
          "a.toml:6:89: error: key 1 names a file without its whole path\n");
}

TEST_CASE("a router that signs has a window by its interval, and enforces", "[config]") {
    const auto trailer = [](const std::string& line) {
        const config::Config config =
            read("a.toml",
                 "[router.a]\ninterface = \"eth0\"\nvrid = 1\n"
                 "addresses = [\"192.0.2.60/24\"]\nhmac.keys.3 = \"text:" +
                     text + "\"\n" + line + "\n");
        REQUIRE(config.routers[0].trailer);
        return *config.routers[0].trailer;
    };

    CHECK(trailer("").active == 3);
    CHECK(trailer("").mode == auth::Mode::enforce);
    CHECK(trailer("").replay == auth::Replay::time);
    CHECK(trailer("").window == std::chrono::seconds(5));
    CHECK(trailer("interval = \"3s\"").window == std::chrono::seconds(9));
    CHECK(trailer("interval = \"255s\"").window == std::chrono::seconds(300));
    CHECK(trailer("hmac.window = \"7s\"").window == std::chrono::seconds(7));
}

TEST_CASE("no message tells a secret", "[config]") {
    for (const char* keys :
         {"1 = \"text:sesame\"", "1 = \"hex:sesame\"", "1 = \"sesame\"", "1 = sesame",
          "1 = \"text:sesame", "1 = [\"sesame\"]", "sesame = \"text:sesame\"", "1 \"sesame\"",
          "1 = 'text:sesame'", "1 = \"text:sesame\\u00e4\"", "1 = \"file:sesame\"",
          "1 = \"credential:/sesame\"", "lb-backup = { 1 = \"text:sesame\" }",
          "1 = { lb-backup = \"text:sesame\" }", "sesame = { 1 = \"text:sesame\" }",
          "1 = \"text:sesame\\q\""}) {
        const std::string said = messages("a.toml", router_with_keys(keys));
        INFO(keys);
        CHECK_FALSE(said.empty());
        CHECK(said.find("sesame") == std::string::npos);
    }
}
