"""A pair on which no host is fit: one of them serves all the same, where the file says so."""

import pytest

from lab import ADDRESS, BACKUP, CONFIG, MASTER, Pair, wait_until

pytestmark = pytest.mark.needs("understudy", "nginx")

# The second check can't run where the first one is bad.
LAST_RESORT = CONFIG.replace('checks    = ["nginx"]',
                             'checks    = ["nginx", "answers"]\nlast_resort = true') + """
[check.answers]
shell = "exit 0"
user  = "nobody"
after = "nginx"
"""


def test_when_no_host_is_fit_one_serves_with_priority_1(pair: Pair) -> None:
    assert "last_resort" in LAST_RESORT
    daemons = pair.understudy(LAST_RESORT)
    pair.nginx[MASTER].kill()
    pair.settle(BACKUP)
    pair.nginx[BACKUP].kill()
    for daemon in daemons.values():
        wait_until(lambda d=daemon: d.router()["priority"] == 1, 5.0, "priority 1")
    wait_until(lambda: [d.router()["state"] for d in daemons.values()].count("master") == 1, 10.0,
               "one master")
    assert sum(daemon.holds(ADDRESS) for daemon in daemons.values()) == 1
    pair.nginx[MASTER].start()
    # It may have been master already, as the least unfit.
    wait_until(lambda: daemons[MASTER].router()["priority"] == 100, 5.0, "priority 100")
    pair.settle(MASTER, timeout=15.0)
