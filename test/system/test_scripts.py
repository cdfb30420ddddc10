"""Check scripts that fail in every way a script can."""

import re

import pytest

from lab import ADDRESS, MASTER, Lab, Understudy, wait_until

pytestmark = pytest.mark.needs("understudy")

CONFIG = """\
[check.script]
script   = "/etc/understudy/check.sh"
interval = "200ms"
timeout  = "150ms"

[router.web]
interface = "eth0"
vrid      = 51
addresses = ["192.168.56.60/24"]
checks    = ["script"]
"""

GOOD = "#!/bin/sh\nexit 0\n"


def start(lab: Lab, script: str | None, mode: int = 0o755) -> Understudy:
    host = lab.host(MASTER, lab.lan(), "192.168.56.61")
    daemon = Understudy(host, CONFIG)
    if script is not None:
        host.write_file("/etc/understudy/check.sh", script, mode)
    daemon.start()
    daemon.wait_ready()
    return daemon


def wait_verdict(daemon: Understudy, verdict: str) -> str:
    wait_until(lambda: daemon.check()["verdict"] == verdict, 5.0, f"verdict {verdict}")
    return daemon.check()["detail"]


def test_a_script_that_passes_lets_the_router_serve(lab: Lab) -> None:
    daemon = start(lab, GOOD)
    daemon.wait_state("master")
    assert daemon.host.address_present(ADDRESS)


def test_a_script_that_begins_to_fail_takes_the_address_away_with_its_reason(lab: Lab) -> None:
    daemon = start(lab, GOOD)
    daemon.wait_state("master")
    daemon.host.write_file("/etc/understudy/check.sh",
                           "#!/bin/sh\necho 'upstream refuses' >&2\nexit 3\n", 0o755)
    daemon.host.wait_address(ADDRESS, present=False)
    assert daemon.router()["reason"] == "check script: exit status 3: upstream refuses"


def test_a_script_that_hangs_is_ended_with_all_that_it_started(lab: Lab) -> None:
    daemon = start(lab, "#!/bin/sh\nsleep 1000 &\nsleep 1000\n")
    assert "timed out" in wait_verdict(daemon, "bad")
    stop = daemon.stop()
    assert stop == 0
    wait_until(lambda: not daemon.host.processes("sleep"), 5.0, "end of all that it started")


def test_a_script_that_is_not_executable_is_a_failure_with_the_reason(lab: Lab) -> None:
    daemon = start(lab, GOOD, mode=0o644)
    assert "Permission denied" in wait_verdict(daemon, "bad")
    assert daemon.router()["state"] == "initialize"


def test_a_script_that_does_not_exist_is_a_failure_with_the_reason(lab: Lab) -> None:
    daemon = start(lab, None)
    assert "No such file or directory" in wait_verdict(daemon, "bad")
    assert not daemon.host.address_present(ADDRESS)


def test_a_script_runs_as_nobody_without_groups_and_capabilities(lab: Lab) -> None:
    daemon = start(lab, "#!/bin/sh\necho \"$(id -un) $(id -G) "
                        "$(grep CapEff /proc/self/status)\" >&2\nexit 1\n")
    detail = wait_verdict(daemon, "bad")
    assert re.search(r": nobody 65534 CapEff:\W*0000000000000000", detail), detail


def test_no_process_is_left_of_hundreds_of_runs(lab: Lab) -> None:
    daemon = start(lab, "#!/bin/sh\nexit 0\n")
    daemon.wait_state("master")
    runs = lab.now() + 3
    wait_until(lambda: lab.now() > runs, 5.0, "a dozen runs")
    listed = daemon.host.run(["ps", "-e", "-o", "stat="]).stdout.split()
    assert not [state for state in listed if state.startswith("Z")]
