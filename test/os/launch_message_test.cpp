#include "os/launch_message.hpp"

#include <string>

#include "catch2.hpp"

TEST_CASE("a request of the launcher is read as it was written", "[os]") {
    const os::LaunchRequest launch{.kind = os::LaunchRequest::Kind::launch,
                                   .id = 1ULL << 40U,
                                   .command = {.arguments = {"/bin/echo", "", "a b\n"},
                                               .environment = {"A=1"},
                                               .users = {"understudy", "nobody"},
                                               .group = "staff",
                                               .is_guarded = true}};
    CHECK(os::decode_launch_request(encode(launch)) == launch);
    const os::LaunchRequest kill{.kind = os::LaunchRequest::Kind::kill, .id = 7, .command = {}};
    CHECK(os::decode_launch_request(encode(kill)) == kill);
}

TEST_CASE("a reply of the launcher is read as it was written", "[os]") {
    const os::LaunchReply reply{
        .id = 3,
        .has_ended = true,
        .result = {.status = {.not_executed = "why", .code = 2, .signal = 9},
                   .output = std::string("a\0b", 3),
                   .process = 4711,
                   .identity = {65534, 65533}}};
    CHECK(os::decode_launch_reply(encode(reply)) == reply);
}

TEST_CASE("a message that is cut short is read to its end", "[os]") {
    const std::string bytes =
        encode(os::LaunchRequest{.id = 1, .command = {.arguments = {"/bin/true", "a"}}});
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        CHECK(os::decode_launch_request(bytes.substr(0, size)).command.arguments.size() <= 2);
    }
}
