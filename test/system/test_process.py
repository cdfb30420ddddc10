"""What the daemon is to the kernel: its real-time priority, its locked memory, its rights."""

import re
from pathlib import Path

import pytest

from lab import ADDRESS, BINARY, MASTER, REPOSITORY, Lab, Process, Understudy, wait_until

pytestmark = pytest.mark.needs("understudy")

ORDINARY, ROUND_ROBIN = 0, 2  # SCHED_OTHER, SCHED_RR
SERVICE = {"NOTIFY_SOCKET": "/run/notify"}
BOTH_OFF = {"realtime_priority": None, "memory_locked": False}

ROUTER = """
[router.web]
interface = "eth0"
vrid      = 51
addresses = ["192.168.56.60/24"]
"""

WITH_SCRIPT = ROUTER + """\
checks    = ["script"]

[check.script]
script   = "/etc/understudy/check.sh"
interval = "200ms"
user     = "nobody"
"""

# What a script is to the kernel, for the test to read.
SHOW = """\
#!/bin/sh
cat /proc/$$/stat /proc/$$/status > /tmp/seen.part && mv /tmp/seen.part /tmp/seen
"""


def settings(**values: object) -> str:
    lines = [f"{key} = {str(value).lower()}" for key, value in values.items()]
    return "\n".join(["[daemon]", *lines, ""])


class Launched(Understudy):
    """Started by hand: behind other words, in another environment."""

    def launch(self, *before: str, environment: dict[str, str] | None = None) -> Process:
        command = [*before, BINARY, "run", "--config", self.path]
        self.process = self.host.spawn(command, "understudy", environment)
        self.wait_ready()
        return self.process


@pytest.fixture
def daemon(lab: Lab) -> Launched:
    host = lab.host(MASTER, lab.lan(), "192.168.56.61")
    return Launched(host, ROUTER)


def scheduling(stat: str) -> tuple[int, int]:
    """Policy and real-time priority: fields 41 and 40 of proc_pid_stat(5)."""
    fields = stat.rpartition(")")[2].split()
    return int(fields[38]), int(fields[37])


def locked_kib(status: str) -> int:
    found = re.search(r"^VmLck:\s*(\d+) kB", status, re.MULTILINE)
    assert found
    return int(found[1])


def seen_of(process: Process) -> tuple[tuple[int, int], int]:
    folder = Path(f"/proc/{process.pid}")
    return (scheduling((folder / "stat").read_text()),
            locked_kib((folder / "status").read_text()))


def without(*capabilities: str) -> tuple[str, ...]:
    """A launcher that takes rights away, and the limits that would stand for them."""
    dropped = ",".join(f"-{name}" for name in capabilities)
    return ("prlimit", "--rtprio=0", "--memlock=65536:65536", "setpriv", "--bounding-set", dropped)


def test_settings_hold_for_the_daemon_and_not_for_its_scripts(daemon: Launched) -> None:
    daemon.write_config(settings(realtime_priority=20, lock_memory=True) + WITH_SCRIPT)
    daemon.host.write_file("/etc/understudy/check.sh", SHOW, 0o755)
    process = daemon.launch()
    daemon.wait_state("master")
    policy, locked = seen_of(process)
    assert policy == (ROUND_ROBIN, 20) and locked > 0
    assert daemon.status()["process"] == {"realtime_priority": 20, "memory_locked": True}
    script = daemon.host.read_file("/tmp/seen")
    assert scheduling(script.splitlines()[0]) == (ORDINARY, 0)
    assert locked_kib(script) == 0


def test_an_ordinary_start_takes_neither(daemon: Launched) -> None:
    process = daemon.launch()
    assert seen_of(process) == ((ORDINARY, 0), 0)
    assert daemon.status()["process"] == BOTH_OFF


@pytest.mark.parametrize("environment", [SERVICE, {"INVOCATION_ID": "5eca"}])
def test_under_a_service_manager_both_are_usual(daemon: Launched,
                                                environment: dict[str, str]) -> None:
    process = daemon.launch(environment=environment)
    policy, locked = seen_of(process)
    assert policy == (ROUND_ROBIN, 10) and locked > 0


def test_the_file_turns_off_what_is_usual(daemon: Launched) -> None:
    daemon.write_config(settings(realtime_priority=0, lock_memory=False) + ROUTER)
    process = daemon.launch(environment=SERVICE)
    assert seen_of(process) == ((ORDINARY, 0), 0)


def test_what_is_asked_for_and_refused_is_a_warning_that_helps(daemon: Launched) -> None:
    daemon.write_config(settings(realtime_priority=20, lock_memory=True) + ROUTER)
    daemon.launch(*without("sys_nice", "ipc_lock"))
    priority = daemon.wait_log("no real-time priority").text
    memory = daemon.wait_log("memory is not locked").text
    for line, help_words in ((priority, ("CAP_SYS_NICE", "LimitRTPRIO=", "not permitted")),
                             (memory, ("CAP_IPC_LOCK", "LimitMEMLOCK=infinity"))):
        assert "warning" in line and all(word in line for word in help_words)
    assert daemon.status()["process"] == BOTH_OFF
    daemon.wait_state("master")


def test_what_is_only_usual_and_refused_is_one_line_of_information(daemon: Launched) -> None:
    daemon.launch(*without("sys_nice", "ipc_lock"), environment=SERVICE)
    for pattern in ("no real-time priority", "memory is not locked"):
        assert "info" in daemon.wait_log(pattern).text
    assert daemon.status()["process"] == BOTH_OFF


def test_a_limit_does_instead_of_a_right(daemon: Launched) -> None:
    limits = ("prlimit", "--rtprio=10", "--memlock=unlimited")
    if daemon.host.run([*limits, "true"], check=False).returncode != 0:
        pytest.skip("limits can't be raised here")
    process = daemon.launch(*limits, "setpriv", "--bounding-set", "-sys_nice,-ipc_lock",
                            environment=SERVICE)
    policy, locked = seen_of(process)
    assert policy == (ROUND_ROBIN, 10) and locked > 0


def test_the_rights_that_the_unit_leaves_are_enough(daemon: Launched) -> None:
    unit = (REPOSITORY / "packaging" / "understudy.service").read_text()
    found = re.search(r"^CapabilityBoundingSet=(.*)$", unit, re.MULTILINE)
    assert found
    kept = [name.removeprefix("CAP_").lower() for name in found[1].split()]
    daemon.write_config(WITH_SCRIPT)
    daemon.host.write_file("/etc/understudy/check.sh", SHOW, 0o755)
    daemon.launch("prlimit", "--rtprio=0", "--memlock=65536:65536", "setpriv", "--no-new-privs",
                  "--bounding-set", ",".join(["-all", *(f"+{name}" for name in kept)]),
                  environment=SERVICE)
    daemon.wait_state("master")
    assert daemon.host.address_present(ADDRESS)
    assert daemon.status()["process"] == {"realtime_priority": 10, "memory_locked": True}
    daemon.host.write_file("/etc/understudy/check.sh", "#!/bin/sh\nsleep 1000\n", 0o755)
    wait_until(lambda: "timed out" in daemon.check()["detail"], 5.0, "a script that hangs")
    assert daemon.stop() == 0
    wait_until(lambda: daemon.host.processes("sleep") == [], 5.0, "the script's end")
