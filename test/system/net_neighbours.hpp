#pragma once

#include <optional>
#include <string>
#include <utility>

#include "catch2.hpp"
#include "net/link_mirror.hpp"
#include "net_kernel_lab.hpp"

namespace net::test {

/// Two hosts on one wire that can talk to each other: "lan" here is 192.0.2.1 and 2001:db8::1,
/// "lan" there is 192.0.2.2 and 2001:db8::2.
struct Neighbours {
    Network there;
    Network here;

    /// With a link-local address that is there at once: one that the kernel makes is looked for on
    /// the wire first, and until then nobody known is asked whether it is still there.
    static std::string bring_up(const std::string& link_local) {
        return "ip link set lan addrgenmode none && ip address add " + link_local +
               "/64 dev lan nodad && ip link set lan up";
    }

    /// Makes both, enters `here`, and waits until the wire carries.
    static std::optional<Neighbours> create() {
        auto there = Network::create();
        auto here = there ? Network::create() : std::nullopt;
        if (!here) {
            return std::nullopt;
        }
        REQUIRE(run("ip link add lan type veth peer name lan netns " + there->path() +
                    " && ip address add 192.0.2.1/24 dev lan"
                    " && ip address add 2001:db8::1/64 dev lan nodad && " +
                    bring_up("fe80::1")));
        Neighbours hosts{std::move(*there), std::move(*here)};
        auto loop = create_loop();
        Script script(loop);
        auto mirror =
            LinkMirror::open(loop, {"lan", "far"}, [&](vrrp::Instant) { script.go_on(); });
        REQUIRE(mirror);
        script.step(
            [&] {
                hosts.there.enter();
                run("ip address add 192.0.2.2/24 dev lan"
                    " && ip address add 2001:db8::2/64 dev lan nodad && " +
                    bring_up("fe80::2"));
                hosts.here.enter();
            },
            [&] { return mirror->find("lan") && mirror->find("lan")->is_up; });
        REQUIRE(script.play());
        return hosts;
    }
};

}  // namespace net::test
