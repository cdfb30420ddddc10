"""What a router's settings do: accept, delays, patience, preemption."""

import pytest

from lab import ADDRESS, BACKUP, MASTER, Host, Lab, Pair, pair_config, wait_until

pytestmark = pytest.mark.needs("understudy")

BOTH = (f"{ADDRESS}/24", "fe80::51/64", "2001:db8:56::60/64")
SERVICE = (ADDRESS, "2001:db8:56::60")
INTERVAL = 0.1


def tables(host: Host) -> str:
    return host.run(["nft", "list", "tables"]).stdout


@pytest.fixture
def silent_pair(lab: Lab) -> Pair:
    """lb-master has the addresses, which accept no traffic."""
    pair = Pair(lab, ipv6=True, addresses=[x.split("/")[0] for x in BOTH])
    pair.understudy(pair_config(addresses=BOTH, accept=False))
    return pair


def test_addresses_that_accept_nothing_answer_where_they_are(silent_pair: Pair) -> None:
    client = silent_pair.client_host
    for address in SERVICE:
        assert not client.reaches(address) and not client.pings(address)
        assert client.neighbour(address) == silent_pair.master.mac()
    for address in (silent_pair.master.address, silent_pair.master.address6):
        assert client.reaches(address) and client.pings(address)
    assert "understudy" in tables(silent_pair.master)


def test_what_blocks_traffic_goes_with_the_daemon(silent_pair: Pair) -> None:
    master, backup = silent_pair.daemons[MASTER], silent_pair.daemons[BACKUP]
    master.terminate()
    silent_pair.settle(BACKUP)
    assert master.process.wait() == 0 and tables(silent_pair.master) == ""
    backup.kill()
    wait_until(lambda: tables(silent_pair.backup) == "")


def test_addresses_answer_to_everything_by_default(lab: Lab) -> None:
    pair = Pair(lab, ipv6=True, addresses=[x.split("/")[0] for x in BOTH])
    pair.understudy(pair_config(addresses=BOTH))
    for address in SERVICE:
        assert pair.client_host.reaches(address) and pair.client_host.pings(address)


def test_preemption_is_put_off_from_when_a_router_is_fit(pair: Pair) -> None:
    daemons = pair.understudy(pair_config(preempt_delay="1s"))
    killed = pair.nginx[MASTER].kill()
    pair.settle(BACKUP)
    pair.nginx[MASTER].start()
    fit = daemons[MASTER].wait_log("from=initialize to=backup", since=killed).at
    came = pair.wait_holder(MASTER, since=fit)
    assert 0.9 < came - fit < 1.9
    pair.settle(MASTER)


def test_the_delay_of_preemption_does_not_keep_an_address_from_being_served(pair: Pair) -> None:
    daemons = pair.understudy(pair_config(preempt_delay="100s"))
    pair.nginx[MASTER].kill()
    pair.settle(BACKUP)
    pair.nginx[MASTER].start()
    daemons[MASTER].wait_state("backup")
    killed = pair.nginx[BACKUP].kill()
    assert pair.wait_holder(MASTER, since=killed) - killed < 2.0
    pair.settle(MASTER)


def test_a_start_is_put_off(pair: Pair) -> None:
    config = pair_config(start_delay={MASTER: "1s", BACKUP: "0s"})
    daemons = pair.understudy(config, holder=BACKUP)
    assert daemons[MASTER].router()["reason"] == "waits for the end of start_delay"
    pair.settle(MASTER)
    begun = daemons[MASTER].wait_log("understudy starts").at
    stood = daemons[MASTER].wait_log('from=initialize to=backup reason="start_delay is over"').at
    assert 0.9 < stood - begun < 1.9


def test_more_lost_adverts_are_waited_out_where_the_file_says_so(pair: Pair) -> None:
    pair.understudy(pair_config(down_adverts=8))
    wire = pair.lab.sniff(pair.lan)
    last = wire.adverts.wait(lambda x: x.source == "192.168.56.61")
    pair.lan.cut(pair.master)
    came = pair.wait_holder(BACKUP, since=last.at)
    assert came - last.at > 8 * INTERVAL


def test_without_preemption_the_one_who_serves_goes_on(pair: Pair) -> None:
    daemons = pair.understudy(pair_config(preempt=False))
    pair.nginx[MASTER].kill()
    pair.settle(BACKUP)
    pair.nginx[MASTER].start()
    assert daemons[MASTER].wait_state("backup")["priority"] == 100
    with pytest.raises(TimeoutError):
        pair.master.address_events.wait(lambda x: x.change == "added", timeout=10 * INTERVAL,
                                        since=pair.lab.now())
    assert pair.holders() == [BACKUP]
    pair.nginx[BACKUP].kill()
    pair.settle(MASTER)
