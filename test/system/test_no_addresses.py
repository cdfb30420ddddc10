"""Routers without addresses: their adverts tell who is master, and scripts move what is to move."""

from collections.abc import Callable

import pytest

from lab import BACKUP, MASTER, Daemon, Host, Keepalived, Lab, Pair, Understudy, wait_until

pytestmark = pytest.mark.needs("understudy", "keepalived")

PRIORITIES = {MASTER: 100, BACKUP: 90}
KEEPALIVED = "/etc/understudy/keepalived.conf"
NOT_SUPPORTED = """
static_routes {
    192.0.2.0/24 dev eth0
}
bfd_instance gateway {
    neighbor_ip 192.168.56.1
}
"""


def config(name: str) -> str:
    return f"""
        vrrp_instance VI_1 {{
            state BACKUP
            interface eth0
            virtual_router_id 51
            priority {PRIORITIES[name]}
            authentication {{
                auth_type PASS
                auth_pass 1111
            }}
        }}"""


def understudy(host: Host, name: str) -> Understudy:
    return Understudy(host, config(name), path=KEEPALIVED)


def keepalived(host: Host, name: str) -> Keepalived:
    return Keepalived(host, config(name))


def wait_master(daemon: Daemon, since: float = 0.0) -> float:
    pattern = "to=master" if isinstance(daemon, Understudy) else "Entering MASTER STATE"
    return daemon.wait_log(pattern, since=since).at


@pytest.mark.parametrize(("first", "second"), [(understudy, understudy), (understudy, keepalived),
                                               (keepalived, understudy)])
def test_the_better_host_is_master_and_the_other_follows(
        lab: Lab, first: Callable[[Host, str], Daemon], second: Callable[[Host, str], Daemon],
) -> None:
    pair = Pair(lab)
    master = pair.start(MASTER, first(pair.master, MASTER))
    wait_master(master)
    backup = pair.start(BACKUP, second(pair.backup, BACKUP))
    if isinstance(backup, Understudy):
        # More than one down interval of adverts, all of which were taken.
        backup.wait_state("backup")
        wait_until(lambda: backup.router()["counters"]["advertisements_received"] >= 5, timeout=10.0)
        assert backup.router()["state"] == "backup"
        assert backup.router()["counters"]["refused"] == {}
    else:
        wait_until(lambda: master.router()["counters"]["advertisements_sent"] >= 12, timeout=15.0)
        assert not any("Entering MASTER STATE" in str(line) for line in backup.process.lines)
        assert master.router()["counters"]["refused"] == {}
    left = master.terminate()
    wait_master(backup, since=left)


def test_what_is_not_supported_is_left_out_where_that_is_asked_for(lab: Lab) -> None:
    host = lab.host("lone", lab.lan(), "192.168.56.63")
    tool = Understudy(host, config(MASTER) + NOT_SUPPORTED, path=KEEPALIVED)

    refused = tool.tool("check", tool.path, check=False)
    assert refused.returncode == 1 and "static_routes is not supported" in refused.stderr

    taken = tool.tool("check", "--lenient", tool.path)
    assert "static_routes is left out" in taken.stderr and "1 router" in taken.stdout
