"""Peers whose files differ: told who, what, theirs and ours; where possible no second master."""

from typing import Any

import pytest

from lab import ADDRESS, BACKUP, MASTER, Pair, Understudy, pair_config

pytestmark = pytest.mark.needs("understudy")

OTHER = "192.168.56.77"


def start(pair: Pair, **backups: Any) -> dict[str, Understudy]:
    """Both with the same file, but for keys of lb-backup."""
    return pair.understudy({MASTER: pair_config(), BACKUP: pair_config(**backups)})


def assert_told(pair: Pair, peer: str, difference: str, daemon: Understudy) -> None:
    told = daemon.wait_log(f"a peer differs from us router=k8s-api peer={peer} "
                           f'difference="{difference}').text
    assert told.count("theirs") == 1 and told.count("ours") >= 1


def hand_over_and_back(pair: Pair) -> None:
    """Each of them serves alone, and each hears the other."""
    pair.nginx[MASTER].kill()
    pair.settle(BACKUP)
    pair.nginx[MASTER].start()
    pair.settle(MASTER)


DIFFERENCES = {
    "addresses": (
        {"addresses": [f"{ADDRESS}/24", f"{OTHER}/24"]},
        f"addresses: theirs {ADDRESS}, ours {ADDRESS} {OTHER}",
        f"addresses: theirs {ADDRESS} {OTHER}, ours {ADDRESS}"),
    "interval": (
        {"interval": "150ms"},
        "interval: theirs 0.1 s, ours 0.15 s", "interval: theirs 0.15 s, ours 0.1 s"),
    "checksum": (
        {"checksum": "message"},
        "checksum: theirs with pseudo-header, ours of the message alone",
        "checksum: theirs of the message alone, ours with pseudo-header"),
}


@pytest.mark.parametrize("name", DIFFERENCES)
def test_a_difference_is_told_by_both_and_makes_no_second_master(pair: Pair, name: str) -> None:
    backups, told_by_backup, told_by_master = DIFFERENCES[name]
    daemons = start(pair, **backups)
    assert_told(pair, "192.168.56.61", told_by_backup, daemons[BACKUP])
    hand_over_and_back(pair)
    assert_told(pair, "192.168.56.62", told_by_master, daemons[MASTER])
    for daemon in daemons.values():
        told = [x.text for x in daemon.process.lines if "a peer differs from us" in x.text]
        assert len(told) == 1, told
        assert daemon.router()["counters"]["second_master_heard"] == 0


def test_a_backup_waits_by_the_interval_that_its_master_tells(pair: Pair) -> None:
    start(pair, interval="1s")
    wire = pair.lab.sniff(pair.lan)
    last = wire.adverts.wait(lambda x: x.source == "192.168.56.61")
    pair.lan.cut(pair.master)
    assert 0.3 < pair.wait_holder(BACKUP, since=last.at) - last.at < 2.0


def test_another_version_is_refused_and_told_by_both(pair: Pair) -> None:
    theirs, ours = "version: theirs 3, ours 2", "version: theirs 2, ours 3"
    daemons = start(pair, version=2, interval="1s", password="1111")
    refused = daemons[BACKUP].wait_log(f'refused.*sender=192.168.56.61 reason="{theirs}"')
    assert refused.text.count("192.168.56.61") == 1
    # The standards know no way to agree: both serve, and say why.
    pair.wait_holder(BACKUP)
    refuses = f"there is 192.168.56.61, whose adverts are refused here ({theirs})"
    router = daemons[BACKUP].wait_state("master")
    assert refuses in router["reason"] and "192.168.56.61" in router["contest"]["what"]
    daemons[MASTER].wait_log(f'refused.*sender=192.168.56.62 reason="{ours}"')
    for name, peer, reason in ((MASTER, ".62", ours), (BACKUP, ".61", theirs)):
        claimed = daemons[name].wait_log("two masters: another station says it has our address")
        assert f"192.168.56{peer}, whose adverts are refused here ({reason})" in claimed.text


def test_another_interval_of_version_2_is_refused_and_told(pair: Pair) -> None:
    v2 = {"version": 2, "checks": None}
    daemons = pair.understudy({MASTER: pair_config(**v2, interval="1s"),
                               BACKUP: pair_config(**v2, interval="3s")})
    daemons[BACKUP].wait_log('refused.*sender=192.168.56.61 reason="interval: theirs 1 s, ours 3')
    assert daemons[BACKUP].router()["counters"]["refused"]["interval"] > 0


def test_a_peer_follows_the_checksum_of_its_master(pair: Pair) -> None:
    daemons = pair.understudy({MASTER: pair_config(checksum="message"),
                               BACKUP: pair_config(checksum="auto")})
    wire = pair.lab.sniff(pair.lan)
    killed = pair.nginx[MASTER].kill()
    forms = wire.adverts.wait(lambda x: x.source == "192.168.56.62", since=killed)
    assert forms.checksum_form == "message"
    pair.nginx[MASTER].start()
    pair.settle(MASTER)
    assert_told(pair, "192.168.56.61", "checksum: theirs of the message alone, ours follows it",
                daemons[BACKUP])
    assert {x.checksum_form for x in wire.adverts} == {"message"}


def test_a_router_with_auto_sends_the_pseudo_header_until_it_hears_another(pair: Pair) -> None:
    wire = pair.lab.sniff(pair.lan)
    pair.understudy(pair_config(checksum="auto"))
    assert {x.checksum_form for x in wire.adverts} == {"pseudo-header"}
    assert wire.adverts.wait().priority == 100
