"""Adverts that prove who they are from: the authentication header, and the HMAC trailer."""

from typing import Any

import pytest

from lab import (ADDRESS, BACKUP, MASTER, Advert, Host, Lab, Pair, Understudy, encode_v3,
                 pair_config, send_vrrp, wait_until)

pytestmark = pytest.mark.needs("understudy")

HEADER: dict[str, Any] = {"version": 2, "interval": "1s", "authentication": "ah"}
SECRET, OTHER_SECRET = ("text:" + word * 4 for word in ("correct-horse", "battery-staple"))
TRAILER_SIZE = 28
IPV6 = ("fe80::51/64", "2001:db8:56::60/64")
OWN = {MASTER: "192.168.56.61", BACKUP: "192.168.56.62"}
OWN6 = {MASTER: "fe80::61", BACKUP: "fe80::62"}


def hmac(secret: str = SECRET, **keys: Any) -> dict[str, Any]:
    return {"keys": {"1": secret}, **keys}


def refused(daemon: Understudy) -> dict[str, int]:
    return daemon.router()["counters"]["refused"]


def test_a_pair_behind_the_authentication_header_hands_over(pair: Pair) -> None:
    daemons = pair.understudy(pair_config(**HEADER, password="1111"))
    asked = daemons[MASTER].terminate()
    pair.wait_holder(BACKUP, since=asked)
    assert daemons[MASTER].process.wait() == 0
    # Its numbers grow across the restart: the other one hears the first advert it sends.
    restarted = daemons[MASTER].start()
    pair.settle(MASTER)
    assert daemons[BACKUP].wait_state("backup")["master"] == "192.168.56.61"
    assert refused(daemons[BACKUP]) == {} and refused(daemons[MASTER]) == {}
    assert daemons[MASTER].router()["counters"]["second_master_heard"] == 0
    assert pair.lab.now() - restarted < 8


def test_another_key_of_the_header_is_refused_and_told(pair: Pair) -> None:
    daemons = pair.understudy({MASTER: pair_config(**HEADER, password="1111"),
                               BACKUP: pair_config(**HEADER, password="2222")})
    told = daemons[BACKUP].wait_log("refused.*sender=192.168.56.61")
    assert "wrong HMAC: another key" in told.text
    assert refused(daemons[BACKUP])["wrong HMAC"] > 0
    log = "".join(x.text for daemon in daemons.values() for x in daemon.process.lines)
    assert "1111" not in log and "2222" not in log


@pytest.mark.parametrize("keys, own", [
    ({"version": 2, "interval": "1s"}, OWN), ({}, OWN), ({"addresses": IPV6}, OWN6),
    ({"unicast": list(OWN.values())}, OWN)],
    ids=["version 2", "version 3", "IPv6", "unicast"])
def test_a_pair_that_signs_hands_over(lab: Lab, keys: dict[str, Any], own: dict[str, str]) -> None:
    addresses = [x.split("/")[0] for x in keys.get("addresses", [ADDRESS])]
    pair = Pair(lab, ipv6=True, addresses=addresses)
    wire = lab.sniff(pair.lan)
    daemons = pair.understudy(pair_config(**keys, hmac=hmac()))
    daemons[MASTER].terminate()
    pair.settle(BACKUP)
    daemons[MASTER].process.wait()
    daemons[MASTER].start()
    pair.settle(MASTER)
    assert refused(daemons[BACKUP]) == {} and refused(daemons[MASTER]) == {}
    assert {x.source for x in wire.adverts} == set(own.values())
    plain = 8 + sum(16 if ":" in x else 4 for x in addresses)
    plain += 8 if keys.get("version") == 2 else 0
    assert {len(x.payload) - plain for x in wire.adverts} == {TRAILER_SIZE}


@pytest.fixture
def signing(pair: Pair) -> Pair:
    pair.understudy(pair_config(hmac=hmac()))
    return pair


def terms(pair: Pair) -> list[int]:
    """How often each of them has become master."""
    return [x.router()["counters"]["became_master"] for x in understudies(pair).values()]


def understudies(pair: Pair) -> dict[str, Understudy]:
    return {name: x for name, x in pair.daemons.items() if isinstance(x, Understudy)}


def assert_refused_by_both(pair: Pair, reason: str, sender: str) -> None:
    """Counted, its sender told, and both are still what they were."""
    for name, state in ((MASTER, "master"), (BACKUP, "backup")):
        daemon = understudies(pair)[name]
        told = daemon.wait_log(f"refused.*sender={sender}")
        assert reason in told.text
        wait_until(lambda d=daemon: refused(d).get(reason, 0) > 0)
        assert daemon.router()["state"] == state


def test_an_advert_without_a_trailer_is_refused(signing: Pair) -> None:
    before = terms(signing)
    send_vrrp(signing.client_host, encode_v3(priority=200))
    assert_refused_by_both(signing, "authentication missing", "192.168.56.70")
    assert terms(signing) == before


def test_an_advert_that_was_changed_is_refused(signing: Pair) -> None:
    wire = signing.lab.sniff(signing.lan)
    advert = wire.adverts.wait(lambda x: x.priority == 100)
    before = terms(signing)
    forged = encode_v3(priority=200, interval_centiseconds=10)
    send_vrrp(signing.client_host, forged + advert.payload[len(forged):])
    assert_refused_by_both(signing, "wrong HMAC", "192.168.56.70")
    assert terms(signing) == before


def test_an_advert_that_was_recorded_is_refused_when_it_comes_again(signing: Pair) -> None:
    pair, wire = signing, signing.lab.sniff(signing.lan)
    # What lb-backup said as master makes lb-master neither yield nor answer when it comes again.
    pair.nginx[MASTER].kill()
    recorded = wire.adverts.wait(lambda x: x.source == OWN[BACKUP] and x.priority == 90)
    farewell = wire.adverts.wait(lambda x: x.source == OWN[MASTER] and x.priority == 0)
    pair.settle(BACKUP)
    pair.nginx[MASTER].start()
    pair.settle(MASTER)
    before = terms(pair)
    replay(pair.client_host, recorded)
    replay(pair.client_host, farewell)
    for name, sender in ((MASTER, OWN[BACKUP]), (BACKUP, OWN[MASTER])):
        daemon = understudies(pair)[name]
        daemon.wait_log(f"refused.*sender={sender} reason=replayed")
        assert refused(daemon)["replayed"] == 1
    assert terms(pair) == before and pair.holders() == [MASTER]


def replay(host: Host, advert: Advert) -> None:
    """Sends the same packet again, under the address of who sent it first."""
    send_vrrp(host, advert.payload, source=advert.source, destination=advert.destination)


def test_another_key_of_the_trailer_is_refused_and_named(pair: Pair) -> None:
    daemons = pair.understudy({MASTER: pair_config(hmac=hmac()),
                               BACKUP: pair_config(hmac=hmac(OTHER_SECRET))})
    daemons[BACKUP].wait_log("refused.*sender=192.168.56.61.*wrong HMAC: another key")
    pair.wait_holder(BACKUP)
    claimed = daemons[BACKUP].wait_log("two masters: another station says it has our address")
    assert "192.168.56.61, whose adverts are refused here (wrong HMAC" in claimed.text
    log = "".join(x.text for daemon in daemons.values() for x in daemon.process.lines)
    assert "correct-horse" not in log and "battery-staple" not in log


def test_keys_are_exchanged_without_interruption(signing: Pair) -> None:
    before = terms(signing)
    wire = signing.lab.sniff(signing.lan)
    both = {"1": SECRET, "2": OTHER_SECRET}
    for keys in ({"keys": both, "active": 1}, {"keys": both, "active": 2},
                 {"keys": {"2": OTHER_SECRET}}):
        for daemon in understudies(signing).values():
            reloaded = daemon.reload(pair_config(hmac=keys))
            daemon.wait_log("the file was read again changes=1", since=reloaded)
            wire.adverts.wait(since=reloaded + 0.2)
    for daemon in understudies(signing).values():
        assert refused(daemon) == {}
    assert terms(signing) == before and signing.holders() == [MASTER]
    # The old key opens nothing any more.
    recorded = next(iter(wire.adverts))
    wire.close()
    replay(signing.client_host, recorded)
    understudies(signing)[BACKUP].wait_log('refused.*reason="unknown key id"')


def test_signing_is_taken_up_step_by_step_while_the_routers_run(pair: Pair) -> None:
    """Each daemon reads its file again; nobody misses an advert."""
    daemons = pair.understudy(pair_config(checks=None))
    before = terms(pair)
    for mode in ("receive-only", "permissive", "enforce"):
        for daemon in daemons.values():
            reloaded = daemon.reload(pair_config(checks=None, hmac=hmac(mode=mode)))
            daemon.wait_log("the file was read again changes=1", since=reloaded)
    assert terms(pair) == before and pair.holders() == [MASTER]
    send_vrrp(pair.client_host, encode_v3(priority=200))
    for daemon in daemons.values():
        daemon.wait_log('refused.*sender=192.168.56.70 reason="authentication missing')
    assert terms(pair) == before


def test_what_was_said_before_a_router_took_part_is_refused_when_it_comes_again(pair: Pair
                                                                                ) -> None:
    keys = hmac(replay="monotonic")
    daemons = pair.understudy({MASTER: pair_config(hmac=keys),
                               BACKUP: pair_config(hmac=keys, start_delay="1s")})
    wire = pair.lab.sniff(pair.lan)
    recorded = wire.adverts.wait(lambda x: x.source == OWN[MASTER])
    assert daemons[BACKUP].router()["state"] == "initialize"
    daemons[BACKUP].wait_state("backup")
    replay(pair.client_host, recorded)
    daemons[BACKUP].wait_log(f"refused.*sender={OWN[MASTER]} reason=replayed")


def test_a_peer_that_signs_alone_is_told(pair: Pair) -> None:
    daemons = pair.understudy({MASTER: pair_config(hmac=hmac(mode="permissive")),
                               BACKUP: pair_config()})
    daemons[BACKUP].wait_log(f"a peer differs from us router=k8s-api peer={OWN[MASTER]} "
                             'difference="hmac: its adverts are signed')


@pytest.mark.parametrize("first, second", [
    (None, "receive-only"), ("receive-only", "permissive"), ("permissive", "enforce")])
def test_each_step_of_a_rollout_works_beside_the_one_before(pair: Pair, first: str | None,
                                                            second: str) -> None:
    before = pair_config(hmac=hmac(mode=first) if first else None)
    daemons = pair.understudy({MASTER: before, BACKUP: pair_config(hmac=hmac(mode=second))})
    pair.nginx[MASTER].kill()
    pair.settle(BACKUP)
    pair.nginx[MASTER].start()
    pair.settle(MASTER)
    assert refused(daemons[MASTER]) == {} and refused(daemons[BACKUP]) == {}
