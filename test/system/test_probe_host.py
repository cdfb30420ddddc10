"""Checks of the host's own state: each change is seen at the instant, on the wire too."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from lab import ADDRESS, BACKUP, MASTER, Lab, Sniffer, Understudy, wait_until

pytestmark = pytest.mark.needs("understudy")

# From the change on the host to the verdict; a loaded machine takes its time to run.
SOON = 0.5
# The kernel itself tells of a carrier at most once a second.
CARRIER = 1.5

ROUTER = """
[router.web]
interface = "eth0"
vrid      = 51
version   = 3
interval  = "100ms"
priority  = 100
addresses = ["192.168.56.60/24"]
checks    = ["it"]
"""


class Scene:
    """A host with eth0 and eth1, each on a switch of its own, and a daemon with one check."""

    def __init__(self, lab: Lab, check: str, router: str = ROUTER, prepare: str = "true",
                 path: str = "/etc/understudy/understudy.toml") -> None:
        self.lab = lab
        self.lan = lab.lan()
        self.other = lab.lan()
        self.host = lab.host(MASTER, self.lan, "192.168.56.61", ipv6=True)
        self.port = self.other.attach(self.host, "192.168.57.61", interface="eth1", ipv6=True)
        self.host.run(prepare)
        self.wire: Sniffer = lab.sniff(self.lan)
        self.daemon = Understudy(self.host, check + router, path)
        self.daemon.start()
        self.daemon.wait_ready()

    def wait(self, verdict: str, detail: str = "", timeout: float = 5.0) -> str:
        """Until the check has this verdict, and a detail with this in it; the whole detail."""
        def arrived() -> bool:
            check = self.daemon.check()
            return check["verdict"] == verdict and detail in check["detail"]
        try:
            wait_until(arrived, timeout, f"{verdict}: {detail}")
        except TimeoutError as error:
            raise TimeoutError(f"{error}; it is {self.daemon.check()}") from None
        return self.daemon.check()["detail"]

    def address_after(self, action: Callable[[], object] | str, present: bool) -> float:
        """Does it; how long after that the service address came or went, in seconds."""
        begun = self.lab.now()
        if isinstance(action, str):
            self.host.run(action)
        else:
            action()
        return self.host.wait_address(ADDRESS, present=present, since=begun) - begun

    def priority_after(self, action: str, priority: int) -> float:
        """Does it; how long after that an advert told the priority, in seconds."""
        begun = self.lab.now()
        self.host.run(action)
        advert = self.wire.adverts.wait(lambda x: x.priority == priority, since=begun)
        return advert.at - begun

    def descriptors(self) -> int:
        return len(os.listdir(f"/proc/{self.daemon.process.pid}/fd"))

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.daemon.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_an_interface_is_followed_through_all_that_can_happen_to_it(lab: Lab) -> None:
    scene = Scene(lab, '[check.it]\ninterface = "eth1"\n')
    scene.daemon.wait_state("master")
    assert scene.daemon.check()["detail"] == "interface eth1 is up"
    for away, detail, back in (
            (lambda: scene.port.cut(carrier=True), "interface eth1 has no carrier",
             scene.port.join),
            (lambda: scene.host.run("ip link set eth1 down"), "interface eth1 is down",
             lambda: scene.host.run("ip link set eth1 up")),
            (lambda: scene.host.run("ip link set eth1 down name old up"),
             "interface eth1 is not there",
             lambda: scene.host.run("ip link set old down name eth1 up")),
            (lambda: scene.host.run("ip link del eth1"), "interface eth1 is not there",
             lambda: scene.other.attach(scene.host, "192.168.57.61", interface="eth1"))):
        assert scene.address_after(away, present=False) < CARRIER
        scene.wait("bad", detail)
        back()
        scene.wait("good", "interface eth1 is up")
        scene.daemon.wait_state("master")


def test_an_interface_that_is_not_there_is_told_with_the_nearest_name(lab: Lab) -> None:
    scene = Scene(lab, '[check.it]\ninterface = "eth11"\n')
    scene.wait("bad", "interface eth11 is not there")
    told = scene.daemon.tool("check", "/etc/understudy/understudy.toml", check=False)
    text = told.stdout + told.stderr
    assert 'check it waits for interface "eth11", which is not there' in text
    assert "did you mean eth1?" in text
    scene.host.run("ip link add eth11 type veth peer name peer; ip link set peer up; ip link set eth11 up")
    scene.wait("good", "interface eth11 is up", SOON)


@pytest.mark.parametrize("network, via, wrong", [
    ("10.0.0.0/8", "192.168.57.1", "192.168.57.2"),
    ("default", "192.168.57.1", "192.168.57.2"),
    ("2001:db8:10::/48", "fe80::1", "fe80::2")])
def test_a_route_is_followed_through_all_that_can_happen_to_it(lab: Lab, network: str, via: str,
                                                               wrong: str) -> None:
    check = f'[check.it]\nroute = "{network}"\nvia = "{via}"\non = "eth1"\n'
    scene = Scene(lab, check)
    scene.wait("bad", "there is no ")
    assert scene.address_after(f"ip route add {network} via {via} dev eth1", present=True) < 1.5
    scene.wait("good", f"via {via} on eth1")
    assert scene.address_after(f"ip route del {network}", present=False) < SOON
    scene.host.run(f"ip route add {network} via {via} dev eth1")
    scene.daemon.wait_state("master")
    assert scene.address_after(f"ip route replace {network} via {wrong} dev eth1",
                               present=False) < SOON
    scene.wait("bad", f"but one via {wrong} on eth1")
    scene.host.run(f"ip route replace {network} nexthop via {wrong} dev eth1 "
                   f"nexthop via {via} dev eth1")
    scene.wait("good", f"via {via} on eth1")
    # In another table, for another prefix, of another metric: no matter.
    other = "10.0.0.0/9" if network != "2001:db8:10::/48" else "2001:db8:10::/49"
    scene.host.run(f"ip route add {network} via {via} dev eth1 table 1000;"
                   f"ip route del {network} via {via} dev eth1 table 1000;"
                   f"ip route add {other} via {via} dev eth1; ip route del {other};"
                   f"ip route add {network} via {via} dev eth1 metric 7;"
                   f"ip route del {network} via {via} dev eth1 metric 7")
    time_of_last = scene.lab.now()
    scene.wire.adverts.wait(lambda x: x.at > time_of_last + 0.3)
    scene.wait("good", f"via {via} on eth1")


def test_a_route_whose_link_is_lost_does_not_count(lab: Lab) -> None:
    scene = Scene(lab, '[check.it]\nroute = "10.0.0.0/8"\n',
                  prepare="ip route add 10.0.0.0/8 via 192.168.57.1")
    scene.daemon.wait_state("master")
    assert scene.address_after(lambda: scene.port.cut(carrier=True), present=False) < CARRIER
    scene.wait("bad", "via 192.168.57.1 on eth1, which is dead")
    scene.port.join()
    scene.wait("good", "via 192.168.57.1 on eth1")
    scene.daemon.wait_state("master")
    # The kernel says nothing of IPv4 routes that go with their link.
    assert scene.address_after("ip link set eth1 down", present=False) < SOON
    scene.wait("bad", "there is no route to 10.0.0.0/8")
    scene.host.run("ip link set eth1 up; ip route add 10.0.0.0/8 via 192.168.57.1")
    scene.daemon.wait_state("master")
    assert scene.address_after("ip link del eth1", present=False) < SOON
    scene.host.run("ip route add blackhole 10.0.0.0/8")
    scene.wait("bad", "there is the route to 10.0.0.0/8, which drops all")


def test_a_route_in_a_table_of_its_own(lab: Lab) -> None:
    scene = Scene(lab, '[check.it]\nroute = "default"\ntable = 1000\n',
                  prepare="ip route add default via 192.168.57.1")
    scene.wait("bad", "there is no default route in table 1000")
    scene.host.run("ip route add default via 192.168.57.1 table 1000")
    scene.wait("good", "there is the default route in table 1000 via 192.168.57.1 on eth1", SOON)
    scene.host.run("ip route flush table 1000")
    scene.wait("bad", "there is no default route in table 1000", SOON)


@pytest.mark.slow
def test_a_full_table_costs_nothing_but_its_reading(lab: Lab) -> None:
    routes = 100_000
    scene = Scene(lab, '[check.it]\nroute = "10.0.0.0/8"\n', prepare=(
        f"for i in $(seq {routes}); do echo route add 11.$((i >> 16)).$((i >> 8 & 255))."
        "$((i & 255))/32 via 192.168.57.1; done | ip -batch -"))
    scene.wait("bad", "there is no route to 10.0.0.0/8")
    at_start = scene.cpu_seconds()
    assert at_start < 2.0
    assert scene.address_after("ip route add 10.0.0.0/8 via 192.168.57.1", present=True) < 1.5
    assert scene.address_after("ip route del 10.0.0.0/8", present=False) < SOON
    scene.host.run("ip route add 10.0.0.0/8 via 192.168.57.1")
    scene.daemon.wait_state("master")
    # Others come and go by the thousand.
    quiet = scene.cpu_seconds()
    begun = scene.lab.now()
    scene.host.run("for i in $(seq 20000); do echo route del 11.0.$((i >> 8))."
                   "$((i & 255))/32; done | ip -batch -")
    assert scene.cpu_seconds() - quiet < 0.3
    scene.wire.adverts.wait(lambda x: x.at > begun + 1.0)
    adverts = scene.wire.adverts.since(begun)
    assert max(b.at - a.at for a, b in zip(adverts, adverts[1:])) < 0.2
    assert scene.daemon.check()["verdict"] == "good"


@pytest.mark.parametrize("address", ["192.168.99.1", "2001:db8:99::1"])
@pytest.mark.parametrize("on", ["", 'on = "eth1"'])
def test_an_address_is_followed(lab: Lab, address: str, on: str) -> None:
    scene = Scene(lab, f'[check.it]\naddress = "{address}"\n{on}\n')
    scene.wait("bad", address)
    assert scene.address_after(f"ip addr add {address} dev eth1 nodad", present=True) < 1.5
    assert scene.wait("good") == f"{address} is on eth1"
    assert scene.address_after(f"ip addr del {address} dev eth1", present=False) < SOON
    scene.host.run(f"ip addr add {address} dev eth0 nodad")
    scene.wait("bad" if on else "good", "is not on eth1" if on else f"{address} is on eth0")
    scene.host.run(f"ip addr add {address} dev eth1 nodad; ip addr del {address} dev eth0")
    scene.wait("good", f"{address} is on eth1")
    scene.daemon.wait_state("master")
    assert scene.address_after("ip link del eth1", present=False) < SOON


def test_an_address_among_ten_thousand(lab: Lab) -> None:
    scene = Scene(lab, '[check.it]\naddress = "10.99.0.1"\n', prepare=(
        "for i in $(seq 10000); do echo addr add 10.1.$((i >> 8)).$((i & 255))/32 dev eth1; done"
        " | ip -batch -"))
    scene.wait("bad", "this host does not have 10.99.0.1")
    assert scene.address_after("ip addr add 10.99.0.1/32 dev eth1", present=True) < 1.5
    quiet = scene.cpu_seconds()
    scene.host.run("for i in $(seq 5000); do echo addr del 10.1.$((i >> 8)).$((i & 255))/32 dev"
                   " eth1; done | ip -batch -")
    assert scene.cpu_seconds() - quiet < 0.3
    assert scene.address_after("ip addr del 10.99.0.1/32 dev eth1", present=False) < SOON


def test_a_file_that_has_to_be_there(lab: Lab) -> None:
    scene = Scene(lab, '[check.it]\nfile = "/run/app/ready"\n')
    scene.wait("bad", "/run/app/ready is not there")
    scene.host.run("mkdir /run/app; touch /run/app/ready")
    scene.wait("good", "/run/app/ready is there", SOON)
    scene.daemon.wait_state("master")
    assert scene.address_after("rm -r /run/app", present=False) < SOON
    # What is mounted over the folder is what counts.
    scene.host.run("mkdir /run/app; touch /run/app/ready")
    scene.wait("good", "", SOON)
    scene.host.run("mount -t tmpfs tmpfs /run/app")
    scene.wait("bad", "/run/app/ready is not there", SOON)
    scene.host.run("umount /run/app")
    scene.wait("good", "/run/app/ready is there", SOON)


def test_a_file_that_must_not_be_there(lab: Lab) -> None:
    scene = Scene(lab, '[check.it]\nfile = "/etc/maintenance"\nwant = "absent"\n')
    scene.daemon.wait_state("master")
    assert scene.address_after("touch /etc/maintenance", present=False) < SOON
    assert scene.daemon.router()["reason"] == "check it: /etc/maintenance is there"
    assert scene.address_after("rm /etc/maintenance", present=True) < 1.5


def test_a_number_in_a_file_is_in_the_next_advert(lab: Lab) -> None:
    scene = Scene(lab, '[check.it]\nfile = "/run/level"\nwant = "number"\nweight = 2\n',
                  prepare="echo 0 > /run/level")
    scene.daemon.wait_state("master")
    for action, priority in (("echo 20 > /run/level", 140),
                             ("echo -30 > /run/new; mv /run/new /run/level", 40),
                             ("echo 10 > /run/level", 120), ("echo 1000 > /run/level", 254),
                             ("echo 0 > /run/level", 100), ("rm /run/level", 100)):
        if action != "rm /run/level":
            assert scene.priority_after(action, priority) < SOON
        else:
            scene.host.run(action)
    scene.wait("bad", "/run/level is not there")


def test_a_full_disk_and_other_ways_to_have_no_number(lab: Lab) -> None:
    scene = Scene(lab, '[check.it]\nfile = "/run/small/level"\nwant = "number"\n', prepare=(
        "mkdir /run/small; mount -t tmpfs -o size=8k tmpfs /run/small; echo 5 > /run/small/level"))
    scene.wait("good", "/run/small/level says 5")
    scene.host.run(": > /run/small/level; cat /dev/zero > /run/small/fill; "
                   "echo 6 > /run/small/level", check=False)
    scene.wait("bad", "is empty, and its file system is full")
    scene.host.run("rm /run/small/*; mkfifo /run/small/level")
    scene.wait("bad", "/run/small/level is a FIFO")
    scene.host.run("rm /run/small/level; ln -s /dev/zero /run/small/level")
    scene.wait("bad", "/run/small/level is a device")
    scene.host.run("rm /run/small/level; echo 8 > /run/small/level")
    scene.wait("good", "/run/small/level says 8")


def test_descriptors_are_flat_over_thousands_of_changes(lab: Lab) -> None:
    check = ('[check.it]\nany = ["file", "route", "address", "link"]\n'
             '[check.file]\nfile = "/run/app/ready"\n'
             '[check.route]\nroute = "10.0.0.0/8"\n'
             '[check.address]\naddress = "10.99.0.1"\n'
             '[check.link]\ninterface = "dummy1"\n')
    scene = Scene(lab, check, prepare="ip link set eth1 mtu 1500")
    scene.daemon.wait_state("initialize")
    script = ("for i in $(seq 500); do mkdir /run/app; : > /run/app/ready; rm -r /run/app; done;"
              "for i in $(seq 500); do echo route add 10.0.0.0/8 via 192.168.57.1;"
              "echo route del 10.0.0.0/8; echo addr add 10.99.0.1/32 dev eth1;"
              "echo addr del 10.99.0.1/32 dev eth1; echo link add dummy1 type veth peer name peer1;"
              "echo link set dummy1 up; echo link del dummy1; done | ip -batch -")
    scene.host.run("ip route add 10.0.0.0/8 via 192.168.57.1; ip route del 10.0.0.0/8")
    wait_until(lambda: scene.daemon.check("it")["verdict"] == "bad", 5.0, "rest")
    before = scene.descriptors()
    scene.host.run(script, timeout=60.0)
    wait_until(lambda: {x["verdict"] for x in scene.daemon.status()["checks"]} == {"bad"}, 5.0,
               "rest")
    # What had been changed before may not have been put away entirely when they were counted.
    wait_until(lambda: scene.descriptors() <= before, 5.0, f"{before} descriptors at most")


PEERS = """
[check.nginx]
file = "/run/fit"

[check.nobody-else]
peers  = "web"
invert = true

[check.it]
any = ["nginx", "nobody-else"]
"""


def test_who_is_not_fit_serves_while_nobody_else_does(lab: Lab) -> None:
    lan = lab.lan()
    daemons = {}
    router = ROUTER.replace("= 100\n", f"= {{ {MASTER} = 100, {BACKUP} = 90 }}\n")
    for name, address in ((MASTER, "192.168.56.61"), (BACKUP, "192.168.56.62")):
        daemons[name] = Understudy(lab.host(name, lan, address), PEERS + router)
    lab.hosts[BACKUP].run("touch /run/fit")
    daemons[BACKUP].start()
    daemons[BACKUP].wait_ready()
    daemons[BACKUP].wait_state("master")
    daemons[MASTER].start()
    daemons[MASTER].wait_ready()
    daemons[MASTER].wait_state("initialize")
    wait_until(lambda: daemons[MASTER].check("nobody-else")["detail"] ==
               "192.168.56.62 is master of web", 5.0, "the peer")
    assert daemons[MASTER].check("it")["verdict"] == "bad"
    # Nobody else is left: it serves, fit or not.
    killed = daemons[BACKUP].kill()
    came = lab.hosts[MASTER].wait_address(ADDRESS, since=killed)
    assert came - killed < 3.0
    daemons[MASTER].wait_state("master")


KEEPALIVED = """
vrrp_track_file level {
    file /run/level
}
track_file stop {
    file /run/stop
    weight 0
}
vrrp_instance web {
    interface eth0
    virtual_router_id 51
    priority 100
    advert_int 1
    virtual_ipaddress {
        192.168.56.60/24
    }
    track_file {
        level weight 2
        stop
    }
    track_interface {
        eth1 weight -20
    }
}
vrrp_sync_group all {
    group { web }
    sync_group_tracking_weight
    track_interface {
        dummy0
    }
}
"""


def test_a_file_of_keepalived_tracks_files_and_interfaces(lab: Lab) -> None:
    lan, other = lab.lan(), lab.lan()
    host = lab.host(MASTER, lan, "192.168.56.61")
    port = other.attach(host, "192.168.57.61", interface="eth1")
    host.run("ip link add dummy0 type bridge; ip link add other type veth peer name peer; ip link set other master dummy0; ip link set other up; ip link set peer up; ip link set dummy0 up; echo 5 > /run/level")
    wire = lab.sniff(lan)
    daemon = Understudy(host, KEEPALIVED, "/etc/keepalived/keepalived.conf")
    daemon.start()
    host.wait_address(ADDRESS, timeout=10.0)

    def told(priority: int, since: float) -> None:
        wire.adverts.wait(lambda x: x.priority == priority, since=since, timeout=5.0)

    def do(action: str | Callable[[], object], priority: int) -> None:
        begun = time.monotonic()
        if isinstance(action, str):
            host.run(action)
        else:
            action()
        told(priority, begun)

    told(110, 0.0)
    do("echo -10 > /run/level", 80)
    do("rm /run/level", 100)
    do(lambda: port.cut(carrier=True), 80)
    do(port.join, 100)
    do("echo 12abc > /run/level", 124)
    do("echo 1 > /run/stop", 0)
    host.wait_address(ADDRESS, present=False)
    free = lab.now()
    host.run("rm /run/stop")
    host.wait_address(ADDRESS, timeout=10.0, since=free)
    do("ip link set dummy0 down", 0)
    host.wait_address(ADDRESS, present=False)
