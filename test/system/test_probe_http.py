"""The probes http, tcp and tls against real servers: nginx, OpenSSL's, and some that misbehave."""

import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest

from lab import BINARY, MASTER, Host, Lab, Understudy, wait_until

pytestmark = pytest.mark.needs("understudy", "nginx", "openssl")

SERVER = "192.168.56.70"
FOLDER = "/etc/tls"

NGINX = f"""\
pid /run/nginx.pid;
error_log /var/log/nginx/error.log warn;
events {{ }}
http {{
  log_format who "$remote_addr $host $request";
  access_log /var/log/nginx/access.log who;
  ssl_certificate_key {FOLDER}/key.pem;
  server {{
    listen 80;
    listen unix:/run/web.sock;
    location /readyz {{ return 200 "ok\\n"; }}
    location /moved {{ return 302 /readyz; }}
    location /circle {{ return 302 /circle; }}
    location /busy {{ return 503; }}
    location /up {{ return 301 https://{SERVER}/readyz; }}
  }}
  server {{
    listen 443 ssl http2;
    ssl_certificate {FOLDER}/good.pem;
    location / {{ return 200 "ok $server_protocol\\n"; }}
  }}
  server {{ listen 444 ssl; ssl_certificate {FOLDER}/soon.pem; return 200 "ok"; }}
  server {{ listen 445 ssl; ssl_certificate {FOLDER}/expired.pem; return 200 "ok"; }}
  server {{
    listen 446 ssl;
    ssl_certificate {FOLDER}/good.pem;
    ssl_client_certificate {FOLDER}/ca.pem;
    ssl_verify_client on;
    return 200 "ok";
  }}
}}
"""

CERTIFICATES = f"""\
set -e
mkdir -p {FOLDER} && cd {FOLDER}
openssl ecparam -name prime256v1 -genkey -noout -out key.pem
openssl req -x509 -new -key key.pem -days 100 -subj /CN=ca -out ca.pem
printf 'subjectAltName=IP:{SERVER},DNS:kubernetes\\n' > names
openssl req -new -key key.pem -subj /CN=server -out request.pem
issue() {{
    openssl x509 -req -in request.pem -CA ca.pem -CAkey key.pem -CAcreateserial \
        -extfile names -days "$2" -out "$1.pem"
}}
issue good 100
issue soon 5
issue expired -1
"""

CHECK = """\
[check.probe{number}]
interval = "200ms"
timeout  = "400ms"
{check}
"""

ROUTER = """\
[router.web]
interface = "eth0"
vrid      = 51
addresses = ["192.168.56.60/24"]
checks    = {names}
"""

CA = f'ca_file = "{FOLDER}/ca.pem"'


@pytest.fixture
def server(lab: Lab) -> Host:
    """A host with nginx, and one with the daemon's place on the same lan."""
    lan = lab.lan()
    host = lab.host("server", lan, SERVER)
    host.run(["sh", "-c", CERTIFICATES])
    host.write_file("/etc/nginx/nginx.conf", NGINX)
    host.run(["nginx"])
    lab.host(MASTER, lan, "192.168.56.61")
    return host


def look_at_all(lab: Lab, checks: list[str]) -> list[dict[str, Any]]:
    """What the daemon's status says of the checks once each has a verdict."""
    host = lab.hosts[MASTER]
    if "server" in lab.hosts:
        for name in ("ca", "good", "key"):
            text = lab.hosts["server"].read_file(f"{FOLDER}/{name}.pem")
            host.write_file(f"{FOLDER}/{name}.pem", text)
    names = [f"probe{number}" for number in range(len(checks))]
    config = "".join(CHECK.format(number=number, check=check)
                     for number, check in enumerate(checks))
    daemon = Understudy(host, config + ROUTER.format(names=names))
    daemon.start()
    daemon.wait_ready()

    def seen() -> list[dict[str, Any]]:
        return [daemon.check(name) for name in names]

    wait_until(lambda: all(check["verdict"] != "unknown" for check in daemon.status()["checks"]),
               5.0, "all verdicts")
    return seen()


def look(lab: Lab, check: str) -> dict[str, Any]:
    return look_at_all(lab, [check])[0]


GOOD = [
    (f'http = "http://{SERVER}/readyz"\nbody = "ok"', "status 200"),
    (f'http = "http://{SERVER}/moved"\nredirects = 1', "status 200"),
    (f'http = "http://{SERVER}/up"\nredirects = 1\n{CA}', "status 200"),
    (f'http = "https://{SERVER}/readyz"\n{CA}', "status 200"),
    (f'http = "https://{SERVER}/readyz"\n{CA}\nserver_name = "kubernetes"', "status 200"),
    (f'http = "https://{SERVER}/"\n{CA}\nhttp2 = true\nbody = "HTTP/2"', "status 200"),
    (f'http = "https://{SERVER}/"\nverify = false', "status 200"),
    (f'http = "https://{SERVER}:446/"\n{CA}\nclient_certificate = "{FOLDER}/good.pem"\n'
     f'client_key = "{FOLDER}/key.pem"', "status 200"),
    (f'tls = "{SERVER}:443"\n{CA}', f"connected to {SERVER} port 443"),
    (f'tls = "{SERVER}:443"\n{CA}\nsend = "GET /readyz HTTP/1.0\\r\\n\\r\\n"\nexpect = "200 OK"',
     f"{SERVER} port 443 answered as expected"),
    (f'tcp = "{SERVER}:80"', f"connected to {SERVER} port 80"),
]

BAD = [
    (f'http = "http://{SERVER}/busy"', "status 503, expected 200 to 299"),
    (f'http = "http://{SERVER}/readyz"\nbody = "fine"', 'status 200, but the body has no "fine"'),
    (f'http = "http://{SERVER}/circle"\nredirects = 3',
     f"more than 3 redirects, the last one to http://{SERVER}/circle"),
    (f'http = "http://{SERVER}:81/"', f"connection refused by {SERVER} port 81"),
    (f'http = "https://{SERVER}:445/"\n{CA}', "the certificate has expired"),
    (f'tls = "{SERVER}:445"\n{CA}', "the certificate has expired"),
    (f'http = "https://{SERVER}/"\n{CA}\nserver_name = "other"',
     "the certificate is not one for other"),
    (f'http = "https://{SERVER}/"', "the certificate is not trusted: unable to get local issuer "
                                    "certificate"),
    (f'http = "https://{SERVER}:446/"\n{CA}', "status 400, expected 200 to 299"),
    ('http = "http://198.51.100.1/"', "cannot connect to 198.51.100.1 port 80: Network is "
                                      "unreachable"),
]


def test_a_server_that_is_well_is_good(lab: Lab, server: Host) -> None:
    seen = look_at_all(lab, [check for check, _ in GOOD])
    assert [(one["verdict"], one["detail"]) for one in seen] == [
        ("good", detail) for _, detail in GOOD]


def test_a_server_that_is_not_well_is_bad_with_the_reason(lab: Lab, server: Host) -> None:
    seen = look_at_all(lab, [check for check, _ in BAD])
    assert [(one["verdict"], one["detail"]) for one in seen] == [
        ("bad", detail) for _, detail in BAD]


def test_a_host_that_is_not_there_is_bad_within_the_time_limit(lab: Lab, server: Host) -> None:
    seen = look_at_all(lab, ['http = "http://192.168.56.99/"', 'tcp = "192.168.56.99:80"',
                             'tcp = "nosuch.invalid:80"'])
    assert [one["verdict"] for one in seen] == ["bad"] * 3
    assert "192.168.56.99 port 80" in seen[0]["detail"]
    assert "nosuch.invalid" in seen[2]["detail"]


ADDRESSES = [
    ("two", "192.168.56.99", SERVER),     # nobody answers, then well
    ("three", "192.168.56.61", SERVER),   # refused, then well
    ("back", SERVER, "192.168.56.99"),    # well
    ("none", "192.168.56.99", "192.168.56.61"),
    ("link", "fe80::1"),
]


def test_each_address_of_a_name_is_tried(lab: Lab, server: Host) -> None:
    host = lab.hosts[MASTER]
    host.write_file("/etc/hosts", "127.0.0.1 localhost\n" + "".join(
        f"{address} {name}.lab.test\n" for name, *addresses in ADDRESSES for address in addresses))
    host.run(["ip", "neighbour", "add", "192.168.56.99", "lladdr", "02:00:00:00:00:99",
              "dev", "eth0"])
    seen = look_at_all(lab, [f'tcp = "{name}.lab.test:80"' for name, *_ in ADDRESSES]
                       + ['tcp = "back.lab.test:80"\nexpect = "x"'])
    assert [one["detail"] for one in seen[:3]] == [f"connected to {SERVER} port 80"] * 3
    assert seen[3]["verdict"] == "bad"
    assert seen[3]["detail"].endswith(", the last of 2 addresses")
    assert seen[4]["detail"] == ("the name link.lab.test has only link-local addresses, "
                                 "which need source_interface")
    assert seen[5]["detail"] == ('timed out after 0.4 s while waiting for "x" from '
                                 f"{SERVER} port 80, with 0 bytes so far")


def test_an_encrypted_key_asks_nobody_for_its_pass_phrase(lab: Lab, server: Host) -> None:
    server.run(["openssl", "pkey", "-in", f"{FOLDER}/key.pem", "-aes256", "-passout",
                "pass:secret", "-out", f"{FOLDER}/locked.pem"])
    host = lab.hosts[MASTER]
    for name in ("good", "locked"):
        host.write_file(f"{FOLDER}/{name}.pem", server.read_file(f"{FOLDER}/{name}.pem"))
    file = "/etc/understudy/locked.toml"
    host.write_file(file, CHECK.format(
        number=0, check=f'http = "https://{SERVER}:446/"\nverify = false\n'
                        f'client_certificate = "{FOLDER}/good.pem"\n'
                        f'client_key = "{FOLDER}/locked.pem"') + ROUTER.format(names='["probe0"]'))
    done = host.run(["setsid", "--wait", "sh", "-c",
                     f"echo secret | {BINARY} check --probe probe0 {file} 2>&1"], check=False)
    assert "pass phrase" not in done.stdout
    assert done.returncode == 1
    assert "cannot use the client's certificate" in done.stdout


def test_a_certificate_that_ends_is_a_warning(lab: Lab, server: Host) -> None:
    seen = look_at_all(lab, [f'http = "https://{SERVER}:444/"\n{CA}', f'tls = "{SERVER}:444"\n{CA}',
                             f'http = "https://{SERVER}:445/"\nverify = false',
                             f'tls = "{SERVER}:443"\n{CA}'])
    assert [one["verdict"] for one in seen] == ["good"] * 4
    for one in seen[:2]:
        # Five only within the very second in which it was issued.
        assert one["warning"].startswith(("the certificate ends in 4 days, on ",
                                          "the certificate ends in 5 days, on "))
    assert seen[2]["warning"].startswith("the certificate ended 1 day ago, on ")
    assert not seen[3].get("warning")


def test_a_server_sees_the_source_that_the_file_names(lab: Lab, server: Host) -> None:
    lab.hosts[MASTER].run(["ip", "address", "add", "192.168.56.62/24", "dev", "eth0"])
    seen = look(lab, f'http = "http://{SERVER}/readyz"\nsource = "192.168.56.62"\n'
                     'source_interface = "eth0"\nhost = "www.example.org"')
    assert seen["verdict"] == "good"
    log = "/var/log/nginx/access.log"
    wait_until(lambda: server.read_file(log) != "", 5.0, "a line in nginx's log")
    assert server.read_file(log).splitlines()[0] == "192.168.56.62 www.example.org " \
                                                    "GET /readyz HTTP/1.1"


def serve(host: Host, answer: Callable[[socket.socket], None]) -> None:
    """Lets a thread of this process answer each connection to port 8000 of the host."""
    listening = host.open_socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((SERVER, 8000))
    listening.listen(16)

    def talk(connection: socket.socket) -> None:
        with connection:
            try:
                answer(connection)
            except OSError:
                pass

    def accept() -> None:
        while True:
            connection, _ = listening.accept()
            threading.Thread(target=talk, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def mute(connection: socket.socket) -> None:
    while connection.recv(4096):
        pass


def dripping(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.settimeout(0.1)
    for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok":
        connection.send(bytes([byte]))
        try:
            connection.recv(1)
        except TimeoutError:
            pass


def endless(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.send(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.send(b"x" * 65536)


@pytest.mark.parametrize(("answer", "detail"), [
    (mute, "timed out after 0.4 s while waiting for the first byte of the answer of "
           f"{SERVER} port 8000"),
    (dripping, "timed out after 0.4 s while reading the answer of "
               f"{SERVER} port 8000, with 0 bytes of its body so far"),
    (endless, 'status 200, but the first 262144 bytes of the body has no "ok"'),
])
def test_a_server_that_never_ends_is_bad_within_the_time_limit(
        lab: Lab, server: Host, answer: Callable[[socket.socket], None], detail: str) -> None:
    serve(server, answer)
    seen = look(lab, f'http = "http://{SERVER}:8000/"\nbody = "ok"')
    assert (seen["verdict"], seen["detail"]) == ("bad", detail)


def test_a_unix_socket_is_asked_as_well(lab: Lab) -> None:
    host = lab.host(MASTER, lab.lan(), "192.168.56.61")
    host.write_file("/etc/nginx/nginx.conf",
                    "pid /run/nginx.pid;\nevents { }\n"
                    "http { server { listen unix:/run/web.sock; return 200; } }\n")
    host.run(["nginx"])
    seen = look(lab, 'http = "http://localhost/"\nunix_socket = "/run/web.sock"')
    assert (seen["verdict"], seen["detail"]) == ("good", "status 200")


def test_the_daemons_file_keeps_its_secrets(lab: Lab, server: Host) -> None:
    seen = look(lab, f'http = "http://u:secret@{SERVER}/readyz?t=secret"\n'
                     'headers = ["Authorization: Bearer secret"]')
    assert seen["verdict"] == "good"
    assert "secret" not in str(seen)
