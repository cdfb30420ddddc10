"""The lab itself: it shows what happens, disturbs nothing and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lab import (ADDRESS, BACKUP, MASTER, Client, Keepalived, Lab, Moves, Nginx, Pair,
                 encode_v2, encode_v3, send_vrrp, wait_until)

ORPHAN = """
import signal, sys
# Also where the tests run behind a shell that ignores it, as one does for what it puts behind.
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.path.insert(0, {path!r})
from lab import Lab, Pair
lab = Lab()
pair = Pair(lab)
print(lab.folder, pair.master.pid, *pair.nginx["lb-master"].processes(), flush=True)
signal.pause()
"""


def links() -> list[str]:
    return sorted(os.listdir("/sys/class/net"))


def is_gone(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists()


def test_a_host_has_its_own_name_processes_and_network(lab: Lab) -> None:
    host = lab.host("lb-master", lab.lan(), "192.168.56.61")
    assert host.run(["hostname"]).stdout == "lb-master\n"
    assert host.run("ps -e -o comm= | sort").stdout.split() == ["ps", "python3", "sh", "sort"]
    assert [x.address for x in host.addresses() if x.interface_index != 1] == ["192.168.56.61"]


def test_what_a_host_writes_stays_in_the_host(lab: Lab) -> None:
    host = lab.host("lb-master")
    host.write_file("/etc/keepalived/keepalived.conf", "router\n", mode=0o600)
    assert host.read_file("/etc/keepalived/keepalived.conf") == "router\n"
    for folder in ("/run", "/tmp", "/var/lib", "/var/run", "/etc", "/dev/shm"):
        host.write_file(f"{folder}/understudy-lab-trace", "x")
        assert not Path(folder, "understudy-lab-trace").exists()
    assert host.run(["touch", "/usr/understudy-lab-trace"], check=False).returncode != 0


def test_a_process_is_known_by_its_real_id_and_its_lines(lab: Lab) -> None:
    host = lab.host("lb-master")
    process = host.spawn("echo hello; exec sleep 60")
    assert process.wait_line("hel+o").text == "hello"
    wait_until(lambda: Path(f"/proc/{process.pid}/comm").read_text() == "sleep\n")
    process.terminate()
    assert process.wait() == -signal.SIGTERM
    assert host.run("exit 3", check=False).returncode == 3


def test_process_one_reaps_orphans(lab: Lab) -> None:
    host = lab.host("lb-master")
    host.run("(true &) ; (true &)")
    wait_until(lambda: "defunct" not in host.run(["ps", "-ef"]).stdout)


def test_address_events_tell_when_an_address_came_and_went(lab: Lab) -> None:
    host = lab.host("lb-master", lab.lan(), "192.168.56.61")
    before = lab.now()
    host.run(["ip", "addr", "add", f"{ADDRESS}/24", "dev", "eth0", "valid_lft", "1",
              "preferred_lft", "1"])
    came = host.wait_address(ADDRESS, since=before)
    assert host.address_present(ADDRESS)
    went = host.wait_address(ADDRESS, present=False, since=came)
    assert before < came < went < came + 10.0


def test_a_record_of_moves_keeps_up_with_the_kernel(lab: Lab) -> None:
    lan = lab.lan()
    master = lab.host("lb-master", lan, "192.168.56.61")
    backup = lab.host("lb-backup", lan, "192.168.56.62", watched=False)
    moves = Moves(backup)
    sent = send_vrrp(master, encode_v2(vrid=7, priority=0))
    send_vrrp(master, encode_v2(vrid=8, priority=1))
    lines = [f"addr add 10.0.{x // 250}.{x % 250}/32 dev eth0" for x in range(500)]
    before = lab.now()
    backup.run(["ip", "-batch", "-"], input="\n".join(lines))
    wait_until(lambda: len(moves.added(before)) == 500)
    assert min(moves.added(before).values()) > before
    assert [(x.interface, x.vrid) for x in moves.farewells] == [("eth0", 7)]
    assert sent <= moves.farewells.wait().at < before


@pytest.mark.parametrize("carrier", [False, True])
def test_a_cut_port_passes_nothing_until_it_is_joined(lab: Lab, carrier: bool) -> None:
    lan = lab.lan()
    one = lab.host("one", lan, "192.168.56.61")
    two = lab.host("two", lan, "192.168.56.62")
    assert one.reaches(two.address)
    lan.cut(two, carrier=carrier)
    assert not one.reaches(two.address)
    assert ("NO-CARRIER" in two.run(["ip", "link", "show", "eth0"]).stdout) == carrier
    lan.join(two)
    wait_until(lambda: one.reaches(two.address))


def test_adverts_and_arp_are_seen_as_they_were_sent(lab: Lab) -> None:
    lan = lab.lan()
    host = lab.host("lb-master", lan, "192.168.56.61")
    wire = lab.sniff(lan)
    sent = send_vrrp(host, encode_v2(password="1111", priority=90), ttl=64, source="192.168.56.9")
    advert = wire.adverts.wait()
    # The kernel's stamp is put onto our clock, which costs a little.
    assert sent - 0.001 <= advert.at < sent + 2.0
    assert (advert.source, advert.ttl, advert.priority) == ("192.168.56.9", 64, 90)
    assert (advert.addresses, advert.interval) == ((ADDRESS,), 1.0)
    assert advert.checksum_ok and advert.auth_data == b"1111\0\0\0\0"
    send_vrrp(host, encode_v2(checksum=1))
    assert not wire.adverts.wait(lambda seen: seen.ttl == 255).checksum_ok
    host.reaches("192.168.56.99", timeout=0.05)
    assert not wire.arps.wait(lambda arp: arp.target == "192.168.56.99").is_gratuitous


def test_the_lab_encodes_the_vectors_of_the_standards() -> None:
    target = ("192.0.2.254",)
    assert encode_v2(addresses=target).hex() == "213364010001b7cbc00002fe0000000000000000"
    assert encode_v2(addresses=target, priority=0).hex()[12:16] == "1bcc"
    assert encode_v2(addresses=target, password="secret").hex()[12:16] == "7a7f"
    assert encode_v3(addresses=target).hex() == "313364010064a768c00002fe"
    group = ("192.0.2.1", "224.0.0.18")
    assert encode_v3(addresses=target, ends=group).hex()[12:16] == "04d8"


def test_a_client_measures_to_about_its_own_beat(lab: Lab) -> None:
    lan = lab.lan()
    server = lab.host("lb-master", lan, "192.168.56.61")
    nginx = Nginx(server)
    nginx.start()
    client = Client(lab.host("client", lan, "192.168.56.70"), server.address)
    first = client.wait_answer("lb-master")
    client.wait_answer(since=first.at + 0.5)
    calm = client.service(first.at, first.at + 0.5)
    assert calm.failed == 0 and calm.requests > 10
    killed = nginx.kill()
    client.answers.wait(lambda answer: not answer.is_ok, since=killed)
    started = nginx.start()
    client.wait_answer("lb-master", since=started)
    service = client.service(killed - 0.1)
    assert service.failed > 0 and service.refused > 0
    assert service.gap_start - 0.05 < killed < service.gap_end


def test_the_users_keepalived_pair_fails_over_and_back(pair: Pair) -> None:
    pair.keepalived()
    client = pair.client()
    client.wait_answer(MASTER)
    away = pair.takeover(client, pair.nginx[MASTER].kill, to=BACKUP)
    assert 500 < away.moved_ms < 10000
    assert away.service.servers == (MASTER, BACKUP)
    assert away.service.failed > 0
    back = pair.takeover(client, pair.nginx[MASTER].start, to=MASTER)
    assert 3000 < back.moved_ms < 20000
    assert pair.holders() == [MASTER]


@pytest.mark.needs("etcd")
def test_the_users_nginx_leads_to_https_upstreams(stream_pair: Pair) -> None:
    stream_pair.upstreams()
    master, client = stream_pair.master, stream_pair.client_host
    master.run(["ip", "addr", "add", f"{ADDRESS}/24", "dev", "eth0"])
    answer = client.run(["curl", "-ks", "-m", "5", f"https://{ADDRESS}:6443/version"]).stdout
    assert "etcdserver" in answer
    assert "192.168.56.63:6443" in master.read_file("/var/log/nginx/k8s-access.log")


def test_keepalived_that_is_killed_leaves_its_address_behind(pair: Pair) -> None:
    daemons: dict[str, Keepalived] = pair.keepalived()
    daemons[MASTER].kill()
    pair.wait_holder(BACKUP)
    assert pair.holders() == [MASTER, BACKUP]


def test_a_lab_leaves_nothing_behind(tmp_path: Path) -> None:
    links_before = links()
    descriptors_before = len(os.listdir("/proc/self/fd"))
    with Lab(tmp_path) as lab:
        pair = Pair(lab)
        pids = [pair.master.pid, pair.backup.pid, *pair.nginx[MASTER].processes()]
        pids.append(pair.master.spawn("sleep 60").pid)
        assert links() == links_before
    assert all(is_gone(pid) for pid in pids)
    assert len(os.listdir("/proc/self/fd")) == descriptors_before


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_hosts_end_with_the_process_that_made_them(number: signal.Signals) -> None:
    path = str(Path(__file__).parent)
    with subprocess.Popen([sys.executable, "-c", ORPHAN.format(path=path)],
                          stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        folder, *numbers = owner.stdout.readline().split()
        pids = [int(pid) for pid in numbers]
        assert len(pids) >= 3 and not any(is_gone(pid) for pid in pids)
        owner.send_signal(number)
    wait_until(lambda: all(is_gone(pid) for pid in pids), what="end of the hosts")
    subprocess.run(["rm", "-rf", folder], check=True)


def test_a_failed_wait_tells_what_was_seen(lab: Lab) -> None:
    host = lab.host("lb-master")
    process = host.spawn("echo one; sleep 60")
    process.wait_line("one")
    start = time.monotonic()
    with pytest.raises(TimeoutError, match="(?s)/two/ within 0.1 s.*one"):
        process.wait_line("two", timeout=0.1)
    assert time.monotonic() - start < 5.0
