"""Check scripts that fail in every way a script can."""

import os
import re
import signal

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

SLOW_CONFIG = CONFIG.replace("200ms", "1s").replace("150ms", "5s")

GOOD = "#!/bin/sh\nexit 0\n"


def start(lab: Lab, script: str | None, mode: int = 0o755, config: str = CONFIG) -> Understudy:
    host = lab.host(MASTER, lab.lan(), "192.168.56.61")
    daemon = Understudy(host, config)
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
    daemon.host.write_file("/etc/understudy/next.sh",
                           "#!/bin/sh\necho 'upstream refuses' >&2\nexit 3\n", 0o755)
    # In one step, so that no run of it finds nothing there.
    daemon.host.run("mv /etc/understudy/next.sh /etc/understudy/check.sh")
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


def test_a_script_that_leaves_its_group_is_ended_too(lab: Lab) -> None:
    daemon = start(lab, "#!/bin/sh\nsetsid sleep 1001 &\nsetsid sh -c 'sleep 1002 & wait' &\nwait\n")
    assert "timed out" in wait_verdict(daemon, "bad")
    daemon.host.write_file("/etc/understudy/check.sh", GOOD, 0o755)
    wait_verdict(daemon, "good")
    wait_until(lambda: not daemon.host.processes("sleep"), 5.0, "end of all that it started")


def test_no_script_outlives_a_daemon_that_is_killed(lab: Lab) -> None:
    daemon = start(lab, "#!/bin/sh\nsleep 1000 &\nsleep 1000\n")
    wait_until(lambda: bool(daemon.host.processes("sleep")), 5.0, "a script that runs")
    daemon.process.send_signal(signal.SIGKILL)
    daemon.process.wait()
    wait_until(lambda: not daemon.host.processes("sleep"), 5.0, "end of all that it started")
    wait_until(lambda: not daemon.host.processes("script-launcher"), 5.0, "end of the launcher")


def test_a_launcher_that_is_killed_is_replaced(lab: Lab) -> None:
    daemon = start(lab, GOOD)
    daemon.wait_state("master")
    launchers = daemon.host.processes("script-launcher")
    assert len(launchers) == 1
    os.kill(next(iter(launchers)), signal.SIGKILL)
    wait_until(lambda: daemon.host.processes("script-launcher")
               not in (launchers, type(launchers)()), 5.0, "another launcher")
    daemon.wait_state("master")
    assert daemon.check()["verdict"] == "good"


def test_a_launcher_that_is_killed_while_scripts_run_costs_nothing(lab: Lab) -> None:
    daemon = start(lab, "#!/bin/sh\nsleep 0.5\n", config=SLOW_CONFIG)
    daemon.wait_state("master")
    for _ in range(3):
        wait_until(lambda: bool(daemon.host.processes("sleep")), 5.0, "a script that runs")
        results = daemon.check().get("good_results", 0)
        os.kill(daemon.host.processes("script-launcher")[0], signal.SIGKILL)
        wait_until(lambda: daemon.check()["good_results"] > results + 1, 5.0, "more results")
    assert daemon.check()["bad_results"] == 0


def test_what_a_script_started_ends_when_the_launcher_is_killed(lab: Lab) -> None:
    daemon = start(lab, "#!/bin/sh\n[ -e /tmp/once ] && exit\ntouch /tmp/once\n"
                        "sleep 1000 &\nsetsid sleep 1001 &\nwait\n", config=SLOW_CONFIG)
    wait_until(lambda: len(daemon.host.processes("sleep")) == 2, 5.0, "a script that runs")
    os.kill(daemon.host.processes("script-launcher")[0], signal.SIGKILL)
    wait_until(lambda: not daemon.host.processes("sleep"), 5.0, "end of all that it started")
    wait_verdict(daemon, "good")


def test_a_script_of_roots_that_a_group_can_replace_is_not_run(lab: Lab) -> None:
    host = lab.host(MASTER, lab.lan(), "192.168.56.61")
    config = CONFIG.replace("[router.web]", 'user     = "root"\n\n[router.web]')
    daemon = Understudy(host, config)
    host.write_file("/etc/understudy/check.sh", "#!/bin/sh\ntouch /tmp/check.ran\n", 0o755)
    host.run(["chgrp", "staff", "/etc/understudy"])
    host.run(["chmod", "0775", "/etc/understudy"])
    daemon.start()
    daemon.wait_ready()
    wanted = ("/etc/understudy is writable by group staff (mode 0775): "
              "a script there can't run as root")
    assert wait_verdict(daemon, "bad") == f"cannot be executed: {wanted}"
    told = daemon.tool("check", daemon.path, check=False)
    assert f"check script fails: {wanted}" in told.stderr
    assert host.run(["test", "-e", "/tmp/check.ran"], check=False).returncode == 1
    host.run(["chmod", "0755", "/etc/understudy"])
    daemon.wait_state("master")
    assert host.run(["test", "-e", "/tmp/check.ran"], check=False).returncode == 0


def test_a_line_for_the_shell_with_its_environment(lab: Lab) -> None:
    host = lab.host(MASTER, lab.lan(), "192.168.56.61")
    line = "env | grep ^UNDERSTUDY | sort | tr '\\\\n' ' ' >&2; false"
    daemon = Understudy(host, re.sub("script   = .*", f'shell = "{line}"', CONFIG))
    daemon.start()
    daemon.wait_ready()
    assert wait_verdict(daemon, "bad") == (
        "exit status 1: UNDERSTUDY_CHECK=script UNDERSTUDY_HOST=lb-master "
        "UNDERSTUDY_ROUTER=web UNDERSTUDY_TIMEOUT_MS=150")
