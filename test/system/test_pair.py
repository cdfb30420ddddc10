"""The user's story: nginx dies on lb-master, and 192.168.56.60 answers from lb-backup."""

import re
from pathlib import Path

import pytest

from lab import (ADDRESS, BACKUP, CONFIG, MASTER, OUR_FILES, USER_FILES, Host, Lab, Pair,
                 Understudy, configuration_file, wait_until)

pytestmark = pytest.mark.needs("understudy")


@pytest.fixture(params=[USER_FILES, OUR_FILES], ids=["the user's", "ours"])
def files(request: pytest.FixtureRequest) -> Path:
    """A folder with the two keepalived.conf files and check_nginx.sh."""
    if not request.param.is_dir():
        pytest.skip("the user's own files are not here")
    return request.param


def start_with(pair: Pair, files: Path) -> dict[str, Understudy]:
    """Understudy with the two keepalived.conf files, unchanged and where keepalived has them."""
    started = {}
    for name, host in pair.hosts.items():
        started[name] = Understudy(host, configuration_file(f"{name}.conf", files),
                                   path="/etc/keepalived/keepalived.conf",
                                   check_script=configuration_file("check_nginx.sh", files))
        pair.start(name, started[name])
    pair.settle()
    return started


def test_the_better_host_serves_and_the_other_waits(pair: Pair) -> None:
    daemons = pair.understudy()
    master = daemons[MASTER].wait_state("master")
    backup = daemons[BACKUP].wait_state("backup")
    assert (master["priority"], backup["priority"]) == (100, 90)
    assert master["master"] == backup["master"] == "192.168.56.61"
    assert pair.holders() == [MASTER]
    assert "192.168.56.60/24" in pair.master.run(["ip", "addr", "show", "eth0"]).stdout
    assert daemons[MASTER].check("nginx")["verdict"] == "good"


def test_a_dead_nginx_moves_the_address_and_its_return_brings_it_back(pair: Pair) -> None:
    daemons = pair.understudy()
    client = pair.client()
    client.wait_answer(MASTER)

    away = pair.takeover(client, pair.nginx[MASTER].kill, to=BACKUP)
    assert away.moved_ms < 2500
    assert away.service.servers == (MASTER, BACKUP)
    left = daemons[MASTER].router()
    assert left["state"] == "initialize" and left["priority"] == 0
    assert re.fullmatch(r"check nginx: process \d+ exited.*", left["reason"])
    assert daemons[BACKUP].router()["reason"] == "192.168.56.61 left (priority 0)"

    back = pair.takeover(client, pair.nginx[MASTER].start, to=MASTER)
    assert 3000 < back.moved_ms < 10_000
    assert back.service.servers == (BACKUP, MASTER)
    assert daemons[MASTER].router()["reason"] == "outranks 192.168.56.62: priority 100, its 90"
    assert pair.holders() == [MASTER]


def test_nginx_reloaded_moves_nothing(pair: Pair) -> None:
    daemons = pair.understudy()
    before = len(pair.backup.moves())
    workers = pair.nginx[MASTER].processes()[1:]
    pair.nginx[MASTER].reload()
    wait_until(lambda: not set(workers) & set(pair.nginx[MASTER].processes()), 5.0,
               "end of the old workers")
    assert daemons[MASTER].router()["state"] == "master"
    assert len(pair.backup.moves()) == before


def test_a_stopped_nginx_counts_like_a_killed_one(pair: Pair) -> None:
    pair.understudy()
    client = pair.client()
    client.wait_answer(MASTER)
    away = pair.takeover(client, pair.nginx[MASTER].stop, to=BACKUP)
    assert away.service.servers == (MASTER, BACKUP)


def test_a_pair_of_keepalived_conf_files_works_as_it_is(pair: Pair, files: Path) -> None:
    daemons = start_with(pair, files)
    assert daemons[MASTER].router("VI_1")["addresses"] == ["192.168.56.60/24"]
    client = pair.client()
    client.wait_answer(MASTER)

    away = pair.takeover(client, pair.nginx[MASTER].kill, to=BACKUP)
    assert away.moved_ms < 5000
    assert daemons[MASTER].router()["reason"].startswith("check check_nginx: exit status 1")

    back = pair.takeover(client, pair.nginx[MASTER].start, to=MASTER)
    assert back.service.servers == (BACKUP, MASTER)


def test_a_stop_makes_before_it_breaks(pair: Pair) -> None:
    daemons = pair.understudy()
    client = pair.client()
    client.wait_answer(MASTER)
    asked = pair.lab.now()
    pair.takeover(client, daemons[MASTER].terminate, to=BACKUP)
    assert daemons[MASTER].process.wait() == 0
    assert daemons[BACKUP].router()["reason"] == "192.168.56.61 left (priority 0)"

    def when(host: Host, change: str) -> float:
        return next(x.at for x in host.address_events.since(asked)
                    if x.change == change and x.address == ADDRESS)

    assert when(pair.backup, "added") <= when(pair.master, "removed")
    assert "192.168.56.62 has taken over" in daemons[MASTER].wait_log("from=leaving").text
    assert pair.holders() == [BACKUP]


def test_no_address_is_left_after_the_last_one_stops(pair: Pair) -> None:
    daemons = pair.understudy()
    assert daemons[BACKUP].stop() == 0
    assert daemons[MASTER].stop() == 0
    assert pair.holders() == []
    assert "nobody took over" in "\n".join(x.text for x in daemons[MASTER].process.lines)


def test_a_second_signal_waits_for_no_successor(pair: Pair) -> None:
    daemons = pair.understudy()
    daemons[BACKUP].stop()
    asked = daemons[MASTER].terminate()
    daemons[MASTER].wait_log("stopping", since=asked)
    daemons[MASTER].terminate()
    assert daemons[MASTER].process.wait() == 0
    assert pair.holders() == []
    assert "told to stop at once" in "\n".join(x.text for x in daemons[MASTER].process.lines)


def test_the_clients_arp_entry_follows(pair: Pair) -> None:
    pair.understudy()
    client = pair.client()
    client.wait_answer(MASTER)

    def entry() -> str:
        return pair.client_host.run(["ip", "neigh", "show", ADDRESS]).stdout

    def mac(name: str) -> str:
        return pair.hosts[name].run(["cat", "/sys/class/net/eth0/address"]).stdout.strip()

    assert mac(MASTER) in entry()
    pair.takeover(client, pair.nginx[MASTER].kill, to=BACKUP)
    assert mac(BACKUP) in entry()


def test_the_takeover_is_advert_then_announcements_in_both_forms(pair: Pair) -> None:
    pair.understudy()
    wire = pair.lab.sniff(pair.lan)
    killed = pair.nginx[MASTER].kill()
    first = wire.adverts.wait(lambda x: x.source == "192.168.56.62", since=killed)
    forms = []
    for operation in ("request", "reply"):
        arp = wire.arps.wait(lambda x, op=operation: x.is_gratuitous and x.sender == ADDRESS
                             and x.operation == op, since=killed)
        forms.append(arp.at)
    assert first.priority == 90 and first.auth_data == b"1111\0\0\0\0" and first.checksum_ok
    assert first.ttl == 255 and first.at <= min(forms)
    leaving = [x.priority for x in wire.adverts.since(killed) if x.source == "192.168.56.61"]
    assert leaving[-2:] == [0, 0] and set(leaving[:-2]) <= {100}


def test_a_cut_port_is_waited_out(pair: Pair) -> None:
    pair.understudy()
    wire = pair.lab.sniff(pair.lan)
    last = wire.adverts.wait(lambda x: x.source == "192.168.56.61")
    pair.lan.cut(pair.master)
    came = pair.wait_holder(BACKUP, since=last.at)
    deadline = 3 + (256 - 90) / 256
    assert came - last.at > deadline - 0.001
    assert pair.holders() == [MASTER, BACKUP]

    pair.lan.join(pair.master)
    pair.settle(MASTER)
    assert pair.holders() == [MASTER]


def test_a_lost_link_is_left_and_taken_again(pair: Pair) -> None:
    daemons = pair.understudy()
    pair.lan.cut(pair.master, carrier=True)
    left = daemons[MASTER].wait_state("initialize")
    assert left["reason"] == "interface eth0 has no carrier"
    assert not pair.master.address_present(ADDRESS)
    pair.wait_holder(BACKUP)

    pair.lan.join(pair.master)
    pair.settle(MASTER)
    assert pair.holders() == [MASTER]


def test_a_link_that_is_missing_at_start_is_waited_for(lab: Lab) -> None:
    host = lab.host(MASTER)
    daemon = Understudy(host, CONFIG.replace('process = "nginx"', 'process = "sleep"'))
    host.spawn("exec sleep 600")
    daemon.start()
    waiting = daemon.wait_state("initialize")
    assert waiting["reason"] == "interface eth0 is not there"
    lan = lab.lan()
    lan.attach(host, "192.168.56.61")
    daemon.wait_state("master", timeout=10)
    assert host.address_present(ADDRESS)


def test_a_link_that_is_down_at_start_is_waited_for(pair: Pair) -> None:
    pair.lan.cut(pair.master, carrier=True)
    daemon = Understudy(pair.master, CONFIG)
    daemon.start()
    daemon.wait_log("check passed")
    assert daemon.router()["reason"] == "interface eth0 has no carrier"
    pair.lan.join(pair.master)
    daemon.wait_state("master", timeout=10)
    assert pair.master.address_present(ADDRESS)


def test_a_link_that_is_made_again_is_used_again(pair: Pair) -> None:
    daemons = pair.understudy()
    pair.master.run(["ip", "link", "delete", "eth0"])
    daemons[MASTER].wait_state("initialize")
    pair.wait_holder(BACKUP)
    pair.lan.attach(pair.master, "192.168.56.61")
    pair.settle(MASTER)
    assert pair.holders() == [MASTER]


def test_several_addresses_move_together(pair: Pair) -> None:
    several = ", ".join(f'"192.168.56.{n}/24"' for n in range(100, 140))
    pair.understudy(CONFIG.replace('"192.168.56.60/24"', f'"192.168.56.60/24", {several}'))
    killed = pair.nginx[MASTER].kill()
    pair.settle(BACKUP)

    def came() -> set[str]:
        events = pair.backup.address_events.since(killed)
        return {x.address for x in events if x.change == "added"}

    wait_until(lambda: len(came()) == 41)
    assert len(pair.master.addresses()) <= 2
