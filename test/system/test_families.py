"""One router with addresses of both families is two on the wire, and has one fate."""

from collections.abc import Iterator

import pytest

from lab import (ADDRESS, ADVERTS6, BACKUP, MASTER, Lab, Pair, Understudy, drop, pair_config,
                 pass_all, wait_until)

pytestmark = pytest.mark.needs("understudy")

ADDRESSES = (f"{ADDRESS}/24", "fe80::51/64", "2001:db8:56::60/64")
# Less than the down interval, after which a family alone would follow; a busy machine takes its
# time to tell.
APART_SECONDS = 0.3
QUIET_SECONDS = 1.5


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Every test leaves it as it was: lb-master serves, and everybody hears everybody."""
    with Lab(tmp_path_factory.mktemp("families")) as lab:
        pair = Pair(lab, ipv6=True, addresses=[x.split("/")[0] for x in ADDRESSES])
        pair.understudy(pair_config(addresses=ADDRESSES))
        yield pair


def daemon(pair: Pair, name: str) -> Understudy:
    found = pair.daemons[name]
    assert isinstance(found, Understudy)
    return found


def states(pair: Pair, name: str) -> list[str]:
    return [x["state"] for x in daemon(pair, name).status()["routers"]]


def reasons(pair: Pair, name: str) -> list[str]:
    return [x["reason"] for x in daemon(pair, name).status()["routers"]]


def terms(pair: Pair) -> list[int]:
    """How often each router of each host has become master."""
    return [x["counters"]["became_master"] for name in (MASTER, BACKUP)
            for x in daemon(pair, name).status()["routers"]]


def assert_moved(pair: Pair, to: str, since: float) -> None:
    """All addresses came to that host, and went from the other, within a moment."""
    for name, host in pair.hosts.items():
        times = [host.wait_address(x, present=name == to, since=since) for x in pair.addresses]
        assert max(times) - min(times) < APART_SECONDS


def stay_quiet(pair: Pair) -> None:
    """Nothing moves for a while; the time limit of a wait for what never comes is the while."""
    since = pair.lab.now()
    for host in pair.hosts.values():
        with pytest.raises(TimeoutError):
            host.address_events.wait(
                lambda x: x.address in pair.addresses and x.change != "refreshed", since=since,
                timeout=QUIET_SECONDS / 2)


def test_the_status_tells_the_families_apart(pair: Pair) -> None:
    routers = daemon(pair, MASTER).status()["routers"]
    assert [x["name"] for x in routers] == ["k8s-api", "k8s-api"]
    assert [x["family"] for x in routers] == ["ipv4", "ipv6"]
    assert [x["source"] for x in routers] == ["192.168.56.61", "fe80::61"]
    for label in ("k8s-api/ipv4", "k8s-api/ipv6"):
        daemon(pair, MASTER).wait_log(f"state changed router={label} from=backup to=master")


def test_a_dead_nginx_moves_both(pair: Pair) -> None:
    killed = pair.nginx[MASTER].kill()
    pair.settle(BACKUP)
    assert_moved(pair, BACKUP, killed)
    assert states(pair, BACKUP) == ["master", "master"]
    started = pair.nginx[MASTER].start()
    pair.settle(MASTER)
    assert_moved(pair, MASTER, started)


def test_without_its_link_local_address_a_host_keeps_neither(pair: Pair) -> None:
    deleted = pair.lab.now()
    pair.master.run(["ip", "addr", "del", "fe80::61/64", "dev", "eth0"])
    pair.settle(BACKUP)
    assert_moved(pair, BACKUP, deleted)
    assert reasons(pair, MASTER) == ["waits until the other address family can take part",
                                     "interface eth0 has no usable link-local address of its own"]
    added = pair.lab.now()
    pair.master.run(["ip", "addr", "add", "fe80::61/64", "dev", "eth0", "nodad"])
    pair.settle(MASTER)
    assert_moved(pair, MASTER, added)


def test_one_deaf_family_moves_nothing_and_is_told(pair: Pair) -> None:
    before = terms(pair)
    deaf = drop(pair.backup, ADVERTS6)
    stay_quiet(pair)
    told = daemon(pair, BACKUP).wait_log("hears no master, and waits", since=deaf)
    assert "router=k8s-api/ipv6" in told.text and "filtered" in told.text
    assert states(pair, BACKUP) == ["backup", "backup"]
    assert reasons(pair, BACKUP)[1] == "hears no master, and waits for the other address family"
    assert "192.168.56.61" in [x["master"] for x in daemon(pair, BACKUP).status()["routers"]]
    pass_all(pair.backup)
    wait_until(lambda: "hears no master" not in reasons(pair, BACKUP)[1])
    assert terms(pair) == before


def test_a_family_that_nobody_hears_still_moves_with_the_other(pair: Pair) -> None:
    for host in pair.hosts.values():
        drop(host, ADVERTS6)
    before = terms(pair)
    stay_quiet(pair)
    assert terms(pair) == before
    killed = pair.nginx[MASTER].kill()
    pair.settle(BACKUP)
    assert_moved(pair, BACKUP, killed)
    started = pair.nginx[MASTER].start()
    pair.settle(MASTER)
    assert_moved(pair, MASTER, started)
    for host in pair.hosts.values():
        pass_all(host)
    stay_quiet(pair)
    assert pair.holders() == [MASTER]


def test_an_address_of_either_family_that_is_taken_away_is_put_back(pair: Pair) -> None:
    before = terms(pair)
    for address in ADDRESSES:
        deleted = pair.lab.now()
        pair.master.run(["ip", "addr", "del", address, "dev", "eth0"])
        pair.master.wait_address(address.split("/")[0], since=deleted)
        daemon(pair, MASTER).wait_log("another program took addresses away", since=deleted)
    assert terms(pair) == before and pair.holders() == [MASTER]


def test_a_link_that_comes_back_without_ipv6_addresses_is_waited_for(pair: Pair) -> None:
    # The kernel forgets them with the link, makes a link-local one, and asks who has it already.
    pair.master.run("ip link set eth0 addrgenmode eui64 && ip link set eth0 down")
    pair.settle(BACKUP)
    pair.master.run("echo 1 > /proc/sys/net/ipv6/conf/eth0/accept_dad && ip link set eth0 up")
    wait_until(lambda: "no usable link-local address" in reasons(pair, MASTER)[1])
    assert states(pair, MASTER) == ["initialize", "initialize"]
    assert pair.holders() == [BACKUP]
    pair.settle(MASTER)
    assert states(pair, MASTER) == ["master", "master"]
