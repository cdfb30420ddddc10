"""An address ends with its daemon, and a daemon that is started again goes on where it was."""

import signal

import pytest

from lab import (ADDRESS, BACKUP, CONFIG, MASTER, Lab, Pair, Understudy, pair_config)

pytestmark = pytest.mark.needs("understudy")

WITHOUT_CHECK = CONFIG[CONFIG.index("[router"):].replace('checks    = ["nginx"]', "")
# The longest that the kernel lets an address live whose lease of two seconds nobody renews.
KERNEL_SLACK = 1.6


def held_by_two(pair: Pair) -> float:
    """For how long, in all, both hosts had the address at the same time."""
    events = sorted((event.at, name, event.change == "added")
                    for name, host in pair.hosts.items() for event in host.moves(ADDRESS))
    holders: set[str] = set()
    total, since = 0.0, 0.0
    for at, name, came in events:
        if len(holders) == 2:
            total += at - since
        (holders.add if came else holders.discard)(name)
        since = at
    return total + (pair.lab.now() - since if len(holders) == 2 else 0.0)


def wait_refreshed(pair: Pair, since: float) -> float:
    """When the master's lease began anew, not before `since`; others have had time until then."""
    return pair.master.address_events.wait(
        lambda event: event.address == ADDRESS and event.change == "refreshed",
        timeout=10.0, since=since).at


def test_the_lease_is_seen_where_the_address_is(pair: Pair) -> None:
    daemons = pair.understudy()
    shown = pair.master.run(["ip", "addr", "show", "dev", "eth0", "to", ADDRESS]).stdout
    assert "valid_lft 2sec" in shown or "valid_lft 1sec" in shown
    assert f"{ADDRESS}/24 (lease 2 s)" in daemons[MASTER].tool("status").stdout
    assert daemons[MASTER].router()["lease_seconds"] == 2


def test_a_lease_is_renewed_and_the_address_stays(pair: Pair) -> None:
    pair.understudy()
    since = pair.lab.now()
    for _ in range(5):
        since = wait_refreshed(pair, since) + 0.001
    assert [event.change for event in pair.master.moves(ADDRESS)] == ["added"]


@pytest.mark.parametrize("how", ["kill", "freeze"])
def test_the_address_ends_before_the_peer_takes_it(pair: Pair, how: str) -> None:
    daemons = pair.understudy()
    at = daemons[MASTER].kill() if how == "kill" else daemons[MASTER].freeze()
    gone = pair.master.wait_address(ADDRESS, present=False, since=at)
    taken = pair.wait_holder(BACKUP, since=at)
    assert gone - at < 2 + KERNEL_SLACK
    assert gone < taken and held_by_two(pair) == 0
    if how == "freeze":
        thawed = daemons[MASTER].thaw()
        daemons[MASTER].wait_log("to=backup.*listens before it speaks", since=thawed)
        assert daemons[BACKUP].router()["state"] == "master"


def test_with_faster_adverts_two_hold_it_for_a_moment_only(pair: Pair) -> None:
    daemons = pair.understudy(pair_config())
    at = daemons[MASTER].kill()
    pair.wait_holder(BACKUP, since=at)
    pair.master.wait_address(ADDRESS, present=False, since=at)
    assert held_by_two(pair) < 1 + KERNEL_SLACK


def test_a_killed_daemon_that_is_started_again_goes_on(pair: Pair) -> None:
    daemons = pair.understudy()
    client = pair.client()
    client.wait_answer(MASTER)
    for _ in range(3):
        daemons[MASTER].kill()
        started = daemons[MASTER].start()
        daemons[MASTER].wait_log("to=master.*resumed", since=started)
        wait_refreshed(pair, started)
    answer = client.wait_answer(MASTER, since=pair.lab.now() + 4.0)
    assert client.service(0.0, answer.at).servers == (MASTER,)
    assert [event.change for event in pair.master.moves(ADDRESS)] == ["added"]
    assert not pair.backup.moves(ADDRESS)
    assert daemons[MASTER].router()["state"] == "master"


def test_who_resumed_guards_its_address_from_the_first_moment(pair: Pair) -> None:
    daemons = pair.understudy()
    daemons[MASTER].kill()
    started = daemons[MASTER].start()
    daemons[MASTER].wait_log("to=master.*resumed", since=started)
    deleted = pair.lab.now()
    pair.master.run(["ip", "addr", "del", f"{ADDRESS}/24", "dev", "eth0"])
    daemons[MASTER].wait_log("another program took addresses away", since=deleted)
    pair.master.wait_address(ADDRESS, since=deleted)


def test_an_upgrade_moves_nothing(pair: Pair) -> None:
    daemons = pair.understudy()
    told = daemons[MASTER].process.send_signal(signal.SIGUSR2)
    assert daemons[MASTER].process.wait() == 0
    daemons[MASTER].wait_log("ends without releasing anything", since=told)
    assert pair.master.address_present(ADDRESS)
    started = daemons[MASTER].start()
    daemons[MASTER].wait_log("to=master.*resumed", since=started)
    wait_refreshed(pair, pair.lab.now() + 4.0)
    assert [event.change for event in pair.master.moves(ADDRESS)] == ["added"]
    assert not pair.backup.moves(ADDRESS)


def test_an_upgraded_backup_goes_on_waiting(pair: Pair) -> None:
    daemons = pair.understudy()
    daemons[BACKUP].process.send_signal(signal.SIGUSR2)
    assert daemons[BACKUP].process.wait() == 0
    daemons[BACKUP].start()
    daemons[BACKUP].wait_state("backup")
    assert pair.holders() == [MASTER]


def test_who_resumes_leaves_at_once_when_its_service_has_died(pair: Pair) -> None:
    daemons = pair.understudy()
    daemons[MASTER].kill()
    pair.nginx[MASTER].stop()
    started = daemons[MASTER].start()
    daemons[MASTER].wait_log("to=master.*resumed", since=started)
    daemons[MASTER].wait_state("initialize")
    pair.wait_holder(BACKUP, since=started)
    assert pair.holders() == [BACKUP]


def test_both_families_resume_together(lab: Lab) -> None:
    pair = Pair(lab, ipv6=True, addresses=(ADDRESS, "2001:db8:56::60"))
    config = pair_config(addresses=[f"{ADDRESS}/24", "2001:db8:56::60/64"], interval="1s")
    daemons = pair.understudy(config)
    daemons[MASTER].kill()
    started = daemons[MASTER].start()
    for family in ("ipv4", "ipv6"):
        daemons[MASTER].wait_log(f"router=k8s-api/{family}.*to=master.*resumed", since=started)
    wait_refreshed(pair, pair.lab.now() + 4.0)
    assert not pair.backup.moves(ADDRESS) and not pair.backup.moves("2001:db8:56::60")


def test_without_proof_a_left_over_goes_first(pair: Pair) -> None:
    config = CONFIG.replace("[router.k8s-api]", "[router.k8s-api]\nlease = false")
    daemons = pair.understudy(config)
    killed = daemons[MASTER].kill()
    pair.wait_holder(BACKUP, since=killed)
    assert pair.master.address_present(ADDRESS)
    started = daemons[MASTER].start()
    pair.master.wait_address(ADDRESS, present=False, since=started)
    daemons[MASTER].wait_log("left over from an earlier run", since=started)
    assert pair.holders() == [BACKUP]


def test_what_the_file_does_not_list_any_more_goes_and_others_stay(lab: Lab) -> None:
    host = lab.host(MASTER, lab.lan(), "192.168.56.61")
    daemon = Understudy(host, WITHOUT_CHECK.replace("[router.k8s-api]",
                                                    "[router.k8s-api]\nlease = false"))
    daemon.start()
    daemon.wait_state("master", timeout=10)
    host.run(["ip", "addr", "add", "192.168.56.99/24", "dev", "eth0"])
    daemon.kill()
    daemon.write_config(WITHOUT_CHECK.replace(ADDRESS, "192.168.56.80"))
    started = daemon.start()
    host.wait_address(ADDRESS, present=False, since=started)
    line = daemon.wait_log("no router of this file has it", since=started)
    assert f"address={ADDRESS}/24" in line.text or f'address="{ADDRESS}/24"' in line.text
    assert host.address_present("192.168.56.99") and host.address_present("192.168.56.61")


def test_an_administrators_address_never_gets_a_lease(lab: Lab) -> None:
    host = lab.host(MASTER, lab.lan(), "192.168.56.61")
    daemon = Understudy(host, WITHOUT_CHECK)
    daemon.start()
    daemon.wait_state("backup")
    host.run(["ip", "addr", "add", f"{ADDRESS}/24", "dev", "eth0"])
    daemon.wait_state("master", timeout=10)
    with pytest.raises(TimeoutError):
        host.address_events.wait(lambda event: event.address == ADDRESS, timeout=2.5,
                                 since=lab.now())
    deleted = lab.now()
    host.run(["ip", "addr", "del", f"{ADDRESS}/24", "dev", "eth0"])
    host.wait_address(ADDRESS, since=deleted)
    for _ in range(3):
        event = host.address_events.wait(
            lambda event: event.address == ADDRESS and event.change != "added", since=deleted)
        deleted = event.at + 0.001
    assert [event.change for event in host.moves(ADDRESS)] == ["added", "removed", "added"]


def test_another_daemons_addresses_are_no_left_overs(lab: Lab) -> None:
    host = lab.host(MASTER, lab.lan(), "192.168.56.61")
    first = Understudy(host, WITHOUT_CHECK)
    first.start()
    first.wait_state("master", timeout=10)
    other = WITHOUT_CHECK.replace("51", "52").replace(ADDRESS, "192.168.56.80")
    second = Understudy(host, other, path="/etc/understudy/other.toml", socket="/run/other.sock")
    second.start()
    second.wait_state("backup")
    assert [event.change for event in host.moves(ADDRESS)] == ["added"]


def test_a_router_that_moved_to_another_id_does_not_resume(pair: Pair) -> None:
    daemons = pair.understudy()
    daemons[MASTER].kill()
    daemons[MASTER].write_config(CONFIG.replace("51", "52"))
    started = daemons[MASTER].start()
    pair.master.wait_address(ADDRESS, present=False, since=started)
    daemons[MASTER].wait_log("left over from an earlier run", since=started)
