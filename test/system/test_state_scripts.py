"""Scripts and FIFOs that are told the states of routers and groups."""

import re
import signal
from collections.abc import Callable

import pytest

from lab import (ADDRESS, BACKUP, MASTER, REPOSITORY, Daemon, Host, Keepalived, Lab, Pair,
                 Understudy, encode_v3, pair_config, send_vrrp, wait_until)
from lab.host import Command

pytestmark = pytest.mark.needs("understudy")

RECORD = "/var/record"

# What a script was called with goes into the record, a line each.
RECORDER = f'#!/bin/sh\necho "$(basename "$0") $*" >> {RECORD}\n'

KEYS = {f"on_{state}": f"/etc/understudy/{state}.sh"
        for state in ("master", "backup", "fault", "stop", "change")}


def prepare(host: Host, folder: str = "/etc/understudy", text: str = RECORDER) -> None:
    """An empty record that everybody may write to, and a script for each state."""
    host.run(f"install -m 666 /dev/null {RECORD}")
    for state in ("master", "backup", "fault", "stop", "change"):
        host.write_file(f"{folder}/{state}.sh", text, 0o755)


def records(host: Host) -> list[str]:
    return host.read_file(RECORD).splitlines()


def wait_records(host: Host, expected: list[str], timeout: float = 5.0) -> None:
    try:
        wait_until(lambda: records(host) == expected, timeout, "records")
    except TimeoutError:
        assert records(host) == expected


def of_state(state: str, priority: int, name: str = "k8s-api") -> list[str]:
    return [f"{state.lower()}.sh ", f"change.sh INSTANCE {name} {state} {priority}"]


def start_alone(lab: Lab, text: str, script: str = RECORDER) -> Understudy:
    host = lab.host(MASTER, lab.lan(), "192.168.56.61")
    prepare(host, text=script)
    daemon = Understudy(host, text)
    daemon.start()
    return daemon


def alone_config(**keys: object) -> str:
    return pair_config(**{"checks": None, "priority": 100, **keys})


def test_each_state_is_told_in_order_to_its_script_and_then_to_the_one_for_all(pair: Pair) -> None:
    for host in pair.hosts.values():
        prepare(host)
    pair.understudy(pair_config(**KEYS))
    wait_records(pair.master, of_state("BACKUP", 100) + of_state("MASTER", 100))
    wait_records(pair.backup, of_state("BACKUP", 90))

    pair.nginx[MASTER].kill()
    pair.settle(BACKUP)
    wait_records(pair.backup, of_state("BACKUP", 90) + of_state("MASTER", 90))
    told = of_state("BACKUP", 100) + of_state("MASTER", 100) + of_state("FAULT", 100)
    wait_records(pair.master, told)

    pair.nginx[MASTER].start()
    pair.settle(MASTER)
    told += of_state("BACKUP", 100) + of_state("MASTER", 100)
    wait_records(pair.master, told)
    assert pair.daemons[MASTER].stop() == 0
    # The daemon has waited for them.
    assert records(pair.master) == told + of_state("STOP", 100)
    assert not pair.master.address_present(ADDRESS)


def test_a_host_that_starts_unfit_is_told_once_that_is_known(lab: Lab) -> None:
    daemon = start_alone(lab, pair_config(priority=100, **KEYS))
    wait_records(daemon.host, of_state("FAULT", 100))
    assert daemon.stop() == 0
    assert records(daemon.host) == of_state("FAULT", 100) + of_state("STOP", 100)


def test_a_script_finds_the_addresses_as_they_are_told(lab: Lab) -> None:
    look = (f'#!/bin/sh\necho "$UNDERSTUDY_STATE $(ip -4 -o address show dev eth0 | '
            f'grep -c {ADDRESS}/)" >> {RECORD}\n')
    daemon = start_alone(lab, alone_config(on_change="/etc/understudy/change.sh"), look)
    wait_records(daemon.host, ["BACKUP 0", "MASTER 1"])
    assert daemon.stop() == 0
    assert records(daemon.host) == ["BACKUP 0", "MASTER 1", "STOP 0"]


def test_a_script_sees_what_happened_and_nothing_else_as_an_unprivileged_user(lab: Lab) -> None:
    show = (f'#!/bin/sh\n(id -un; grep CapEff /proc/self/status; env | sort) > {RECORD}\n')
    host = lab.host(MASTER, lab.lan(), "192.168.56.61")
    prepare(host, text=show)
    daemon = Understudy(host, alone_config(on_master=["/etc/understudy/master.sh", "a b"]))
    daemon.environment["SECRET"] = "x"
    daemon.start()
    wait_until(lambda: "UNDERSTUDY_STATE" in daemon.host.read_file(RECORD), 5.0, "a record")
    seen = [line for line in records(daemon.host) if not re.match(r"(_|SHLVL|OLDPWD)=", line)]
    assert seen == [
        "nobody", "CapEff:\t0000000000000000", "LANG=C",
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "PWD=/",
        f"UNDERSTUDY_ADDRESSES={ADDRESS}/24", "UNDERSTUDY_FROM=BACKUP", "UNDERSTUDY_GROUP=",
        f"UNDERSTUDY_HOST={MASTER}", "UNDERSTUDY_INTERFACE=eth0", "UNDERSTUDY_PRIORITY=100",
        "UNDERSTUDY_REASON=no advertisement from any master for 0.361 s",
        "UNDERSTUDY_ROUTER=k8s-api", "UNDERSTUDY_STATE=MASTER"]


def test_a_script_that_hangs_delays_no_move_and_is_killed_at_its_limit(pair: Pair) -> None:
    for host in pair.hosts.values():
        prepare(host)
        host.write_file("/etc/understudy/master.sh",
                        f"#!/bin/sh\necho hangs >> {RECORD}\necho 'cloud is silent' >&2\n"
                        "sleep 1000 &\nsleep 1000\n", 0o755)
    daemons = pair.understudy(pair_config(**KEYS, on_timeout="3s"))
    wait_records(pair.master, [*of_state("BACKUP", 100), "hangs"])

    # Away and back again while the script hangs: told is what is so then, once.
    for action, holder in ((pair.nginx[MASTER].kill, BACKUP), (pair.nginx[MASTER].start, MASTER)):
        action()
        pair.settle(holder, timeout=2.0)
    passed = daemons[MASTER].wait_log("state is not told to its script")
    assert "state=FAULT" in passed.text and "still ran" in passed.text
    failed = daemons[MASTER].wait_log("state script failed")
    assert "killed after 3 s: cloud is silent" in failed.text
    wait_records(pair.master, [*of_state("BACKUP", 100), "hangs",
                               "change.sh INSTANCE k8s-api MASTER 100", "hangs"])
    told = daemons[MASTER].status()["state_scripts"][0]
    assert told["failures"] == 1 and told["passed_over"] == 2 and told["running"] == "on_master"
    assert daemons[MASTER].router()["state"] == "master"
    assert "1 failed, 2 states passed over" in daemons[MASTER].tool("status").stdout


def test_a_second_signal_to_stop_waits_for_no_script(lab: Lab) -> None:
    hang = f"#!/bin/sh\necho $UNDERSTUDY_STATE >> {RECORD}\nexec sleep 1000\n"
    daemon = start_alone(lab, alone_config(on_stop="/etc/understudy/stop.sh"), hang)
    daemon.wait_state("master")
    daemon.terminate()
    wait_records(daemon.host, ["STOP"])
    assert not daemon.host.address_present(ADDRESS)
    assert daemon.process.is_alive
    assert daemon.stop() == 0
    wait_until(lambda: not daemon.host.processes("sleep"), 5.0, "end of the script")


def test_a_stop_waits_no_longer_for_scripts_than_it_should(lab: Lab) -> None:
    hang = f"#!/bin/sh\necho $UNDERSTUDY_STATE >> {RECORD}\nexec sleep 1000\n"
    daemon = start_alone(lab, alone_config(on_stop="/etc/understudy/stop.sh"), hang)
    daemon.wait_state("master")
    assert daemon.stop(timeout=20.0) == 0
    daemon.wait_log("state scripts did not end in time")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGUSR2])
def test_who_resumes_tells_nothing_twice(lab: Lab, number: int) -> None:
    daemon = start_alone(lab, alone_config(**KEYS))
    told = of_state("BACKUP", 100) + of_state("MASTER", 100)
    wait_records(daemon.host, told)
    wait_until(lambda: daemon.status()["state_scripts"][0]["runs"] == 4, 5.0, "end of the scripts")
    daemon.process.send_signal(number)
    daemon.process.wait()
    daemon.start()
    daemon.wait_state("master")
    assert daemon.router()["reason"].startswith("resumed")
    assert daemon.stop() == 0
    assert records(daemon.host) == told + of_state("STOP", 100)


def test_who_resumes_tells_what_the_daemon_before_it_could_not(lab: Lab) -> None:
    text = f"#!/bin/sh\necho begins >> {RECORD}\ntest -e /var/go && echo ends >> {RECORD} || " \
           "exec sleep 1000\n"
    daemon = start_alone(lab, alone_config(on_master="/etc/understudy/master.sh"), text)
    wait_records(daemon.host, ["begins"])
    daemon.process.send_signal(signal.SIGUSR2)
    daemon.process.wait()
    daemon.host.run("touch /var/go")
    daemon.start()
    wait_records(daemon.host, ["begins", "begins", "ends"])
    assert daemon.router()["reason"].startswith("resumed")


def test_a_new_script_is_taken_over_by_a_signal(lab: Lab) -> None:
    daemon = start_alone(lab, alone_config())
    daemon.wait_state("master")
    daemon.reload(alone_config(on_stop="/etc/understudy/stop.sh"))
    daemon.wait_log("the file was read again changes=1")
    assert daemon.stop() == 0
    assert records(daemon.host) == ["stop.sh "]


def test_a_router_that_leaves_the_file_is_told_when_its_address_has_gone(lab: Lab) -> None:
    look = (f'#!/bin/sh\necho "$(basename "$0") $UNDERSTUDY_ROUTER $UNDERSTUDY_STATE $(ip -4 -o '
            f'address show dev eth0 | grep -c {ADDRESS}/)" >> {RECORD}\n')
    other = ('[router.other]\ninterface = "eth0"\nvrid = 52\nversion = 3\ninterval = "100ms"\n'
             'addresses = ["192.168.56.62/24"]\non_change = "/etc/understudy/change.sh"\n')
    keys = {"on_deleted": "/etc/understudy/fault.sh", "on_stop": "/etc/understudy/stop.sh",
            "on_master": "/etc/understudy/master.sh"}
    daemon = start_alone(lab, alone_config(**keys), look)
    wait_records(daemon.host, ["master.sh k8s-api MASTER 1"])

    daemon.reload(other)
    # Until then it serves, as nobody else takes over.
    told = {"change.sh other MASTER 1", "fault.sh k8s-api DELETED 0"}
    wait_until(lambda: told <= set(records(daemon.host)), 5.0,
               "the router that goes, and the one that comes")
    assert "stop.sh k8s-api STOP 0" not in records(daemon.host)

    # It comes back, and is told anew.
    daemon.host.write_file(RECORD, "", 0o666)
    daemon.reload(alone_config(**keys))
    wait_until(lambda: "master.sh k8s-api MASTER 1" in records(daemon.host), 5.0, "its return")
    assert daemon.stop() == 0
    assert records(daemon.host)[-1] == "stop.sh k8s-api STOP 0"


def test_a_router_of_both_families_is_told_once(lab: Lab) -> None:
    host = lab.host(MASTER, lab.lan(), "192.168.56.61", address6="2001:db8:56::61")
    prepare(host)
    daemon = Understudy(host, alone_config(
        addresses=[f"{ADDRESS}/24", "2001:db8:56::60/64"], **KEYS))
    daemon.start()
    told = of_state("BACKUP", 100) + of_state("MASTER", 100)
    wait_records(host, told)
    assert daemon.stop() == 0
    assert records(host) == told + of_state("STOP", 100)


def test_no_process_is_left_of_scripts(lab: Lab) -> None:
    daemon = start_alone(lab, alone_config(**KEYS), "#!/bin/sh\nsetsid sleep 0.1 &\nexit 0\n")
    daemon.wait_state("master")
    wait_until(lambda: daemon.status()["state_scripts"][0]["runs"] == 4, 5.0, "end of the scripts")
    wait_until(lambda: not [state for state in daemon.host.run(["ps", "-e", "-o", "stat="])
                            .stdout.split() if state.startswith("Z")], 5.0, "no zombie")


def test_a_script_that_is_not_there_is_told_and_changes_nothing(lab: Lab) -> None:
    daemon = start_alone(lab, alone_config(on_master="/etc/understudy/none.sh"))
    daemon.wait_log("on_master of router k8s-api fails: \"/etc/understudy/none.sh\" is not there")
    failed = daemon.wait_log("state script failed")
    assert "No such file or directory" in failed.text
    assert daemon.router()["state"] == "master"


def test_a_master_that_hears_one_of_lower_rank_has_its_script_told(lab: Lab) -> None:
    lan = lab.lan()
    host = lab.host(MASTER, lan, "192.168.56.61")
    stranger = lab.host("stranger", lan, "192.168.56.70")
    prepare(host)
    host.write_file("/etc/understudy/lower.sh", RECORDER, 0o755)
    daemon = Understudy(host, alone_config(on_lower_master="/etc/understudy/lower.sh again",
                                           on_change="/etc/understudy/change.sh"))
    daemon.start()
    daemon.wait_state("master")
    settled = lab.now() + 1.1  # before that it may be the last word of who was master before
    wait_until(lambda: lab.now() > settled, 5.0, "a master of some time")
    send_vrrp(stranger, encode_v3(priority=50, interval_centiseconds=10))
    wait_until(lambda: records(host)[-1:] == ["lower.sh again"], 5.0, "the record of it")
    assert [line.split()[-2] for line in records(host)[:-1]] == ["BACKUP", "MASTER"]


FIFO = "/run/understudy/states"


class Confined(Understudy):
    """With no more of root's rights than the unit file grants."""

    def _command(self) -> Command:
        unit = (REPOSITORY / "packaging" / "understudy.service").read_text()
        granted = re.findall(r"CAP_(\w+)", unit.partition("\nCapabilityBoundingSet=")[2]
                             .partition("\n")[0])
        bounds = ",".join(["-all", *(f"+{name.lower()}" for name in granted)])
        return ["setpriv", "--bounding-set", bounds, *super()._command()]


def fifo_config(**keys: object) -> str:
    lines = [f"{key} = {value}" for key, value in keys.items()]
    return "\n".join(["[daemon]", f'state_fifo = "{FIFO}"', *lines, ""])


def test_a_fifo_has_a_line_for_each_state(lab: Lab) -> None:
    host = lab.host(MASTER, lab.lan(), "192.168.56.61")
    host.run("mkdir -p /run/understudy")
    daemon = Understudy(host, fifo_config() + alone_config())
    daemon.start()
    daemon.wait_state("master")
    assert host.run(f"stat -c '%F %a %U' {FIFO}").stdout == "fifo 600 root\n"
    reader = host.spawn(["cat", FIFO])
    assert daemon.stop() == 0
    reader.wait_line('INSTANCE "k8s-api" STOP 100')
    assert [line.text for line in reader.lines] == [
        f'INSTANCE "k8s-api" {state} 100' for state in ("BACKUP", "MASTER", "STOP")]


def test_a_fifo_is_given_to_its_reader_with_the_rights_of_the_unit(lab: Lab) -> None:
    host = lab.host(MASTER, lab.lan(), "192.168.56.61")
    host.run("mkdir -p /run/understudy")
    daemon = Confined(host, fifo_config(state_fifo_user='"nobody"', state_fifo_group='"daemon"')
                      + alone_config())
    for _ in range(2):
        daemon.start()
        daemon.wait_state("master")
        assert daemon.status()["state_fifos"][0]["problem"] is None
        assert host.run(f"stat -c '%a %U %G' {FIFO}").stdout == "640 nobody daemon\n"
        assert daemon.stop() == 0


def test_what_is_there_and_is_no_fifo_of_ours_is_left_alone(lab: Lab) -> None:
    host = lab.host(MASTER, lab.lan(), "192.168.56.61")
    host.write_file(FIFO, "precious\n")
    daemon = Understudy(host, fifo_config() + alone_config())
    daemon.start()
    daemon.wait_log("states can't be written to the FIFO")
    daemon.wait_state("master")
    assert host.read_file(FIFO) == "precious\n"
    assert daemon.status()["state_fifos"][0]["problem"] == f"{FIFO} is there, and is no FIFO"
    # Once that is gone, what was not written follows.
    host.run(f"rm {FIFO}")
    assert daemon.stop() == 0
    assert host.run(f"stat -c %F {FIFO}").stdout == "fifo\n"


def test_the_reader_of_a_fifo_runs_as_its_user_and_is_told_all(lab: Lab) -> None:
    host = lab.host(MASTER, lab.lan(), "192.168.56.61")
    host.run("mkdir -p /run/understudy")
    prepare(host)
    host.write_file("/etc/understudy/reader.sh",
                    f'#!/bin/sh\nid -un >> {RECORD}\nexec cat "$1" >> {RECORD}\n', 0o755)
    daemon = Understudy(host, fifo_config(state_fifo_reader='"/etc/understudy/reader.sh"',
                                          state_fifo_user='"nobody"') + alone_config())
    daemon.start()
    daemon.wait_state("master")
    wait_records(host, ["nobody", *(f'INSTANCE "k8s-api" {state} 100'
                                    for state in ("BACKUP", "MASTER"))])
    assert daemon.stop() == 0
    wait_until(lambda: not host.processes("cat"), 5.0, "end of the reader")


KEEPALIVED = """\
global_defs {
    script_user root
    enable_script_security
    vrrp_version 3
    notify_fifo /var/fifo
    vrrp_notify_priority_changes true
}
vrrp_script service {
    script "/usr/bin/test -e /var/service"
    interval 1
}
vrrp_script bonus {
    script "/usr/bin/test -e /var/bonus"
    interval 1
    weight 3
}
vrrp_sync_group VG {
    group { VI_1 VI_2 }
    notify "/etc/keepalived/change.sh of group"
    notify_master "/etc/keepalived/master.sh of group"
    notify_backup "/etc/keepalived/backup.sh of group"
    notify_fault "/etc/keepalived/fault.sh of group"
    notify_stop "/etc/keepalived/stop.sh of group"
    sync_group_tracking_weight
}
"""


def keepalived_config(priority: int) -> str:
    return KEEPALIVED + "".join(f"""\
vrrp_instance VI_{number} {{
    state BACKUP
    interface eth0
    virtual_router_id {50 + number}
    priority {priority}
    advert_int 0.2
    virtual_ipaddress {{ 192.168.56.{60 + number}/24 }}
    track_script {{ service
        bonus }}
    notify_master "/etc/keepalived/master.sh {number} 'a b'"
    notify_backup "/etc/keepalived/backup.sh {number}"
    notify_fault  /etc/keepalived/fault.sh
    notify_stop   "/etc/keepalived/stop.sh {number}" root root
    notify        "/etc/keepalived/change.sh {number}"
}}
""" for number in (1, 2))


class Story:
    """Two hosts with that file: the first is preferred, starts unfit, fails, comes back, loses its
    link, and stops."""

    def __init__(self, lab: Lab, number: int, kinds: list[type[Daemon]]) -> None:
        lan = lab.lan()
        self.hosts = [lab.host(f"host{number}{index}", lan, f"192.168.56.{10 + index}")
                      for index in (0, 1)]
        self.daemons: list[Daemon] = []
        self.readers = []
        for host, priority, kind in zip(self.hosts, (100, 90), kinds, strict=True):
            prepare(host, "/etc/keepalived")
            self.daemons.append(kind(host, keepalived_config(priority),
                                     path="/etc/keepalived/keepalived.conf"))
            host.run("mkfifo -m 600 /var/fifo")
            self.readers.append(host.spawn("exec cat <> /var/fifo", name="cat"))

    def _wait(self, condition: Callable[[], bool], what: str) -> None:
        wait_until(condition, 10.0, what)

    def _until(self, index: int, states: list[str]) -> None:
        """Until the host's group has been told these states."""
        def told() -> list[str]:
            return [line.split()[-2] for line in records(self.hosts[index])
                    if line.startswith("change.sh of group GROUP")]
        try:
            wait_until(lambda: told() == states, 10.0, f"{states} on {self.hosts[index].name}")
        except TimeoutError:
            assert told() == states

    def play(self) -> None:
        first = ["FAULT"]
        self.daemons[0].start()
        self._until(0, first)
        self.hosts[0].run("touch /var/service")
        first += ["BACKUP", "MASTER"]
        self._until(0, first)
        self.hosts[1].run("touch /var/service")
        self.daemons[1].start()
        self._until(1, ["BACKUP"])
        self.hosts[1].run("touch /var/bonus")
        self.readers[1].wait_line('INSTANCE "VI_2" BACKUP_PRIORITY 93', 10.0)
        self.hosts[0].run("rm /var/service")
        first += ["FAULT"]
        self._until(0, first)
        self._until(1, ["BACKUP", "MASTER"])
        self.hosts[0].run("touch /var/service")
        first += ["BACKUP", "MASTER"]
        self._until(0, first)
        second = ["BACKUP", "MASTER", "BACKUP"]
        self._until(1, second)
        for change, told in (("down", ["FAULT"]), ("up", ["BACKUP", "MASTER"])):
            self.hosts[0].run(f"ip link set eth0 {change}")
            first += told
            self._until(0, first)
            second += ["MASTER"] if change == "down" else ["BACKUP"]
            self._until(1, second)
        for index, told in ((0, [*first, "STOP"]), (1, [*second, "MASTER", "STOP"])):
            self.daemons[index].stop(timeout=10.0)
            self._until(index, told)

    def told(self, index: int) -> dict[str, list[str]]:
        """What each script was called with, in order; who runs beside whom is not the same."""
        told: dict[str, list[str]] = {}
        for line in records(self.hosts[index]):
            script, *rest = line.split(" ")
            key = script + (" of group" if rest[:1] == ["of"] else f" {rest[0]}")
            told.setdefault(key, []).append(line)
        for line in self.readers[index].lines:
            # Who yields to keepalived here says so by an advert, which keepalived takes for one.
            if "MASTER_RX_LOWER_PRI" in line.text:
                continue
            told.setdefault("fifo " + line.text.split()[1], []).append(line.text)
        return told


@pytest.mark.needs("keepalived")
def test_scripts_and_fifos_are_told_what_keepalived_tells_them(lab: Lab) -> None:
    stories = [Story(lab, number, kinds) for number, kinds in
               enumerate(([Understudy, Keepalived], [Keepalived, Understudy]))]
    for story in stories:
        story.play()
    for index in (0, 1):
        assert stories[0].told(index) == stories[1].told(index)
