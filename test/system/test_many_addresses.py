"""One router with more addresses than an advert carries: all of them move together."""

from collections import Counter

import pytest

from lab import BACKUP, MASTER, Lab, Pair, Understudy, pair_config, wait_until

pytestmark = pytest.mark.needs("understudy")

ADVERTISED = [f"10.60.0.{number}" for number in range(1, 251)]
# The last one of the other family, which goes with the router all the same.
UNADVERTISED = [*(f"10.60.{1 + number // 250}.{1 + number % 250}" for number in range(749)),
                "2001:db8::1"]
ALL = ADVERTISED + UNADVERTISED


@pytest.fixture
def pair(lab: Lab) -> Pair:
    return Pair(lab, ipv6=True, addresses=UNADVERTISED[-1:])


def with_prefix(address: str) -> str:
    return f"{address}/{64 if ':' in address else 16}"


def config() -> str:
    return pair_config(addresses=list(map(with_prefix, ADVERTISED)), version=2, interval="1s",
                       unadvertised_addresses=list(map(with_prefix, UNADVERTISED)))


def held(pair: Pair, name: str) -> int:
    return len({x.address for x in pair.hosts[name].addresses()} & set(ALL))


def wait_all_on(pair: Pair, name: str) -> None:
    other = BACKUP if name == MASTER else MASTER
    wait_until(lambda: (held(pair, name), held(pair, other)) == (1000, 0), 10.0,
               f"all addresses on {name}, none on {other}")


def test_a_thousand_addresses_move_away_and_back(pair: Pair) -> None:
    daemons = pair.understudy(config())
    wait_all_on(pair, MASTER)
    client = pair.client_host
    client.run(["ip", "addr", "add", "10.60.250.1/16", "dev", "eth0"])
    assert client.pings(UNADVERTISED[-2], timeout=2.0)
    assert client.neighbour(UNADVERTISED[-2]) == pair.master.mac()

    # On a busy host the backup may have been in office for a moment at the start.
    earlier = len(pair.backup.moves())
    daemons[MASTER].terminate()
    wait_all_on(pair, BACKUP)
    # It was not asked for again, but announced.
    wait_until(lambda: client.neighbour(UNADVERTISED[-2]) == pair.backup.mac(), 2.0,
               "the announcement")
    assert daemons[MASTER].process.wait() == 0
    daemons[MASTER].start()
    wait_all_on(pair, MASTER)

    daemons[BACKUP].wait_state("backup")
    # Gone or put back by nobody: each address came once to the backup, and left once.
    changes = Counter((x.address, x.change) for x in pair.backup.moves()[earlier:]
                      if x.address in ALL and x.change != "refreshed")
    wanted = Counter((address, change) for address in ALL for change in ("added", "removed"))
    missing, surplus = list((wanted - changes).items()), list((changes - wanted).items())
    assert (missing[:5], surplus[:5]) == ([], [])


def test_an_unadvertised_address_is_guarded_and_leased(pair: Pair) -> None:
    daemons = pair.understudy(config())
    wait_all_on(pair, MASTER)
    for address in UNADVERTISED[-2:]:
        shown = pair.master.run(["ip", "addr", "show", "dev", "eth0", "to", address]).stdout
        assert "valid_lft" in shown and "valid_lft forever" not in shown
        deleted = pair.lab.now()
        pair.master.run(["ip", "addr", "del", with_prefix(address), "dev", "eth0"])
        pair.master.wait_address(address, since=deleted)
    assert daemons[MASTER].router()["counters"]["addresses_restored"] == 2


def test_the_status_of_a_thousand_addresses_stays_readable(pair: Pair) -> None:
    daemons = pair.understudy(config())
    wait_all_on(pair, MASTER)
    shown = daemons[MASTER].tool("status").stdout.split("  address    ")[1:]
    assert [x.split("/")[0] for x in shown] == ADVERTISED[:8]
    assert shown[-1].split("\n")[1].strip() == "and 992 more"
    listed = [x.split("/")[0] for x in daemons[MASTER].router()["addresses"]]
    assert listed == ALL


def test_a_router_of_the_other_family_does_not_speak_from_an_unadvertised_address(
        lab: Lab) -> None:
    host = lab.host(MASTER, lab.lan(), "192.168.56.61", address6="2001:db8:56::61")
    # Without our mark, and shown before the host's own.
    host.run(["ip", "addr", "add", "fe80::60/64", "dev", "eth0", "nodad"])
    one = pair_config(checks=None, version=2, interval="1s",
                      unadvertised_addresses=["fe80::60/64"])
    other = pair_config(checks=None, vrid=52, addresses=["fe80::70/64"])
    daemon = Understudy(host, one + other.replace("k8s-api", "other"))
    daemon.start()
    wait_until(lambda: host.address_present("fe80::70"), 5.0, "the other router's address")
    assert [x["source"] for x in daemon.status()["routers"]] == ["192.168.56.61", host.link_local]
