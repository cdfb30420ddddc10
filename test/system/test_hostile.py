"""A neighbour that sends what must be refused, slowly and in floods: nothing moves.

Master and backup hear all of it at once, so each test is one of both roles.
"""

from collections import Counter
from collections.abc import Iterator

import pytest

from lab import (ADDRESS, BACKUP, MASTER, Advert, Duo, Flood, Flooded, Group, Host, Lab, Pair,
                 Sniffer, Understudy, encode_v2, frame, ip_packet, refused_packets, send_vrrp)

pytestmark = pytest.mark.needs("understudy")

GROUPS = {
    "v2": Group(password="1111"),
    "v3": Group(version=3, interval=0.1),
    "v3 IPv6": Group(version=3, interval=0.1, addresses=("fe80::51/64", "2001:db8:56::60/64")),
}
SLOW_RATE = 5
SLOW_SECONDS = 10
FAST_RATE = 20_000
FAST_SECONDS = 3
LATENESS = 0.020
MEMORY_KIB = 300
FOREIGN = "192.168.56.99"


class Besieged:
    """Two of ours that have settled, somebody who floods them, and ears for what they do."""

    def __init__(self, lab: Lab, group: Group) -> None:
        self.group = group
        self.duo = Duo(lab, [group], Understudy, Understudy)
        self.hosts = [self.duo.hosts[MASTER], self.duo.hosts[BACKUP]]
        self.packets = refused_packets(group, self.hosts)
        self.enemy = self.duo.client
        self.idle = lab.host("idle", self.duo.lan, "192.168.56.80", address6="2001:db8:56::80")
        self.duo.start()
        self.duo.wire.close()
        wires = [lab.sniff(self.duo.lan, sender=host) for host in (*self.hosts, self.idle)]
        self.master_wire, self.backup_wire, self.idle_wire = wires

    def daemon(self, name: str) -> Understudy:
        daemon = self.duo.daemons[name]
        assert isinstance(daemon, Understudy)
        return daemon

    def flood(self, rate: float, seconds: float) -> Flooded:
        """From the middle between two adverts on; meanwhile an idle host sends at their pace."""
        frames = [packet.frame(self.enemy.mac()) for packet in self.packets]
        beats = round((seconds + 1) / self.group.interval)
        Flood(self.idle, [metronome(self.idle)], 1 / self.group.interval, beats)
        self.idle_wire.adverts.wait(since=self.duo.lab.now(), timeout=10)
        return Flood(self.enemy, frames, rate, round(rate * seconds)).wait()

    def settled(self) -> list[dict[str, object]]:
        """What must be the same before and after."""
        return [{"router": {key: router[key] for key in ("state", "since", "reason", "master")},
                 "became master": router["counters"]["became_master"]}
                for router in (self.daemon(name).router() for name in (MASTER, BACKUP))]

    def refused(self) -> list[Counter[str]]:
        return [Counter(self.daemon(name).router()["counters"]["refused"])
                for name in (MASTER, BACKUP)]

    def expected(self, host: Host, rounds: int) -> Counter[str]:
        counted = Counter(packet.counter for packet in self.packets
                          if packet.counter and packet.target in (None, host))
        return Counter({name: times * rounds for name, times in counted.items()})

    def moves(self, host: Host) -> int:
        """How often an address came or went (a lease that is refreshed does neither)."""
        return sum(event.change != "refreshed" for event in host.address_events)

    def told(self, name: str, sender: str) -> list[str]:
        """What the log says about a sender, without any password."""
        lines = [x.text for x in self.daemon(name).process.lines if f"={sender} " in f"{x.text} "]
        assert not any(word in line for line in lines for word in ("1111", "2222"))
        return lines

    def assert_beat(self, flooded: Flooded) -> None:
        """The adverts keep their pace within 20 ms: nine of ten in any case, and all of them where
        the machine is quiet enough for an idle host to do so."""
        span = (flooded.start - 2 * self.group.interval, flooded.end)
        idle = unevenness(self.idle_wire, *span, self.group.interval)
        own = unevenness(self.master_wire, *span, self.group.interval)
        print(f"uneven by {own[-1] * 1000:.1f} ms, an idle host by {idle[-1] * 1000:.1f} ms, "
              f"at {flooded.rate:.0f} a second")
        assert own[len(own) * 9 // 10 - 1] < LATENESS
        assert own[-1] < max(LATENESS, 2 * idle[-1])
        assert {x.priority for x in self.master_wire.adverts.since(*span)} == {200}
        assert self.backup_wire.adverts.since(*span) == []


def metronome(host: Host) -> bytes:
    """An advert for nobody."""
    return frame(ip_packet(encode_v2(vrid=250), host.address), host.mac())


def unevenness(wire: Sniffer, start: float, end: float, interval: float) -> list[float]:
    """By how much the gaps between two adverts differ from the interval, the least first."""
    adverts: list[Advert] = wire.adverts.since(start, end)
    assert len(adverts) >= (end - start) / interval - 2
    return sorted(abs(later.at - earlier.at - interval)
                  for earlier, later in zip(adverts, adverts[1:]))


@pytest.fixture(scope="module", params=GROUPS)
def besieged(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
             ) -> Iterator[Besieged]:
    """The same two for the slow and for the fast flood: neither may leave a trace."""
    with Lab(tmp_path_factory.mktemp("hostile")) as lab:
        yield Besieged(lab, GROUPS[request.param])


def test_refused_packets_of_every_kind_move_nothing(besieged: Besieged) -> None:
    before, counted = besieged.settled(), besieged.refused()
    moves = [besieged.moves(host) for host in besieged.hosts]
    kinds = len(besieged.packets)

    flooded = besieged.flood(SLOW_RATE * kinds, SLOW_SECONDS)

    assert len({packet.name for packet in besieged.packets}) >= 18
    besieged.assert_beat(flooded)
    rounds = flooded.frames // kinds
    for host, daemon, was in zip(besieged.hosts, (MASTER, BACKUP), counted):
        wanted = was + besieged.expected(host, rounds)
        refused = Counter(besieged.daemon(daemon).router()["counters"]["refused"])
        assert refused == wanted
    assert besieged.settled() == before
    assert [besieged.moves(host) for host in besieged.hosts] == moves
    for host, name in zip(besieged.hosts, (MASTER, BACKUP)):
        for packet in besieged.packets:
            if packet.target in (None, host):
                told = besieged.told(name, packet.sender)
                assert len(told) == (1 if packet.counter else 0), (packet.name, told)


def test_a_flood_of_refused_packets_moves_nothing(besieged: Besieged) -> None:
    before, counted = besieged.settled(), besieged.refused()
    besieged.flood(FAST_RATE, 0.2)
    memory = [besieged.daemon(name).memory_kib() for name in (MASTER, BACKUP)]

    flooded = besieged.flood(FAST_RATE, FAST_SECONDS)

    assert flooded.rate > FAST_RATE * 0.9
    besieged.assert_beat(flooded)
    assert besieged.settled() == before
    for name, was, used in zip((MASTER, BACKUP), counted, memory):
        daemon = besieged.daemon(name)
        now = Counter(daemon.router()["counters"]["refused"])
        assert set(now) == set(was) and now.total() > was.total() + 10_000
        print(f"{name}: {now.total() - was.total()} refused, "
              f"{daemon.memory_kib() - used:+} KiB of {used}")
        assert daemon.memory_kib() < used + MEMORY_KIB


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
    daemons[MASTER].wait_log(f'differs from us .*peer={FOREIGN} difference="addresses:')
    pair.settle(MASTER)
