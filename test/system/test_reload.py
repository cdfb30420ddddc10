"""Reloading: what differs is touched, what does not differ is not, and a bad file does nothing."""

import json
import signal
from typing import Any

import pytest

from lab import (ADDRESS, BACKUP, BINARY, MASTER, Lab, Pair, Sniffer, Understudy, configuration_file,
                 pair_config, wait_until)

pytestmark = pytest.mark.needs("understudy")

INTERVAL = 0.1
ADDED = "192.168.56.59"
TOML = "/etc/understudy/understudy.toml"

# Ten ways in which a file can be wrong; each is an error of its own kind.
BAD_FILES = {
    "empty": "",
    "not closed": "[router.k8s-api\n",
    "unknown key": pair_config(priorty=100),
    "wrong type": pair_config(vrid="fifty"),
    "out of range": pair_config(vrid=256),
    "no address": pair_config(addresses=["192.168.56.300/24"]),
    "missing key": pair_config(interface=None),
    "check that is not there": pair_config(checks=["nginx", "apache"]),
    "unused check": pair_config(checks=None) + '[check.nginx]\nprocess = "nginx"\n',
    "two of one id": pair_config() + '[router.two]\ninterface = "eth0"\nvrid = 51\nversion = 3\n'
                                     'addresses = ["192.168.56.99/24"]\n',
}


def reload(daemon: Understudy, text: str | None = None, *options: str) -> tuple[int, list[str], str]:
    """Puts the file there and reloads; the exit status, the lines, and what was said of errors."""
    if text is not None:
        daemon.write_config(text)
    done = daemon.tool("reload", *options, check=False)
    return done.returncode, done.stdout.splitlines(), done.stderr


def changes(daemon: Understudy, text: str) -> list[str]:
    """Reloads, which must succeed; the changes."""
    status, lines, errors = reload(daemon, text)
    assert status == 0, errors
    assert lines[-1].startswith("reloaded: ")
    return lines[:-1]


def longest_silence(wire: Sniffer, since: float, until: float) -> float:
    spoken = [x.at for x in wire.adverts.since(since, until) if x.source == "192.168.56.61"]
    assert len(spoken) > 2
    return max(later - earlier for earlier, later in zip(spoken, spoken[1:]))


def states(daemon: Understudy) -> list[tuple[Any, ...]]:
    return [(x["name"], x["state"], x["since"]) for x in daemon.status()["routers"]]


@pytest.fixture
def quick(pair: Pair) -> Pair:
    pair.understudy(pair_config())
    return pair


def master(pair: Pair) -> Understudy:
    daemon = pair.daemons[MASTER]
    assert isinstance(daemon, Understudy)
    return daemon


def test_a_file_that_says_the_same_changes_nothing(quick: Pair) -> None:
    before = states(master(quick))
    assert reload(master(quick))[:2] == (0, ["reloaded: nothing has changed"])
    assert changes(master(quick), "# a comment more\n\n" + pair_config()) == []
    assert states(master(quick)) == before
    configuration = master(quick).status()["configuration"]
    assert (configuration["reloads_good"], configuration["reloads_failed"]) == (2, 0)


def test_settings_change_while_the_master_stays_master(quick: Pair) -> None:
    """One after the other; neither the state nor the rhythm of the adverts changes."""
    daemon = master(quick)
    wire = quick.lab.sniff(quick.lan)
    before = states(daemon)
    since = quick.lab.now()
    told = {
        "priority 100 -> 110": {"priority": {MASTER: 110, BACKUP: 90}},
        "preempt true -> false": {"preempt": False},
        "preempt_delay 0s -> 5s": {"preempt_delay": "5s"},
        "down_adverts 3 -> 4": {"down_adverts": 4},
        "last_resort false -> true": {"last_resort": True},
        "lease true -> false": {"lease": False},
        "start_delay 0s -> 5s": {"start_delay": "5s"},
        "strict false -> true": {"strict": True},
        "source none -> 192.168.56.61": {"source": "192.168.56.61"},
    }
    for line, keys in told.items():
        assert changes(daemon, pair_config(**keys)) == [f"router k8s-api: {line}"]
        assert len(changes(daemon, pair_config())) == 1
    wire.adverts.wait(lambda x: x.source == "192.168.56.61", since=quick.lab.now())
    assert states(daemon) == before
    assert longest_silence(wire, since, quick.lab.now()) < 1.5 * INTERVAL
    assert quick.holders() == [MASTER]
    assert not [x for x in quick.master.address_events.since(since) if x.change == "removed"]


def test_a_priority_is_advertised_from_the_reload_on(quick: Pair) -> None:
    wire = quick.lab.sniff(quick.lan)
    changes(master(quick), pair_config(priority=120))
    wire.adverts.wait(lambda x: x.source == "192.168.56.61" and x.priority == 120)
    assert master(quick).router()["base_priority"] == 120


def test_another_interval_holds_from_the_reload_on(quick: Pair) -> None:
    wire = quick.lab.sniff(quick.lan)
    changes(master(quick), pair_config(interval="200ms"))
    wire.adverts.wait(lambda x: x.source == "192.168.56.61" and x.interval == 0.2)
    quick.settle(MASTER)


def test_an_address_is_added_announced_and_removed_again(quick: Pair) -> None:
    daemon, client = master(quick), quick.client_host
    wire = quick.lab.sniff(quick.lan)
    before = states(daemon)
    since = quick.lab.now()
    both = pair_config(addresses=[f"{ADDRESS}/24", f"{ADDED}/24"])
    assert changes(daemon, both) == [f"router k8s-api: address {ADDED}/24 added"]
    assert quick.master.address_present(ADDED)
    wire.arps.wait(lambda x: x.is_gratuitous and x.sender == ADDED, since=since)
    assert client.reaches(ADDED)
    assert changes(daemon, pair_config()) == [f"router k8s-api: address {ADDED}/24 removed"]
    assert not quick.master.address_present(ADDED) and quick.master.address_present(ADDRESS)
    assert states(daemon) == before
    assert daemon.router()["counters"]["addresses_restored"] == 0


def test_addresses_that_adverts_do_not_carry_come_and_go_too(quick: Pair) -> None:
    daemon = master(quick)
    changes(daemon, pair_config(unadvertised_addresses=["198.51.100.7/32"]))
    assert quick.master.address_present("198.51.100.7")
    changes(daemon, pair_config())
    assert not quick.master.address_present("198.51.100.7")
    assert daemon.router()["state"] == "master"


def test_an_address_goes_from_one_router_to_another_and_stays(quick: Pair) -> None:
    other = '[router.two]\ninterface = "eth0"\nvrid = 52\nversion = 3\ninterval = "100ms"\n'
    daemon = master(quick)
    changes(daemon, pair_config(addresses=[f"{ADDRESS}/24", f"{ADDED}/24"]) + other
            + 'addresses = ["192.168.56.58/24"]\n')
    daemon.wait_state("master", "two")
    since = quick.lab.now()
    changes(daemon, pair_config() + other + f'addresses = ["192.168.56.58/24", "{ADDED}/24"]\n')
    assert quick.master.address_present(ADDED)
    gone = [x for x in quick.master.address_events.since(since) if x.change == "removed"]
    assert not gone


def test_traffic_is_accepted_or_not_from_the_reload_on(quick: Pair) -> None:
    client = quick.client_host
    changes(master(quick), pair_config(accept=False))
    assert not client.reaches(ADDRESS)
    changes(master(quick), pair_config())
    assert client.reaches(ADDRESS)


def test_unicast_and_multicast_change_places(quick: Pair) -> None:
    """On both hosts, one after the other: the backup hears the master again in time."""
    text = pair_config(unicast={MASTER: ["192.168.56.62"], BACKUP: ["192.168.56.61"]},
                       down_adverts=50)
    for daemon in quick.daemons.values():
        assert isinstance(daemon, Understudy)
        changes(daemon, pair_config(down_adverts=50))
    before = states(master(quick))
    for daemon in quick.daemons.values():
        assert isinstance(daemon, Understudy)
        assert len(changes(daemon, text)) == 1
    backup = quick.daemons[BACKUP]
    assert isinstance(backup, Understudy)
    heard = backup.router()["counters"]["advertisements_received"]
    wait_until(lambda: backup.router()["counters"]["advertisements_received"] > heard + 2)
    assert states(master(quick)) == before


def test_another_router_id_moves_that_router_alone(quick: Pair) -> None:
    other = ('[router.two]\ninterface = "eth0"\nvrid = {}\nversion = 3\ninterval = "100ms"\n'
             'addresses = ["192.168.56.58/24"]\n')
    daemon = master(quick)
    changes(daemon, pair_config() + other.format(52))
    daemon.wait_state("master", "two")
    wire = quick.lab.sniff(quick.lan)
    since = quick.lab.now()
    before = daemon.router("k8s-api")["since"]
    assert changes(daemon, pair_config() + other.format(53)) == [
        "router two: vrid 52 -> 53, which moves this router: it stops and starts"]
    wire.adverts.wait(lambda x: x.vrid == 52 and x.priority == 0, since=since)
    assert daemon.wait_state("master", "two")["vrid"] == 53
    assert daemon.router("k8s-api")["since"] == before
    assert longest_silence(wire, since, quick.lab.now()) < 1.5 * INTERVAL


def test_a_router_that_the_file_has_no_more_leaves_properly(quick: Pair) -> None:
    """The others take over as from a daemon that stops."""
    daemon = master(quick)
    text = pair_config() + ('[router.two]\ninterface = "eth0"\nvrid = 52\nversion = 3\n'
                            'interval = "100ms"\naddresses = ["192.168.56.58/24"]\n')
    for each in quick.daemons.values():
        assert isinstance(each, Understudy)
        assert changes(each, text) == ["router two: starts"]
    wait_until(lambda: quick.master.address_present("192.168.56.58")
               or quick.backup.address_present("192.168.56.58"))
    assert changes(daemon, pair_config()) == ["router two: stops"]
    wait_until(lambda: not quick.master.address_present("192.168.56.58")
               and quick.backup.address_present("192.168.56.58"))
    wait_until(lambda: len(daemon.status()["routers"]) == 1)
    assert daemon.router()["state"] == "master"
    # Nothing of it is claimed any more: it may come back.
    assert changes(daemon, text) == ["router two: starts"]


def test_an_interface_that_comes_with_the_file_is_followed(lab: Lab) -> None:
    pair = Pair(lab)
    pair.understudy(pair_config())
    second = lab.lan()
    second.attach(pair.master, "192.168.57.61", interface="eth1")
    daemon = master(pair)
    text = pair_config() + ('[router.two]\ninterface = "eth1"\nvrid = 52\nversion = 3\n'
                            'interval = "100ms"\naddresses = ["192.168.57.60/24"]\n')
    assert changes(daemon, text) == ["router two: starts"]
    daemon.wait_state("master", "two")
    assert pair.master.address_present("192.168.57.60")
    changes(daemon, text.replace("eth1", "eth0"))
    wait_until(lambda: len(daemon.status()["routers"]) == 2)
    assert daemon.wait_state("master", "two")["interface"] == "eth0"
    assert not pair.master.run(["ip", "-brief", "address", "show", "eth1"]).stdout.count("57.60")


def test_a_family_comes_and_goes_while_the_other_one_serves(lab: Lab) -> None:
    """The one that comes joins the other in office: a group is master as a whole or not at all."""
    pair = Pair(lab, ipv6=True)
    pair.understudy(pair_config())
    daemon = master(pair)
    since = daemon.router()["since"]
    begun = pair.lab.now()
    both = pair_config(addresses=[f"{ADDRESS}/24", "fe80::51/64", "2001:db8:56::60/64"])
    assert changes(daemon, both) == ["router k8s-api/ipv4: group none -> k8s-api",
                                     "router k8s-api/ipv6: starts"]
    assert [x["state"] for x in daemon.status()["routers"]] == ["master", "master"]
    assert pair.master.address_present("2001:db8:56::60")
    assert changes(daemon, pair_config()) == ["router k8s-api: group k8s-api -> none",
                                              "router k8s-api/ipv6: stops"]
    wait_until(lambda: not pair.master.address_present("2001:db8:56::60"))
    wait_until(lambda: len(daemon.status()["routers"]) == 1)
    assert daemon.router()["since"] == since
    assert not [x for x in pair.master.address_events.since(begun)
                if x.change == "removed" and x.address == ADDRESS]


def test_routers_join_and_leave_a_group_of_a_keepalived_conf(pair: Pair) -> None:
    instances = "".join(
        f"vrrp_instance VI_{x} {{\n  state BACKUP\n  interface eth0\n  virtual_router_id {50 + x}\n"
        f"  priority 100\n  virtual_ipaddress {{ 192.168.56.{50 + x}/24 }}\n}}\n" for x in (1, 2))
    group = "vrrp_sync_group VG_1 {\n  group { VI_1 VI_2 }\n}\n"
    daemon = Understudy(pair.master, instances, path="/etc/keepalived/keepalived.conf")
    daemon.start()
    for name in ("VI_1", "VI_2"):
        daemon.wait_state("master", name)
    before = states(daemon)
    assert changes(daemon, group + instances) == ["router VI_1: group none -> VG_1",
                                                  "router VI_2: group none -> VG_1"]
    assert {x["group"] for x in daemon.status()["routers"]} == {"VG_1"}
    assert len(changes(daemon, instances)) == 2
    assert states(daemon) == before


def test_checks_keep_their_verdict_until_they_have_another(quick: Pair) -> None:
    daemon = master(quick)
    before = states(daemon)
    results = daemon.check("nginx")
    text = pair_config(checks=["nginx", "api"]) + '[check.api]\ntcp = "127.0.0.1:80"\n'
    assert changes(daemon, text) == ["check api: starts",
                                    "router k8s-api: check api added"]
    wait_until(lambda: daemon.check("api")["verdict"] == "good")
    assert daemon.check("nginx") == results, "it was not touched"
    assert changes(daemon, text.replace(":80", ":443")) == [
        "check api: looks at tcp 127.0.0.1 port 80 -> tcp 127.0.0.1 port 443"]
    wait_until(lambda: daemon.check("api")["verdict"] == "bad")
    quick.settle(BACKUP)
    changes(daemon, text)
    quick.settle(MASTER)
    assert changes(daemon, pair_config()) == ["check api: stops",
                                              "router k8s-api: check api removed"]
    assert before[0][:2] == states(daemon)[0][:2]


def test_a_new_check_does_not_throw_the_master_out_before_its_first_result(quick: Pair) -> None:
    daemon = master(quick)
    quick.master.write_file("/etc/understudy/slow", "#!/bin/sh\nsleep 0.5\nexit 0\n", 0o755)
    before = states(daemon)
    text = pair_config(checks=["nginx", "slow"]) + '[check.slow]\nscript = "/etc/understudy/slow"\n'
    changes(daemon, text)
    assert daemon.check("slow")["verdict"] == "unknown"
    wait_until(lambda: daemon.check("slow")["verdict"] == "good")
    assert states(daemon) == before


def test_a_new_check_that_is_bad_moves_the_address(quick: Pair) -> None:
    changes(master(quick), pair_config(checks=["nginx", "gone"])
            + '[check.gone]\nprocess = "no-such-program"\n')
    quick.settle(BACKUP)


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_bad_file_changes_nothing_and_says_so(quick: Pair, kind: str) -> None:
    daemon = master(quick)
    before = states(daemon)
    status, lines, errors = reload(daemon, BAD_FILES[kind])
    assert status == 1 and lines == []
    assert TOML in errors and "error" in errors and "nothing was changed" in errors
    assert states(daemon) == before
    configuration = daemon.status()["configuration"]
    assert configuration["reloads_failed"] == 1
    assert TOML in configuration["last_failure"]["reason"]
    assert "not taken" in daemon.tool("status").stdout
    assert reload(daemon, pair_config())[0] == 0
    assert daemon.status()["configuration"]["last_failure"] is None


def test_an_address_that_the_kernel_refuses_rolls_everything_back(quick: Pair) -> None:
    daemon = master(quick)
    quick.master.run("echo 1 > /proc/sys/net/ipv6/conf/eth0/disable_ipv6")
    before = daemon.router()
    events = quick.lab.now()
    text = pair_config(priority=120, addresses=[f"{ADDRESS}/24", f"{ADDED}/24"],
                       unadvertised_addresses=["2001:db8:56::60/64"])
    text += ('[router.two]\ninterface = "eth0"\nvrid = 52\nversion = 3\n'
             'addresses = ["192.168.56.58/24"]\nchecks = ["api"]\n'
             '[check.api]\ntcp = "127.0.0.1:80"\n')
    status, lines, errors = reload(daemon, text)
    assert status == 1 and lines == [] and "2001:db8:56::60" in errors
    after = daemon.router()
    for key in ("state", "since", "priority", "base_priority", "addresses"):
        assert after[key] == before[key]
    assert [x["name"] for x in daemon.status()["checks"]] == ["nginx"]
    assert not quick.master.address_present(ADDED)
    gone = [x for x in quick.master.address_events.since(events) if x.address == ADDRESS]
    assert not gone
    # Nothing of what was tried stands in the way of what is good.
    good = text.replace('unadvertised_addresses = ["2001:db8:56::60/64"]\n', "")
    assert reload(daemon, good)[0] == 0
    assert quick.master.address_present(ADDED)


def test_a_dry_run_tells_and_does_nothing(quick: Pair) -> None:
    daemon = master(quick)
    status, lines, _ = reload(daemon, pair_config(priority=120), "--dry-run")
    assert status == 0
    assert lines == ["router k8s-api: priority 100 -> 120",
                     "router k8s-api: the other hosts' priorities changed",
                     "a reload would make 2 changes; nothing was done"]
    assert daemon.router()["base_priority"] == 100
    assert daemon.status()["configuration"]["reloads_good"] == 0
    assert reload(daemon, BAD_FILES["not closed"], "--dry-run")[0] == 1
    assert daemon.status()["configuration"]["reloads_failed"] == 0


def test_json_says_the_same(quick: Pair) -> None:
    daemon = master(quick)
    status, lines, _ = reload(daemon, pair_config(preempt=False), "--json")
    answer = json.loads("\n".join(lines))
    assert status == 0 and answer["ok"] and not answer["dry_run"] and answer["error"] is None
    assert answer["changes"] == ["router k8s-api: preempt true -> false"]
    status, lines, _ = reload(daemon, BAD_FILES["out of range"], "--json")
    answer = json.loads("\n".join(lines))
    assert status == 1 and not answer["ok"] and answer["changes"] == []
    first = answer["diagnostics"][0]
    assert first["severity"] == "error" and first["file"] == TOML and first["line"] > 0


def test_without_a_daemon_a_reload_fails(pair: Pair) -> None:
    daemon = Understudy(pair.master, pair_config())
    status, lines, errors = reload(daemon)
    assert status == 1 and lines == [] and "no daemon answers" in errors


def test_sighup_does_what_the_command_does(quick: Pair) -> None:
    daemon = master(quick)
    daemon.reload(pair_config(priority=120))
    wait_until(lambda: daemon.router()["base_priority"] == 120)
    daemon.wait_log('changed what="router k8s-api: priority 100 -> 120"')
    daemon.reload(BAD_FILES["unknown key"])
    daemon.wait_log("nothing is changed")
    assert daemon.status()["configuration"]["reloads_failed"] == 1
    assert daemon.router()["base_priority"] == 120


def test_many_requests_at_once_all_have_their_answer(quick: Pair) -> None:
    """Each is answered with what the file said when it was asked, or later."""
    daemon = master(quick)
    daemon.write_config(pair_config(preempt=False))
    asked = [quick.master.spawn([BINARY, "reload"], name=f"reload-{x}") for x in range(10)]
    for _ in range(5):
        daemon.process.send_signal(signal.SIGHUP)
    assert [x.wait() for x in asked] == [0] * 10
    wait_until(lambda: daemon.status()["configuration"]["reloads_good"] >= 2)
    assert daemon.router()["state"] == "master"


def test_a_keepalived_conf_is_reloaded_as_well(pair: Pair) -> None:
    text = configuration_file(f"{MASTER}.conf")
    daemon = Understudy(pair.master, text, path="/etc/keepalived/keepalived.conf",
                        check_script=configuration_file("check_nginx.sh"))
    pair.start(MASTER, daemon)
    pair.settle(MASTER)
    assert changes(daemon, text) == []
    told = changes(daemon, text.replace("priority 100", "priority 110"))
    assert [x.split(": ", 1)[1] for x in told] == ["priority 100 -> 110"]
    assert daemon.router()["state"] == "master"


def test_a_reload_between_changed_and_broken_files_leaves_the_rhythm(quick: Pair) -> None:
    """The short form of test/bench/reload.py."""
    daemon = master(quick)
    wire = quick.lab.sniff(quick.lan)
    before = states(daemon)
    since = wire.adverts.wait(lambda x: x.source == "192.168.56.61").at
    bad = list(BAD_FILES.values())
    for number in range(100):
        text = bad[number // 2 % 10] if number % 2 else pair_config(
            priority=100 + number % 7,
            addresses=[f"{ADDRESS}/24", f"{ADDED}/24"][:1 + number % 4 // 2])
        assert reload(daemon, text)[0] == number % 2
    until = wire.adverts.wait(lambda x: x.source == "192.168.56.61", since=quick.lab.now()).at
    assert states(daemon) == before
    assert longest_silence(wire, since, until) < 1.5 * INTERVAL
    counts = daemon.status()["configuration"]
    assert (counts["reloads_good"], counts["reloads_failed"]) == (50, 50)
