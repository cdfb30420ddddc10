"""Real services for the address to point at: nginx, and an HTTPS server behind it."""

import os
import signal
import time
from pathlib import Path

from .files import configuration_file
from .host import Host
from .reactor import wait_until

STREAM_MODULE = Path("/usr/lib/nginx/modules/ngx_stream_module.so")

_HTTP = """\
user nginx;
worker_processes 1;
pid /run/nginx.pid;
error_log /var/log/nginx/error.log warn;
events {{ worker_connections 4096; }}
http {{ {server} }}
"""

_SERVER = """\
access_log off;
server {{ listen 80 backlog=1024;{listen6} location / {{ return 200 "{name}\\n"; }} }}
"""


class Nginx:
    """A real nginx: it answers http on port 80 with the host's name.

    With `stream` it runs the user's own nginx.conf, unchanged: port 6443 leads to two upstreams.
    """

    def __init__(self, host: Host, stream: bool = False) -> None:
        self.host = host
        self._command = ["nginx"]
        listen6 = " listen [::]:80 backlog=1024;" if host.address6 else ""
        server = _SERVER.format(name=host.name, listen6=listen6)
        if stream:
            # Said on the command line, so that the user's file stays as it is.
            if STREAM_MODULE.exists():
                self._command += ["-g", f"load_module {STREAM_MODULE};"]
            host.write_file("/etc/nginx/nginx.conf", configuration_file("nginx.conf"))
            host.write_file("/etc/nginx/conf.d/name.conf", server)
        else:
            host.write_file("/etc/nginx/nginx.conf", _HTTP.format(server=server))

    def start(self) -> float:
        """Listens when this returns; the time just before."""
        now = time.monotonic()
        self.host.run(self._command)
        return now

    def reload(self) -> float:
        now = time.monotonic()
        self.host.run([*self._command, "-s", "reload"])
        return now

    def processes(self) -> list[int]:
        """Real ids of master and workers, the master first."""
        return sorted(self.host.processes("nginx"))

    def stop(self) -> float:
        """As systemd stops it (QUIT); returns the time just before, when all have ended."""
        return self._end(signal.SIGQUIT, self.processes()[:1])

    def kill(self) -> float:
        """SIGKILL to master and workers at once; returns the time just before."""
        return self._end(signal.SIGKILL, self.processes())

    def _end(self, number: int, processes: list[int]) -> float:
        now = time.monotonic()
        for pid in processes:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass
        wait_until(lambda: not self.processes(), 5.0, f"end of nginx on {self.host.name}")
        return now


class HttpsUpstream:
    """A real HTTPS server that answers /version (etcd), as an API server behind nginx does."""

    def __init__(self, host: Host, port: int = 6443) -> None:
        self.host = host
        self.port = port

    def start(self) -> None:
        """Answers when this returns."""
        host = self.host
        host.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                  "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                  "/CN=kube-apiserver", "-keyout", "/tmp/key.pem", "-out", "/tmp/cert.pem",
                  "-addext", f"subjectAltName=IP:{host.address},IP:192.168.56.60"])
        url = f"https://{host.address}:{self.port}"
        self.process = host.spawn([
            "etcd", "--name", host.name, "--data-dir", "/var/lib/etcd",
            "--cert-file", "/tmp/cert.pem", "--key-file", "/tmp/key.pem",
            "--listen-client-urls", url, "--advertise-client-urls", url,
            "--listen-peer-urls", "http://127.0.0.1:2380"])
        wait_until(self._answers, 20.0, f"answer of etcd on {host.name}", pause=0.05)

    def _answers(self) -> bool:
        url = f"https://{self.host.address}:{self.port}/version"
        return self.host.run(["curl", "-ksf", "-m", "1", url], check=False).returncode == 0
