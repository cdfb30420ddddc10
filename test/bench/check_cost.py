#!/usr/bin/python3
"""What 200 health checks at 100 ms, of which a third hang, do to adverts each 10 ms, and to memory.

A master of version 3 on a host of its own, and a host with nginx, dnsmasq and servers that take
connections and datagrams and never say anything. Each check runs each 100 ms with a time limit of
100 ms: http, https, tcp, tls, dns, udp, ping and scripts. Without any check, then with them all:

jitter      how far the time between two adverts is from 10 ms, by the kernel's stamps on the switch
memory      RSS of the daemon's own process, in six looks that are equally far apart
probes      results of all checks, as the daemon counts them

    sudo test/bench/check_cost.py [--seconds 60] [--realtime-priority 10] [--only KIND] [--markdown]
"""

import argparse
import os
import socket
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

TEST_FOLDER = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TEST_FOLDER / "system"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from bench_table import render_table  # noqa: E402
from lab import MASTER, Host, Lab, Understudy, wait_until  # noqa: E402

OWN, SERVER, NOBODY = "192.168.56.61", "192.168.56.70", "192.168.56.99"
FOLDER = "/etc/tls"
SILENT_PORT = 9000
INTERVAL_MS = 10.0
WARM_UP_SECONDS = 8.0
LOOKS = 6

NGINX = f"""\
worker_processes 1;
pid /run/nginx.pid;
error_log /dev/null;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  server {{ listen 80 backlog=4096; location / {{ return 200 "ok\\n"; }} }}
  server {{
    listen 443 ssl backlog=4096;
    ssl_certificate {FOLDER}/cert.pem;
    ssl_certificate_key {FOLDER}/key.pem;
    location / {{ return 200 "ok\\n"; }}
  }}
}}
"""

CERTIFICATE = f"""\
mkdir -p {FOLDER} && cd {FOLDER} &&
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem \
    -days 100 -subj /CN={SERVER} -addext subjectAltName=IP:{SERVER} -out cert.pem
"""

CA = f'ca_file = "{FOLDER}/cert.pem"'

# How many of each, and what it looks at; those that hang are 67 of 200.
WELL = {
    "http": (40, f'http = "http://{SERVER}/"\nbody = "ok"'),
    "https": (15, f'http = "https://{SERVER}/"\n{CA}'),
    "tcp": (33, f'tcp = "{SERVER}:80"'),
    "tls": (5, f'tls = "{SERVER}:443"\n{CA}'),
    "dns": (15, f'dns = "www.lab.test"\nserver = "{SERVER}"\nexpect = "192.0.2.7"'),
    "ping": (20, f'ping = "{SERVER}"'),
    "script": (5, 'script = "/bin/true"'),
}
HANGING = {
    "http": (17, f'http = "http://{SERVER}:{SILENT_PORT}/"'),
    "tcp": (10, f'tcp = "{SERVER}:{SILENT_PORT}"\nexpect = "ok"'),
    "tls": (10, f'tls = "{SERVER}:{SILENT_PORT}"'),
    "dns": (10, f'dns = "www.lab.test"\nserver = "{SERVER}"\nport = {SILENT_PORT}'),
    "udp": (10, f'udp = "{SERVER}"\nport = {SILENT_PORT}\nexpect = "ok"'),
    "ping": (7, f'ping = "{NOBODY}"'),
    "script": (3, 'script = "/bin/sleep 60"'),
}


@dataclass(frozen=True)
class Found:
    off_ms: list[float]      # of each advert from its time
    memory_kib: list[int]
    descriptors: list[int]
    probes: int
    processor: float         # seconds of the daemon's process in a second


def checks_text(only: str) -> tuple[str, list[str]]:
    tables, names = [], []
    for state, kinds in (("well", WELL), ("hanging", HANGING)):
        for kind, (count, keys) in kinds.items():
            if only and kind != only:
                continue
            for number in range(count):
                names.append(f"{kind}-{state}-{number}")
                user = '\nuser = "nobody"' if kind == "script" else ""
                tables.append(f'[check.{names[-1]}]\n{keys}{user}\ninterval = "100ms"\n'
                              f'timeout = "100ms"\nweight = -1\n')
    return "\n".join(tables), names


def router_text(names: list[str], priority: int) -> str:
    listed = ", ".join(f'"{name}"' for name in names)
    return (f"[daemon]\nrealtime_priority = {priority}\n\n"
            '[router.web]\ninterface = "eth0"\nvrid = 51\nversion = 3\npriority = 250\n'
            'interval = "10ms"\naddresses = ["192.168.56.60/24"]\n'
            f"checks = [{listed}]\n")


def start_server(host: Host) -> list[socket.socket]:
    """What must stay alive meanwhile: the sockets that are never read."""
    host.run(["sh", "-c", CERTIFICATE])
    host.write_file("/etc/nginx/nginx.conf", NGINX)
    host.run(["nginx"])
    host.write_file("/tmp/dnsmasq.conf", f"no-resolv\nno-hosts\nuser=root\npid-file=\n"
                    f"bind-interfaces\nlisten-address={SERVER}\naddress=/www.lab.test/192.0.2.7\n")
    host.spawn(["dnsmasq", "--keep-in-foreground", "-C", "/tmp/dnsmasq.conf"])
    wait_until(lambda: ":53 " in host.run(["ss", "-Hlun"]).stdout, 5.0, "dnsmasq")
    silent = [host.open_socket(socket.AF_INET, kind) for kind in
              (socket.SOCK_STREAM, socket.SOCK_DGRAM)]
    for one in silent:
        one.bind((SERVER, SILENT_PORT))
    silent[0].listen(4096)
    return silent


def results(daemon: Understudy) -> int:
    return sum(check["good_results"] + check["bad_results"] for check in daemon.status()["checks"])


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(only: str | None, options: argparse.Namespace) -> Found:
    with Lab() as lab:
        lan = lab.lan()
        server, host = lab.host("server", lan, SERVER), lab.host(MASTER, lan, OWN)
        kept = start_server(server)
        wire = lab.sniff(lan)
        text, names = ("", []) if only is None else checks_text(only)
        host.write_file(f"{FOLDER}/cert.pem", server.read_file(f"{FOLDER}/cert.pem"))
        daemon = Understudy(host, text + router_text(names, options.realtime_priority))
        daemon.start()
        daemon.wait_state("master", timeout=10.0)
        pid = daemon.process.pid
        time.sleep(WARM_UP_SECONDS)
        memory, descriptors, first = [], [], results(daemon)
        since, before = lab.now(), processor_seconds(pid)
        for look in range(LOOKS):
            if look:
                time.sleep(options.seconds / (LOOKS - 1))
            memory.append(daemon.memory_kib())
            descriptors.append(len(os.listdir(f"/proc/{pid}/fd")))
        until, after, last = lab.now(), processor_seconds(pid), results(daemon)
        times = [advert.at for advert in wire.adverts.since(since, until)]
        daemon.stop(10.0)
        del kept
    off = [abs((late - early) * 1000 - INTERVAL_MS) for early, late in zip(times, times[1:])]
    return Found(off, memory, descriptors, last - first, (after - before) / (until - since))


def row(title: str, found: Found) -> list[str]:
    ordered = sorted(found.off_ms)
    picks = [statistics.median(ordered), ordered[int(len(ordered) * 0.99)],
             ordered[int(len(ordered) * 0.999)], ordered[-1]]
    return [title, f"{len(ordered) + 1} adverts", *(f"{pick:.2f} ms" for pick in picks),
            f"{found.probes:,}", " ".join(str(kib) for kib in found.memory_kib),
            " ".join(str(count) for count in found.descriptors), f"{found.processor:.2f} s"]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--realtime-priority", type=int, default=10)
    parser.add_argument("--only", default="", choices=["", *sorted({*WELL, *HANGING})])
    parser.add_argument("--markdown", action="store_true", help="print a Markdown table")
    options = parser.parse_args()
    rows = [row("no checks", measure(None, options)),
            row("200 checks" if not options.only else options.only, measure(options.only, options))]
    print(render_table(["work", "of", "off: median", "99 %", "99.9 %", "worst", "probes",
                        "memory (KiB)", "descriptors", "processor a second"], rows,
                       options.markdown))
    return 0


if __name__ == "__main__":
    sys.exit(main())
