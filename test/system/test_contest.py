"""Two masters are seen and told, with the likely cause; when they hear each other one remains."""

from dataclasses import dataclass

import pytest

from lab import (ADDRESS, ADVERTS, BACKUP, MASTER, Host, Lab, Pair, Understudy, drop,
                 gratuitous_arp, neighbour_advert, pair_config, pass_all, send_frame, wait_until)

pytestmark = pytest.mark.needs("understudy")

ADDRESS6 = "2001:db8:56::60"


def lines(daemon: Understudy, text: str) -> list[str]:
    return [x.text for x in daemon.process.lines if text in x.text]


def test_a_backup_that_hears_nothing_becomes_a_second_master_that_is_told(pair: Pair) -> None:
    daemons = pair.understudy(pair_config())
    client = pair.client()
    client.wait_answer(MASTER)
    drop(pair.backup, ADVERTS)
    pair.wait_holder(BACKUP)

    heard = daemons[MASTER].wait_log("two masters: another goes on although we outrank it")
    assert "other=192.168.56.62" in heard.text and "does not hear us" in heard.text
    claimed = daemons[BACKUP].wait_log("two masters: another station says it has our address")
    assert f"address={ADDRESS} mac={pair.master.mac()}" in claimed.text
    assert "protocol 112, filtered" in claimed.text
    wait_until(lambda: daemons[MASTER].router()["counters"]["second_master_heard"] > 3)
    assert daemons[BACKUP].router()["counters"]["addresses_claimed"] > 0
    assert pair.master.mac() in daemons[BACKUP].router()["contest"]["what"]
    assert daemons[MASTER].router()["contest"] is not None
    assert "contested" in daemons[BACKUP].tool("status").stdout
    assert len(lines(daemons[MASTER], "although we outrank it")) == 1
    assert len(lines(daemons[BACKUP], "says it has our address")) == 1

    wire = pair.lab.sniff(pair.lan)
    healed = pass_all(pair.backup)
    pair.settle(MASTER)
    wire.arps.wait(lambda x: x.is_gratuitous and x.sender_mac == pair.master.mac(), since=healed)
    wait_until(lambda: pair.client_host.neighbour(ADDRESS) == pair.master.mac())
    client.wait_answer(MASTER, since=pair.lab.now())
    assert "outranks us" in daemons[BACKUP].wait_state("backup")["reason"]


def test_two_that_hear_nothing_see_each_other_by_their_arp(pair: Pair) -> None:
    daemons = pair.understudy(pair_config())
    for host in pair.hosts.values():
        drop(host, ADVERTS)
    pair.wait_holder(BACKUP)
    for name, other in ((MASTER, pair.backup), (BACKUP, pair.master)):
        told = daemons[name].wait_log("two masters: another station says it has our address")
        assert f"mac={other.mac()}" in told.text and "do not arrive here" in told.text
    for host in pair.hosts.values():
        pass_all(host)
    pair.settle(MASTER)


@dataclass(frozen=True)
class Thief:
    """A host that is configured with one of our addresses, and says so."""

    host: Host
    address: str

    def claim(self) -> float:
        mac = self.host.mac()
        packet = (neighbour_advert if ":" in self.address else gratuitous_arp)(self.address, mac)
        return send_frame(self.host, packet)


@pytest.mark.parametrize("address", [ADDRESS, ADDRESS6])
def test_a_third_host_that_claims_an_address_is_told_and_answered(lab: Lab, address: str) -> None:
    pair = Pair(lab, ipv6=True, addresses=(address,))
    listed = "fe80::51/64" if ":" in address else None
    daemons = pair.understudy(pair_config(
        addresses=[x for x in (listed, address + ("/64" if listed else "/24")) if x]))
    daemon = daemons[MASTER]
    since = daemon.router()["since"]
    third = lab.host("third", pair.lan, "192.168.56.99", address6="2001:db8:56::99")
    third.run(["ip", "addr", "add", address, "dev", "eth0", *(["nodad"] if listed else [])])
    thief = Thief(third, address)
    # The announcements of a takeover must be over, so that ours is an answer.
    wire = lab.sniff(pair.lan)
    recorder = wire.neighbours if listed else wire.arps
    with pytest.raises(TimeoutError):
        recorder.wait(lambda x: False, timeout=1.5)

    def is_answer(seen: object) -> bool:
        return (getattr(seen, "target_mac", None) or getattr(seen, "sender_mac", "")) == (
            pair.master.mac())

    claimed = thief.claim()
    told = daemon.wait_log("two masters: another station says it has our address", since=claimed)
    assert f"address={address} mac={third.mac()}" in told.text
    assert "a host that is configured with the address" in told.text
    answered = recorder.wait(is_answer, since=claimed).at
    for _ in range(4):
        again = thief.claim()
    wait_until(lambda: daemon.router()["counters"]["addresses_claimed"] == 5)
    assert [x for x in recorder.since(answered + 0.01, again + 0.2) if is_answer(x)] == []
    assert len(lines(daemon, "says it has our address")) == 1
    router = daemon.router()
    assert (router["state"], router["since"]) == ("master", since)
    assert third.mac() in router["contest"]["what"]
    assert daemons[BACKUP].router()["counters"]["addresses_claimed"] == 0
