"""Checks that ask other hosts by datagrams: a UDP server, a name server, pings."""

import pytest

from lab import Host, Lab, Understudy, wait_until
from lab.firewall import drop, pass_all

pytestmark = pytest.mark.needs("understudy")

ROUTER = """\
[router.web]
interface = "eth0"
vrid      = 51
addresses = ["192.168.56.60/24"]
checks    = ["probe"]

[check.probe]
interval  = "300ms"
"""

PING = 'ping = "192.168.56.62"\n'
PING6 = 'ping = "fe80::62"\nsource_interface = "eth0"\n'
DNS = 'dns = "www.lab.test"\nserver = "192.168.56.62"\n'


def start(lab: Lab, probe: str) -> tuple[Understudy, Host]:
    """A daemon with this check, and the host that it asks."""
    lan = lab.lan()
    here = lab.host("lb-master", lan, "192.168.56.61", address6="2001:db8:56::61")
    there = lab.host("server", lan, "192.168.56.62", address6="2001:db8:56::62")
    return Understudy(here, ROUTER + probe), there


def wait_detail(daemon: Understudy, verdict: str, text: str) -> None:
    def is_so() -> bool:
        check = daemon.check()
        return check["verdict"] == verdict and text in check["detail"]

    try:
        wait_until(is_so, 5.0, f"{verdict}, {text}")
    except TimeoutError:
        pytest.fail(f"{daemon.check()}, expected {verdict}, {text}")


def run(daemon: Understudy) -> None:
    daemon.start()
    daemon.wait_ready()


def start_dnsmasq(host: Host, *options: str) -> None:
    host.write_file("/tmp/dnsmasq.conf", "\n".join([
        "no-resolv", "no-hosts", "user=root", "pid-file=", "bind-interfaces",
        "listen-address=192.168.56.62", "listen-address=2001:db8:56::62", *options]) + "\n")
    host.spawn(["dnsmasq", "--keep-in-foreground", "--log-facility=-", "-C", "/tmp/dnsmasq.conf"])
    wait_until(lambda: ":53 " in host.run(["ss", "-Hlun"]).stdout, 5.0, "dnsmasq")


@pytest.mark.parametrize("probe", [PING, PING6, 'ping = "2001:db8:56::62"\n'])
def test_a_host_that_answers_pings_is_good_until_it_is_cut_off(lab: Lab, probe: str) -> None:
    daemon, there = start(lab, probe)
    run(daemon)
    wait_detail(daemon, "good", "1 of 1 answered")
    daemon.wait_state("master")
    there.run("ip link set eth0 down")
    wait_detail(daemon, "bad", "0 of 1 answered")
    daemon.wait_state("initialize")


@pytest.mark.parametrize("probe", [PING, PING6])
def test_lost_pings_are_borne_up_to_the_limit(lab: Lab, probe: str) -> None:
    daemon, there = start(lab, probe + "count = 10\nmax_loss = 50\n")
    echo = "icmp type echo-request" if probe == PING else "icmpv6 type echo-request"
    drop(there, f"{echo} numgen inc mod 10 < 3")
    run(daemon)
    wait_detail(daemon, "good", "7 of 10 answered by")
    assert "30 % lost; mean" in daemon.check()["detail"]
    pass_all(there)
    wait_detail(daemon, "good", "10 of 10 answered")
    drop(there, f"{echo} numgen inc mod 10 < 7")
    wait_detail(daemon, "bad", "3 of 10 answered by")
    assert "70 % lost, at most 50 %" in daemon.check()["detail"]


def test_a_host_that_is_slower_to_answer_pings_than_asked_is_bad(lab: Lab) -> None:
    daemon, _ = start(lab, PING + 'max_round_trip = "0.001ms"\n')
    run(daemon)
    wait_detail(daemon, "bad", "1 of 1 answered by 192.168.56.62; mean")
    assert daemon.check()["detail"].endswith(", at most 0.0 ms")


def test_pings_that_this_host_does_not_let_out_are_told(lab: Lab) -> None:
    daemon, _ = start(lab, PING)
    drop(daemon.host, "icmp type echo-request", hook="output")
    run(daemon)
    wait_detail(daemon, "bad", "100 % lost, at most 0 %; can't send: Operation not permitted")


def test_a_router_that_knows_no_way_is_told(lab: Lab) -> None:
    daemon, there = start(lab, 'ping = "198.51.100.1"\n')
    there.run("sysctl -qw net.ipv4.ip_forward=1")
    daemon.host.run("ip route add 198.51.100.0/24 via 192.168.56.62")
    run(daemon)
    wait_detail(daemon, "bad", "can't reach: Network is unreachable")


@pytest.mark.needs("dnsmasq")
@pytest.mark.parametrize("server", ["192.168.56.62", "2001:db8:56::62"])
def test_a_name_server_is_good_while_it_answers(lab: Lab, server: str) -> None:
    daemon, there = start(lab, f'dns = "www.lab.test"\nserver = "{server}"\n')
    start_dnsmasq(there, "address=/www.lab.test/192.0.2.7")
    run(daemon)
    wait_detail(daemon, "good", "www.lab.test A is 192.0.2.7")
    there.run("pkill dnsmasq")
    wait_detail(daemon, "bad", f"refused by {server} port 53")


@pytest.mark.needs("dnsmasq")
@pytest.mark.parametrize(("keys", "verdict", "text"), [
    ('type = "AAAA"\nexpect = "2001:db8::7"', "good", "www.lab.test AAAA is 2001:db8::7"),
    ('expect = "192.0.2.8"', "bad", "A is 192.0.2.7, expected 192.0.2.8"),
    ('type = "MX"\nexpect = "10 Mail.lab.test."', "good", "MX is 10 mail.lab.test"),
    ('type = "SRV"', "good", "SRV is 1 2 443 mail.lab.test"),
    ('type = "TXT"\nexpect = "v=1 two words"', "good", "TXT is v=1 two words"),
    ('type = "NS"', "bad", "there is no www.lab.test NS"),
])
def test_a_name_server_is_judged_by_what_it_says(lab: Lab, keys: str, verdict: str,
                                                 text: str) -> None:
    daemon, there = start(lab, DNS + keys + "\n")
    start_dnsmasq(there, "host-record=www.lab.test,192.0.2.7,2001:db8::7", "local=/lab.test/",
                  "mx-host=www.lab.test,mail.lab.test,10",
                  "srv-host=www.lab.test,mail.lab.test,443,1,2",
                  "txt-record=www.lab.test,v=1 two words")
    run(daemon)
    wait_detail(daemon, verdict, text)


@pytest.mark.needs("dnsmasq")
@pytest.mark.parametrize(("option", "text"), [
    ("local=/lab.test/", "NXDOMAIN, there is no name www.lab.test"),
    ("domain-needed", "REFUSED, it does not answer us"),
])
def test_a_name_server_that_refuses_is_told_in_words(lab: Lab, option: str, text: str) -> None:
    daemon, there = start(lab, DNS)
    start_dnsmasq(there, option)
    run(daemon)
    wait_detail(daemon, "bad", text)


@pytest.mark.needs("dnsmasq")
def test_an_answer_that_does_not_fit_is_told(lab: Lab) -> None:
    daemon, there = start(lab, DNS + 'type = "TXT"\nexpect = "not there"\n')
    start_dnsmasq(there, *(f"txt-record=www.lab.test,{letter * 200}" for letter in "abcd"))
    run(daemon)
    wait_detail(daemon, "bad", "the answer is truncated")


def test_a_name_server_that_is_cut_off_is_bad_at_the_limit(lab: Lab) -> None:
    daemon, there = start(lab, DNS)
    there.run("ip link set eth0 down")
    run(daemon)
    wait_detail(daemon, "bad",
                "timed out after 0.3 s while waiting for the answer of 192.168.56.62 port 53")


def test_a_udp_port_is_good_unless_it_is_refused(lab: Lab) -> None:
    daemon, there = start(lab, 'udp = "192.168.56.62"\nport = 9\nsend = "x"\n')
    server = there.spawn(["python3", "-c", "import socket; s = socket.socket(type=2);"
                          "s.bind(('192.168.56.62', 9)); print('ready', flush=True);"
                          "[None for _ in iter(lambda: s.recv(99), None)]"])
    server.wait_line("ready")
    run(daemon)
    wait_detail(daemon, "good", "not refused by 192.168.56.62 port 9 within 0.15 s")
    server.kill()
    wait_detail(daemon, "bad", "refused by 192.168.56.62 port 9")


def test_a_udp_server_answers_as_expected(lab: Lab) -> None:
    daemon, there = start(lab, 'udp = "2001:db8:56::62"\nport = 9\nsend = "say"\nexpect = "ok"\n'
                               'source = "2001:db8:56::61"\n')
    server = there.spawn(["python3", "-c", "import socket; s = socket.socket(10, 2);"
                          "s.bind(('2001:db8:56::62', 9)); print('ready', flush=True);"
                          "[s.sendto(b'ok', s.recvfrom(99)[1]) for _ in iter(int, 1)]"])
    server.wait_line("ready")
    run(daemon)
    wait_detail(daemon, "good", "2001:db8:56::62 port 9 answered with the expected text")
    server.kill()
    wait_detail(daemon, "bad", "refused by 2001:db8:56::62 port 9")
