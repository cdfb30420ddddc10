#include "health/url.hpp"

#include <string>

#include "catch2.hpp"
#include "health/http_request.hpp"

using health::Endpoint;
using health::HttpProbeConfig;
using health::parse_endpoint;
using health::parse_url;

namespace {

health::Url url_of(const std::string& text) {
    const auto url = parse_url(text);
    REQUIRE(url);
    return *url;
}

bool has_header(const health::TransferRequest& request, const std::string& header) {
    for (const std::string& line : request.headers) {
        if (line == header) {
            return true;
        }
    }
    return false;
}

}  // namespace

TEST_CASE("a place is a host and a port", "[health]") {
    CHECK(parse_endpoint("127.0.0.1:80") == Endpoint{"127.0.0.1", 80});
    CHECK(parse_endpoint("[2001:db8::1]:6443") == Endpoint{"2001:db8::1", 6443});
    CHECK(parse_endpoint("www.example.org:65535") == Endpoint{"www.example.org", 65535});
    CHECK(parse_endpoint("host1:1") == Endpoint{"host1", 1});
}

TEST_CASE("what is no host with a port is refused", "[health]") {
    for (const std::string text : {"",
                                   ":80",
                                   "host",
                                   "host:",
                                   "host:0",
                                   "host:65536",
                                   "host:8o",
                                   "host:+80",
                                   "::1:80",
                                   "[::1]",
                                   "[::1]80",
                                   "[::1:80",
                                   "[127.0.0.1]:80",
                                   "[]:80",
                                   "10.1:80",
                                   "10.0.0.256:80",
                                   "a b:80",
                                   "-a:80",
                                   "a..b:80",
                                   "a:80:80",
                                   "0x7f000001:80",
                                   "w\xc3\xa4rts:80"}) {
        INFO(text);
        CHECK_FALSE(parse_endpoint(text));
    }
}

TEST_CASE("a URL is read into its parts", "[health]") {
    CHECK(url_of("http://127.0.0.1").target == "/");
    CHECK(url_of("http://h?x=1").target == "/?x=1");
    CHECK(url_of("https://h/a").server == Endpoint{"h", 443});
    const auto url = url_of("https://user:pass@[::1]:6443/readyz?verbose");
    CHECK(url.is_tls);
    CHECK(url.user_info == "user:pass");
    CHECK(url.server == Endpoint{"::1", 6443});
    CHECK(url.target == "/readyz?verbose");
    CHECK(health::to_request(url) == "https://user:pass@[::1]:6443/readyz?verbose");
    CHECK(health::host_header(url) == "[::1]:6443");
}

TEST_CASE("a URL for people has no secrets", "[health]") {
    CHECK(health::url_for_people("https://user:pass@h/readyz?token=x") == "https://h/readyz?…");
    CHECK(health::url_for_people("http://h:8080") == "http://h:8080/");
    CHECK(health::url_for_people("nonsense:pass") == "a URL that can't be read");
}

TEST_CASE("what is no URL is refused", "[health]") {
    for (const std::string text :
         {"", "ftp://h/", "http:/h", "HTTP://h/", "http://", "http:///x", "http://h/ x",
          "http://h/#x", "http://h:0/", "http://h:99999/", "http://::1/", "http://h/\n",
          "http://h/\xc3\xa4", "http://u:p@/", "http://h\\x/"}) {
        INFO(text);
        CHECK_FALSE(parse_url(text));
    }
}

TEST_CASE("a request names another server than it connects to", "[health]") {
    HttpProbeConfig config;
    config.tls.server_name = "kubernetes";
    config.host = "api.example.org";
    const auto request = to_request(config, url_of("https://127.0.0.1:6443/readyz"));
    CHECK(request.connect_host == "127.0.0.1");
    CHECK(request.url.server == Endpoint{"kubernetes", 6443});
    CHECK(has_header(request, "Host: api.example.org"));
}

TEST_CASE("a redirect takes no secrets to another server", "[health]") {
    HttpProbeConfig config;
    config.headers = {"Authorization: Bearer x"};
    config.host = "www.example.org";
    config.tls.client_certificate = "/c.pem";
    const auto url = url_of("https://u:p@127.0.0.1/a");
    SECTION("to the same one, by the name that it was told") {
        const auto next = to_next_request(config, url, 302, url_of("https://www.example.org/b"));
        CHECK(next.connect_host == "127.0.0.1");
        CHECK(next.url.user_info == "u:p");
        CHECK(next.url.target == "/b");
        CHECK(has_header(next, "Authorization: Bearer x"));
        CHECK(next.tls.client_certificate == "/c.pem");
    }
    SECTION("to another one, or another port") {
        for (const std::string place :
             {"https://other.example.org/b", "https://127.0.0.1:8443/b"}) {
            const auto next = to_next_request(config, url, 302, url_of(place));
            CHECK(next.url.user_info.empty());
            CHECK_FALSE(has_header(next, "Authorization: Bearer x"));
            CHECK_FALSE(has_header(next, "Host: www.example.org"));
            CHECK(next.tls.client_certificate.empty());
        }
    }
    SECTION("in plain text") {
        const auto next = to_next_request(config, url, 302, url_of("http://127.0.0.1:443/b"));
        CHECK(next.url.user_info.empty());
        CHECK_FALSE(has_header(next, "Authorization: Bearer x"));
    }
}

TEST_CASE("a redirect keeps the method where the standard says so", "[health]") {
    HttpProbeConfig config;
    config.method = "POST";
    const auto url = url_of("http://127.0.0.1/");
    CHECK(to_next_request(config, url, 302, url).method == "GET");
    CHECK(to_next_request(config, url, 307, url).method == "POST");
}
