#include "config/nearest.hpp"
#include "catch2.hpp"

#include <string>
#include <vector>

namespace {

const std::vector<std::string> keys = {"addresses", "checks",   "interface", "interval",
                                       "password",  "priority", "vrid"};

}  // namespace

TEST_CASE("the nearest word is the one that was meant", "[config]") {
    CHECK(config::nearest("interfaec", keys) == "interface");
    CHECK(config::nearest("vird", keys) == "vrid");
    CHECK(config::nearest("adresses", keys) == "addresses");
    CHECK(config::nearest("priorty", keys) == "priority");
    CHECK(config::nearest("VRID", keys) == "vrid");
    CHECK(config::nearest("vrid", keys) == "vrid");
}

TEST_CASE("the beginning of a word means the word", "[config]") {
    CHECK(config::nearest("pass", keys) == "password");
    CHECK(config::nearest("addr", keys) == "addresses");
    CHECK(config::nearest("pa", keys).empty());
}

TEST_CASE("a word that is like no other has no nearest one", "[config]") {
    CHECK(config::nearest("", keys).empty());
    CHECK(config::nearest("zzz", keys).empty());
    CHECK(config::nearest("eth0", keys).empty());
    CHECK(config::nearest("notify_master", keys).empty());
    CHECK(config::nearest(std::string(100'000, 'a'), keys).empty());
    CHECK(config::nearest("vrid", {}).empty());
}

TEST_CASE("a one-letter word is not taken for another letter", "[config]") {
    CHECK(config::nearest("a", std::vector<std::string>{"b"}).empty());
    CHECK(config::nearest("lo", std::vector<std::string>{"l0"}) == "l0");
}

TEST_CASE("links that differ in a digit are near each other", "[config]") {
    const std::vector<std::string> links = {"lo", "eth1", "ens33"};

    CHECK(config::nearest("eth0", links) == "eth1");
    CHECK(config::nearest("ens3", links) == "ens33");
    CHECK(config::nearest("enp0s3", links).empty());
}

TEST_CASE("a suggestion names the nearest word, or all that there are", "[config]") {
    CHECK(config::suggest("vird", keys) == "did you mean vrid?");
    CHECK(config::suggest("zzz", std::vector<std::string>{"a", "b"}) == "known: a, b");
    CHECK(config::suggest("zzz", {}).empty());
    CHECK(config::suggest("zzz", std::vector<std::string>(21, "a")).ends_with("a, a, ..."));
}
