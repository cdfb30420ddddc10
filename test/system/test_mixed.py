"""One host runs Debian's keepalived, the other Understudy: the wire does not tell them apart."""

from collections.abc import Callable

import pytest

from lab import (ADVERTS, BACKUP, CONFIG, MASTER, Daemon, Keepalived, Pair, Understudy,
                 configuration_file, drop)

pytestmark = pytest.mark.needs("understudy", "keepalived")


def keepalived_on(pair: Pair, name: str) -> Keepalived:
    daemon = Keepalived(pair.hosts[name], configuration_file(f"{name}.conf"),
                        check_script=configuration_file("check_nginx.sh"))
    pair.start(name, daemon)
    return daemon


def understudy_on(pair: Pair, name: str) -> Understudy:
    daemon = Understudy(pair.hosts[name], CONFIG)
    pair.start(name, daemon)
    return daemon


def test_ours_as_master_hands_over_to_keepalived_and_takes_back(pair: Pair) -> None:
    ours = understudy_on(pair, MASTER)
    keepalived_on(pair, BACKUP)
    pair.settle()
    client = pair.client()
    client.wait_answer(MASTER)

    away = pair.takeover(client, pair.nginx[MASTER].kill, to=BACKUP)
    assert away.moved_ms < 2500
    back = pair.takeover(client, pair.nginx[MASTER].start, to=MASTER)
    assert back.service.servers == (BACKUP, MASTER)
    assert ours.router()["counters"]["refused"] == {}


def test_a_stop_next_to_keepalived_makes_before_it_breaks(pair: Pair) -> None:
    ours = understudy_on(pair, MASTER)
    keepalived_on(pair, BACKUP)
    pair.settle()
    client = pair.client()
    client.wait_answer(MASTER)
    moved = pair.takeover(client, ours.terminate, to=BACKUP)
    # The peer waits its skew time of 648 ms before it takes over; the client must not.
    assert moved.moved_ms > 600
    assert moved.service.gap_ms < 400
    assert ours.process.wait() == 0


@pytest.mark.parametrize("peer", [understudy_on, keepalived_on])
def test_a_stop_whose_first_farewell_is_lost_loses_nothing(
        pair: Pair, peer: Callable[[Pair, str], Daemon]) -> None:
    ours = understudy_on(pair, MASTER)
    peer(pair, BACKUP)
    pair.settle()
    client = pair.client()
    client.wait_answer(MASTER)
    # The priority stands in the third byte; of such packets the first goes, and each second one.
    drop(pair.backup, f"{ADVERTS} @th,16,8 0 numgen inc mod 2 0")
    gone = pair.takeover(client, ours.terminate, to=BACKUP)
    dropped = pair.backup.run("nft list table inet lab").stdout
    assert "packets 1 " in dropped
    assert gone.moved_ms < 2000 and gone.service.failed <= 1
    assert gone.service.servers == (MASTER, BACKUP)


def test_ours_as_backup_takes_over_from_keepalived_and_yields(pair: Pair) -> None:
    theirs = keepalived_on(pair, MASTER)
    ours = understudy_on(pair, BACKUP)
    pair.settle()
    client = pair.client()
    client.wait_answer(MASTER)

    away = pair.takeover(client, theirs.terminate, to=BACKUP)
    assert away.moved_ms < 2000
    assert ours.router()["reason"] == "192.168.56.61 left (priority 0)"
    theirs.process.wait()
    theirs.start()
    pair.takeover(client, pair.lab.now, to=MASTER)
    assert ours.wait_state("backup")["reason"].startswith("192.168.56.61 outranks us")
    assert ours.router()["counters"]["refused"] == {}


def test_ours_as_backup_waits_out_a_keepalived_that_is_cut_off(pair: Pair) -> None:
    keepalived_on(pair, MASTER)
    ours = understudy_on(pair, BACKUP)
    pair.settle()
    wire = pair.lab.sniff(pair.lan)
    last = wire.adverts.wait(lambda x: x.source == "192.168.56.61")
    pair.lan.cut(pair.master)
    came = pair.wait_holder(BACKUP, since=last.at)
    assert came - last.at > 3 + (256 - 90) / 256 - 0.001
    assert ours.router()["reason"] == "no advertisement from 192.168.56.61 for 3.648 s"
    pair.lan.join(pair.master)
    pair.settle(MASTER)


def test_keepalived_as_backup_waits_out_ours_that_is_cut_off(pair: Pair) -> None:
    understudy_on(pair, MASTER)
    keepalived_on(pair, BACKUP)
    pair.settle()
    pair.lan.cut(pair.master)
    pair.wait_holder(BACKUP, since=pair.lab.now())
    pair.lan.join(pair.master)
    pair.settle(MASTER)
    assert pair.holders() == [MASTER]
