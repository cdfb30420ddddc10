"""Adverts by unicast: to named hosts, on one subnet or through routers."""

import pytest

from lab import (ADDRESS, BACKUP, MASTER, Lab, Pair, Understudy, encode_v3, pair_config, send_vrrp,
                 wait_until)

pytestmark = pytest.mark.needs("understudy")

ADDRESS6 = "2001:db8:56::60"
EVERYBODY = ["192.168.56.61", "192.168.56.62"]
EVERYBODY6 = ["2001:db8:56::61", "2001:db8:56::62"]
FAR = {MASTER: "192.168.56.61", BACKUP: "192.168.57.62"}
FAR6 = {MASTER: "2001:db8:56::61", BACKUP: "2001:db8:57::62"}


def test_one_list_serves_all_hosts(pair: Pair) -> None:
    wire = pair.lab.sniff(pair.lan)
    pair.understudy(pair_config(unicast=EVERYBODY))
    killed = pair.nginx[MASTER].kill()
    pair.settle(BACKUP)
    wire.adverts.wait(lambda x: x.source == EVERYBODY[1], since=killed)
    pair.nginx[MASTER].start()
    pair.settle(MASTER)
    ends = {(x.source, x.destination, x.ttl) for x in wire.adverts}
    assert ends == {(EVERYBODY[0], EVERYBODY[1], 255), (EVERYBODY[1], EVERYBODY[0], 255)}


def test_ipv6_unicast_speaks_from_an_address_that_others_can_answer(lab: Lab) -> None:
    pair = Pair(lab, ipv6=True, addresses=(ADDRESS6,))
    wire = lab.sniff(pair.lan)
    pair.understudy(pair_config(addresses=[f"{ADDRESS6}/64"], unicast=EVERYBODY6))
    pair.nginx[MASTER].kill()
    pair.settle(BACKUP)
    pair.nginx[MASTER].start()
    pair.settle(MASTER)
    ends = {(x.source, x.destination, x.ttl) for x in wire.adverts}
    assert ends == {(EVERYBODY6[0], EVERYBODY6[1], 255), (EVERYBODY6[1], EVERYBODY6[0], 255)}


def test_strangers_and_multicast_are_refused_and_told(pair: Pair) -> None:
    daemons = pair.understudy(pair_config(unicast=EVERYBODY))
    better = encode_v3(priority=200)
    since = daemons[MASTER].router()["since"]
    send_vrrp(pair.client_host, better, destination=EVERYBODY[0], target_mac=pair.master.mac())
    daemons[MASTER].wait_log("refused.*192.168.56.70.*unknown peer: it is not among our unicast")
    send_vrrp(pair.client_host, better)
    daemons[MASTER].wait_log("refused.*192.168.56.70.*destination: it is multicast, we speak uni")
    router = daemons[MASTER].router()
    assert (router["state"], router["since"]) == ("master", since)
    assert router["counters"]["refused"] == {"unknown peer": 1, "destination": 1}


def test_a_stranger_is_heard_where_the_file_says_so(pair: Pair) -> None:
    daemons = pair.understudy(pair_config(unicast=EVERYBODY, unicast_strangers=True))
    send_vrrp(pair.client_host, encode_v3(priority=200), destination=EVERYBODY[0],
              target_mac=pair.master.mac())
    daemons[MASTER].wait_log("192.168.56.70 outranks us")


@pytest.mark.parametrize("destination", ["192.168.56.61", "224.0.0.18"])
def test_multicast_routers_refuse_unicast(pair: Pair, destination: str) -> None:
    daemons = pair.understudy(pair_config())
    send_vrrp(pair.client_host, encode_v3(priority=200), destination=destination,
              target_mac=pair.master.mac())
    if destination == "224.0.0.18":
        daemons[MASTER].wait_log("192.168.56.70 outranks us")
    else:
        daemons[MASTER].wait_log("refused.*destination: it is unicast, we speak multicast")
        assert daemons[MASTER].router()["state"] == "master"


def test_hosts_in_two_subnets_are_one_pair(lab: Lab) -> None:
    near, far = lab.lan(), lab.lan()
    hosts = {MASTER: lab.host(MASTER, near, FAR[MASTER], address6=FAR6[MASTER]),
             BACKUP: lab.host(BACKUP, far, FAR[BACKUP], address6=FAR6[BACKUP])}
    lab.router("router", [(near, "192.168.56.1", "2001:db8:56::1"),
                          (far, "192.168.57.1", "2001:db8:57::1")])
    lab.use_router(hosts[MASTER], "192.168.56.1", "2001:db8:56::1")
    lab.use_router(hosts[BACKUP], "192.168.57.1", "2001:db8:57::1")
    peers = [{"address": x, "min_ttl": 254} for x in (*FAR.values(), *FAR6.values())]
    config = pair_config(checks=None, addresses=["10.0.0.60/32", "2001:db8::60/128"],
                         unicast=peers)
    wire = lab.sniff(far)
    daemons = {name: Understudy(host, config) for name, host in hosts.items()}
    for daemon in daemons.values():
        daemon.start()

    def states(name: str) -> set[str]:
        return {x["state"] for x in daemons[name].status()["routers"]}

    for daemon in daemons.values():
        daemon.wait_ready()
    wait_until(lambda: (states(MASTER), states(BACKUP)) == ({"master"}, {"backup"}))
    heard = wire.adverts.wait(lambda x: x.source == FAR[MASTER])
    assert (heard.destination, heard.ttl) == (FAR[BACKUP], 254)
    heard = wire.adverts.wait(lambda x: x.source == FAR6[MASTER])
    assert (heard.destination, heard.ttl) == (FAR6[BACKUP], 254)
    assert daemons[MASTER].stop() == 0
    wait_until(lambda: states(BACKUP) == {"master"})
    daemons[MASTER].start()
    daemons[MASTER].wait_ready()
    wait_until(lambda: (states(MASTER), states(BACKUP)) == ({"master"}, {"backup"}))


def test_a_ttl_out_of_bounds_is_refused_and_told(pair: Pair) -> None:
    peers = [EVERYBODY[0], {"address": EVERYBODY[1], "min_ttl": 250, "max_ttl": 254}]
    daemons = pair.understudy(pair_config(unicast=peers, unicast_ttl=254))
    for ttl in (255, 249):
        send_vrrp(pair.client_host, encode_v3(priority=200), source=EVERYBODY[1], ttl=ttl,
                  destination=EVERYBODY[0], target_mac=pair.master.mac())
    told = daemons[MASTER].wait_log("refused.*192.168.56.62.*ttl")
    assert "ttl: 255 is outside of the peer's bounds" in told.text
    wait_until(lambda: daemons[MASTER].router()["counters"]["refused"] == {"ttl": 2})
    assert daemons[MASTER].router()["state"] == "master"
    send_vrrp(pair.client_host, encode_v3(priority=200), source=EVERYBODY[1], ttl=254,
              destination=EVERYBODY[0], target_mac=pair.master.mac())
    daemons[MASTER].wait_log("192.168.56.62 outranks us")


def test_a_source_that_is_not_there_is_waited_for(pair: Pair) -> None:
    config = pair_config(source={MASTER: "192.168.56.99", BACKUP: EVERYBODY[1]},
                         unicast=["192.168.56.99", EVERYBODY[1]])
    daemons = pair.understudy(config, holder=BACKUP)
    assert daemons[MASTER].wait_state("initialize")["reason"] == (
        "interface eth0 does not have the address 192.168.56.99 (source)")
    pair.master.run(["ip", "addr", "add", "192.168.56.99/24", "dev", "eth0"])
    pair.settle(MASTER)
    assert daemons[MASTER].router()["source"] == "192.168.56.99"
    assert daemons[BACKUP].wait_state("backup")["master"] == "192.168.56.99"
    assert ADDRESS in [x.address for x in pair.master.addresses()]
    pair.master.run(["ip", "addr", "del", "192.168.56.99/24", "dev", "eth0"])
    pair.settle(BACKUP)
