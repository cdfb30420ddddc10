"""Process checks of a real nginx: what reloads and upgrades it changes nothing, its death does."""

import os
import signal

import pytest

from lab import ADDRESS, BACKUP, MASTER, Lab, Nginx, Pair, Understudy, configuration_file, wait_until

pytestmark = pytest.mark.needs("understudy", "nginx")

KINDS = ("name", "program", "title", "pattern", "file")
CONFIG = """\
[router.web]
interface = "eth0"
vrid      = 51
addresses = ["192.168.56.60/24"]
checks    = ["name", "program", "title", "pattern", "file"]

[check.name]
process = "nginx"

[check.program]
executable = "/usr/sbin/nginx"
min        = 2

[check.title]
command_line = "nginx: master process"
match        = "prefix"

[check.pattern]
command_line = "^nginx: (master|worker) process( |$)"
match        = "regex"

[check.file]
pid_file = "/run/nginx.pid"
"""

PATIENT = """\
[router.web]
interface = "eth0"
vrid      = 51
addresses = ["192.168.56.60/24"]
checks    = ["nginx"]

[check.nginx]
process = "nginx"
grace   = "5s"
"""


@pytest.fixture
def nginx(lab: Lab) -> Nginx:
    server = Nginx(lab.host(MASTER, lab.lan(), "192.168.56.61"))
    # It executes itself by the name that it was called by, and knows no search path.
    server.host.run(["/usr/sbin/nginx"])
    wait_until(lambda: len(server.processes()) == 2, what="master and worker")
    return server


def started(nginx: Nginx, config: str, state: str = "master") -> Understudy:
    daemon = Understudy(nginx.host, config)
    daemon.start()
    daemon.wait_state(state)
    return daemon


def assert_no_failure(daemon: Understudy) -> None:
    assert not [line for line in daemon.process.lines.since(0.0) if "check failed" in line.text]
    assert daemon.holds(ADDRESS)


def test_a_reload_fails_no_check(nginx: Nginx) -> None:
    daemon = started(nginx, CONFIG)
    for _ in range(5):
        master, worker = nginx.processes()
        nginx.reload()
        wait_until(lambda w=worker: w not in nginx.processes() and len(nginx.processes()) == 2,
                   what="a new worker alone")
        assert nginx.processes()[0] == master
    assert_no_failure(daemon)


def test_an_upgrade_of_the_program_fails_no_check(nginx: Nginx) -> None:
    daemon = started(nginx, CONFIG)
    for _ in range(3):
        old = nginx.processes()
        os.kill(old[0], signal.SIGUSR2)
        wait_until(lambda o=old: len(set(nginx.processes()) - set(o)) == 2, what="the new nginx")
        os.kill(old[0], signal.SIGQUIT)
        wait_until(lambda o=old: not set(nginx.processes()) & set(o), what="the old one's end")
    assert_no_failure(daemon)
    nginx.kill()
    daemon.wait_state("initialize")
    assert {daemon.check(kind)["verdict"] for kind in KINDS} == {"bad"}


def test_each_kind_notices_death_and_return(nginx: Nginx) -> None:
    daemon = started(nginx, CONFIG)
    nginx.kill()
    for kind in KINDS:
        wait_until(lambda k=kind: daemon.check(k)["verdict"] == "bad", what=f"{kind} is bad")
    nginx.start()
    for kind in KINDS:
        wait_until(lambda k=kind: daemon.check(k)["verdict"] == "good", what=f"{kind} is good")
    daemon.wait_state("master")


def test_a_restart_within_the_grace_moves_nothing(nginx: Nginx) -> None:
    daemon = started(nginx, PATIENT)
    nginx.stop()
    wait_until(lambda: "borne for 5 s" in daemon.check()["detail"], what="a word of the grace")
    nginx.start()
    wait_until(lambda: "borne" not in daemon.check()["detail"], what="an end of the grace")
    assert_no_failure(daemon)


def test_an_idle_check_does_not_wake_the_daemon(nginx: Nginx) -> None:
    # A backup that waits for a minute before it takes over.
    quiet = PATIENT.replace("[check.nginx]", 'version = 3\ninterval = "20s"\n\n[check.nginx]')
    daemon = started(nginx, quiet, "backup")
    status = f"/proc/{daemon.process.pid}/status"

    def wakes() -> int:
        with open(status) as lines:
            return next(int(line.split()[1]) for line in lines
                        if line.startswith("voluntary_ctxt_switches"))

    seen = [-1000]

    def slept() -> bool:
        seen.append(wakes())
        return seen[-1] - seen[-2] <= 1

    # For a second after it has turned good the check looks again.
    wait_until(slept, 30.0, "three seconds without a wake-up", pause=3.0)


def test_a_keepalived_conf_with_track_process_works_in_a_host(pair: Pair) -> None:
    daemons = {}
    for name, host in pair.hosts.items():
        text = configuration_file(f"{name}.conf")
        block = text[text.index("vrrp_script"):text.index("vrrp_instance")]
        text = text.replace(block, "vrrp_track_process nginx {\n    process nginx\n}\n\n")
        at = text.index("track_script")
        end = text.index("}", at)
        text = f"{text[:at]}track_process {{\n        nginx\n    {text[end:]}"
        daemons[name] = Understudy(host, text, path="/etc/keepalived/keepalived.conf")
        pair.start(name, daemons[name])
    pair.settle()
    killed = pair.nginx[MASTER].kill()
    pair.wait_holder(BACKUP, since=killed)
    pair.nginx[MASTER].start()
    pair.settle(MASTER, timeout=15.0)
    assert daemons[MASTER].check("nginx")["verdict"] == "good"


CROWD = """\
[router.web]
interface = "eth0"
vrid      = 51
addresses = ["192.168.56.60/24"]
checks    = ["workers"]

[check.workers]
process = "worker"
min     = 1000
"""


def test_two_thousand_processes_are_counted_and_their_deaths_told(lab: Lab) -> None:
    host = lab.host(MASTER, lab.lan(), "192.168.56.61")
    host.run(["cp", "/bin/sleep", "/run/worker"])
    host.spawn(["sh", "-c", "for i in $(seq 2000); do /run/worker 600 & done; wait"])
    wait_until(lambda: len(host.processes("worker")) == 2000, 60.0, "2,000 processes")
    daemon = Understudy(host, CROWD)
    daemon.start()
    daemon.wait_state("master", timeout=10.0)
    workers = host.processes("worker")
    for pid in workers[:1000]:
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: len(host.processes("worker")) == 1000, 30.0, "the end of 1,000")
    assert daemon.check()["verdict"] == "good"
    assert daemon.router()["counters"]["became_master"] == 1
    os.kill(workers[-1], signal.SIGKILL)
    daemon.wait_state("initialize", timeout=10.0)
    assert "999" in daemon.check()["detail"]


def test_a_storm_of_other_processes_costs_little_and_hides_nothing(lab: Lab) -> None:
    nginx = Nginx(lab.host(MASTER, lab.lan(), "192.168.56.61"))
    daemon = Understudy(nginx.host, PATIENT.replace('grace   = "5s"', ""))
    daemon.start()
    # It wants to know of each new process as long as there is no nginx.
    daemon.wait_state("initialize")
    storm = [nginx.host.spawn(["sh", "-c", "while :; do /bin/true; done"]) for _ in range(4)]

    def born() -> int:
        return int(nginx.host.run(["cat", "/proc/sys/kernel/ns_last_pid"]).stdout)

    def processor_ticks() -> int:
        with open(f"/proc/{daemon.process.pid}/stat") as stat:
            return sum(map(int, stat.read().rsplit(")", 1)[1].split()[11:13]))

    first, before = born(), processor_ticks()
    wait_until(lambda: born() - first > 2000, 60.0, "2,000 processes that come and go")
    used = (processor_ticks() - before) / os.sysconf("SC_CLK_TCK")
    # A millisecond for each would be as dear as the storm itself.
    assert used < 2000 * 0.001
    nginx.start()
    daemon.wait_state("master", timeout=20.0)
    nginx.kill()
    daemon.wait_state("initialize", timeout=20.0)
    for shell in storm:
        shell.kill()
