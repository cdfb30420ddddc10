"""Packets that must be refused, five a second against our master: they change nothing."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from lab import (ADDRESS, BACKUP, MASTER, Advert, Lab, Pair, Understudy, encode_v2, send_vrrp)

pytestmark = pytest.mark.needs("understudy")

GAP_SECONDS = 0.2
PACKETS = 15
FOREIGN = "192.168.56.99"


@dataclass(frozen=True)
class Refused:
    """A packet, and the counter that it must be found in (none for a foreign router id)."""

    payload: bytes
    counter: str
    ttl: int = 255


BETTER = {"priority": 200, "password": "1111"}
PACKETS_TO_REFUSE = {
    "wrong password": Refused(encode_v2(priority=200, password="2222"), "password"),
    "no password": Refused(encode_v2(priority=200), "authentication type"),
    "unknown authentication": Refused(encode_v2(auth_type=7, **BETTER), "authentication type"),
    "wrong router id": Refused(encode_v2(vrid=52, **BETTER), ""),
    "ttl 254": Refused(encode_v2(**BETTER), "ttl", ttl=254),
    "bad checksum": Refused(encode_v2(checksum=0x1234, **BETTER), "checksum"),
    "truncated": Refused(encode_v2(**BETTER)[:17], "truncated"),
    "eight bytes": Refused(encode_v2(**BETTER)[:8], "truncated"),
    "another interval": Refused(encode_v2(interval=2, **BETTER), "interval"),
    "interval 0": Refused(encode_v2(interval=0, **BETTER), "interval"),
    "version 3": Refused(encode_v2(version=3, **BETTER), "version"),
    "type 2": Refused(encode_v2(kind=2, **BETTER), "type"),
    "more addresses than there are": Refused(encode_v2(count=9, **BETTER), "truncated"),
    "no address": Refused(encode_v2(addresses=(), **BETTER), "no addresses"),
}


def gaps(adverts: list[Advert]) -> list[float]:
    return [later.at - earlier.at for earlier, later in zip(adverts, adverts[1:])]


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """One pair for all refused packets: none of them may leave a trace for the next."""
    with Lab(tmp_path_factory.mktemp("refused")) as lab:
        pair = Pair(lab)
        pair.understudy()
        yield pair


@pytest.mark.parametrize("name", PACKETS_TO_REFUSE)
def test_a_refused_packet_moves_nothing(settled: Pair, name: str) -> None:
    pair, refused = settled, PACKETS_TO_REFUSE[name]
    master, backup = pair.daemons[MASTER], pair.daemons[BACKUP]
    assert isinstance(master, Understudy) and isinstance(backup, Understudy)
    sender = f"192.168.56.{100 + list(PACKETS_TO_REFUSE).index(name)}"
    events_before = len(pair.backup.address_events)
    counted_before = master.router()["counters"]["refused"]
    wire = pair.lab.sniff(pair.lan)
    start = pair.lab.now()

    for _ in range(PACKETS):
        send_vrrp(pair.client_host, refused.payload, ttl=refused.ttl, source=sender)
        # The time limit of a wait for what never comes is the pace.
        with pytest.raises(TimeoutError):
            wire.adverts.wait(lambda _: False, timeout=GAP_SECONDS)

    ours = [x for x in wire.adverts.since(start) if x.source == "192.168.56.61"]
    assert len(ours) >= PACKETS * GAP_SECONDS - 1
    assert max(gaps(ours)) < 2.0
    assert {x.priority for x in ours} == {100}
    assert master.router()["state"] == "master" and backup.router()["state"] == "backup"
    assert len(pair.backup.address_events) == events_before
    assert pair.master.address_present(ADDRESS)
    counted = master.router()["counters"]["refused"]
    if refused.counter:
        counted_before[refused.counter] = counted_before.get(refused.counter, 0) + PACKETS
    assert counted == counted_before
    told = [x.text for x in master.process.lines if sender in x.text]
    assert len(told) == (1 if refused.counter else 0), told
    assert all("1111" not in line for line in told)


def test_a_lower_priority_is_answered_at_once_and_the_beat_goes_on(pair: Pair) -> None:
    daemons = pair.understudy()
    wire = pair.lab.sniff(pair.lan)
    beat = wire.adverts.wait(lambda x: x.source == "192.168.56.61")
    with pytest.raises(TimeoutError):
        wire.adverts.wait(lambda _: False, timeout=0.4)
    sent = send_vrrp(pair.client_host, encode_v2(priority=50, password="1111"), source=FOREIGN)
    answer = wire.adverts.wait(lambda x: x.source == "192.168.56.61", since=sent)
    following = wire.adverts.wait(lambda x: x.source == "192.168.56.61", since=answer.at + 0.01)
    assert answer.at - sent < 0.5
    beats = following.at - beat.at
    assert round(beats) >= 1 and abs(beats - round(beats)) < 0.3
    assert daemons[MASTER].router()["state"] == "master"
    wire.arps.wait(lambda x: x.is_gratuitous and x.sender == ADDRESS, since=sent)


def test_other_addresses_in_an_advert_are_told_and_accepted(pair: Pair) -> None:
    daemons = pair.understudy()
    packet = encode_v2(priority=200, password="1111", addresses=("192.168.56.250",))
    send_vrrp(pair.client_host, packet, source=FOREIGN)
    daemons[MASTER].wait_state("backup")
    daemons[MASTER].wait_log("other addresses than ours.*" + FOREIGN)
    pair.settle(MASTER)
