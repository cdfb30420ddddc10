"""A host: its own network, processes, files and name, on a kernel shared with the others."""

import errno
import fcntl
import json
import os
import re
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from .namespaces import inside_network
from .netlink import Address, AddressEvent, AddressMonitor, read_addresses
from .process import LineReader, LogLine, Process
from .reactor import Reactor, Recorder
from .vrrp import internet_checksum

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[2]
# A daemon does not wait for a full pipe but drops lines; a thousand routers say much at once.
_PIPE_BYTES = 1 << 20
_SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

Command = str | Sequence[str | Path]


class Host:
    """Made by Lab.host(); gone, with all it runs, when the lab ends.

    Every time it returns is CLOCK_MONOTONIC in seconds, so times of different hosts compare.
    """

    def __init__(self, name: str, reactor: Reactor, folder: Path, kept: Sequence[Path],
                 watched: bool = True) -> None:
        self.name = name
        self.address = ""
        self.address6 = ""
        self.link_local = ""
        self.folder = folder
        self.address_events: Recorder[AddressEvent] = Recorder(f"addresses of {name}")
        self._reactor = reactor
        self._processes: dict[int, Process] = {}
        self._readers: list[LineReader] = []
        self._next_id = 1
        self._ready: Recorder[LogLine] = Recorder(f"host {name}")
        folder.mkdir(parents=True, exist_ok=True)
        self._start_agent(kept)
        self.pid = int(self._wait_ready())
        self._network = os.open(f"/proc/{self.pid}/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        self._netlink = self.open_socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
        if watched:
            self._monitor = AddressMonitor(self._netlink, self.address_events.add)
            reactor.add(self._netlink, self._monitor.read)

    def __repr__(self) -> str:
        return f"<host {self.name} {self.address}>"

    def _start_agent(self, kept: Sequence[Path]) -> None:
        self._control, remote = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        settings = {"name": self.name, "control": remote.fileno(), "parent": os.getpid(),
                    "kept": [os.path.realpath(path) for path in kept]}
        with open(self.folder / "agent.log", "ab") as log:
            self._agent = subprocess.Popen(
                [sys.executable, "-I", "-S", "-B", "agent.py", json.dumps(settings)],
                cwd=HERE, pass_fds=[remote.fileno()], start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )
        remote.close()
        self._reactor.add(self._control, self._hear_agent)

    def _wait_ready(self) -> str:
        try:
            return self._ready.wait(timeout=10.0, what="sign of life").text
        except TimeoutError:
            log = (self.folder / "agent.log").read_text(errors="replace")
            self._agent.kill()
            raise RuntimeError(f"host {self.name} did not start:\n{log}") from None

    def _hear_agent(self) -> None:
        data, ancillary, _, _ = self._control.recvmsg(4096, socket.CMSG_SPACE(12))
        if not data:
            self._reactor.remove(self._control)
            return
        message = json.loads(data)
        sender = int.from_bytes(ancillary[0][2][:4], sys.byteorder)
        if "ready" in message:
            self._ready.add(LogLine(time.monotonic(), str(sender)))
        elif "started" in message:
            self._processes[message["started"]].note_started(sender)
        elif "exited" in message:
            self._processes.pop(message["exited"]).note_exited(message["code"])

    def _launch(self, process: Process, command: Command, descriptors: list[int],
                environment: dict[str, str]) -> None:
        argv = ["sh", "-c", command] if isinstance(command, str) else [str(x) for x in command]
        identity = self._next_id
        self._next_id += 1
        self._processes[identity] = process
        full = {"PATH": _SEARCH_PATH, "LANG": "C.UTF-8", "HOME": "/root", **environment}
        request = {"id": identity, "argv": argv, "environment": full, "folder": "/"}
        socket.send_fds(self._control, [json.dumps(request).encode()], descriptors)
        process.wait_started()

    def run(self, command: Command, check: bool = True, timeout: float = 30.0,
            input: str = "") -> subprocess.CompletedProcess[str]:
        """Runs a command (a list, or a line for the shell) to its end: about 5 ms and the command.

        What it leaves running in the background does not hold this up.
        """
        process = Process(str(command), Path(os.devnull))
        files = [os.memfd_create(name) for name in ("stdin", "stdout", "stderr")]
        try:
            os.write(files[0], input.encode())
            os.lseek(files[0], 0, os.SEEK_SET)
            self._launch(process, command, files, {})
            try:
                code = process.wait(timeout)
            except TimeoutError:
                process.kill()
                raise
            output, errors = (os.pread(file, 1 << 24, 0).decode(errors="replace")
                              for file in files[1:])
        finally:
            for file in files:
                os.close(file)
        if check and code != 0:
            raise RuntimeError(f"{self.name}: {command} ended with {code}\n{output}{errors}")
        return subprocess.CompletedProcess(command, code, output, errors)

    def spawn(self, command: Command, name: str = "", environment: dict[str, str] | None = None,
              on_line: Callable[[LogLine], None] | None = None) -> Process:
        """Starts a command in the background; `name` names its log file in the host's folder.

        With `on_line` the lines go there (from the reactor's thread) and not into process.lines.
        """
        title = name or Path(command.split()[0] if isinstance(command, str)
                             else str(command[0])).name
        process = Process(f"{title} on {self.name}", self._free_log(title))
        reader, writer = os.pipe2(os.O_CLOEXEC)
        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        nothing = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
        try:
            self._readers.append(LineReader(reader, self._reactor, process, on_line))
            self._launch(process, command, [nothing, writer, writer], environment or {})
        finally:
            os.close(writer)
            os.close(nothing)
        return process

    def _free_log(self, title: str) -> Path:
        stem = re.sub(r"[^\w.-]+", "-", title)
        path = self.folder / f"{stem}.log"
        number = 2
        while path.exists():
            path = self.folder / f"{stem}-{number}.log"
            number += 1
        path.touch()
        return path

    def write_file(self, path: str, text: str, mode: int = 0o644) -> None:
        """Writes a file of the host, in its memory only; missing folders are made."""
        self.run(["install", "-D", "-m", f"{mode:o}", "/dev/stdin", path], input=text)

    def read_file(self, path: str) -> str:
        return self.run(["cat", path]).stdout

    def network(self) -> AbstractContextManager[None]:
        """`with host.network():` this thread sees the host's network."""
        return inside_network(self._network)

    def open_socket(self, family: int, kind: int, protocol: int = 0) -> socket.socket:
        """A socket of this process in the network of the host."""
        with self.network():
            return socket.socket(family, kind, protocol)

    def addresses(self) -> list[Address]:
        with self.open_socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as netlink:
            return read_addresses(netlink)

    def address_present(self, address: str) -> bool:
        """Asks the kernel, now."""
        return any(known.address == address for known in self.addresses())

    def mac(self, interface: str = "eth0") -> str:
        return Path(f"/proc/{self.pid}/root/sys/class/net/{interface}/address").read_text().strip()

    def reaches(self, address: str, timeout: float = 0.2, interface: str = "eth0") -> bool:
        """Whether the other host's kernel answers: it accepts or refuses a connection."""
        target: tuple[str, int] | tuple[str, int, int, int] = (address, 9)
        family = socket.AF_INET
        with self.network():
            if ":" in address:
                target = (address, 9, 0, socket.if_nametoindex(interface))
                family = socket.AF_INET6
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.settimeout(timeout)
                return probe.connect_ex(target) in (0, errno.ECONNREFUSED)

    def pings(self, address: str, timeout: float = 0.2, interface: str = "eth0") -> bool:
        """Whether the other host answers an ICMP echo request."""
        is_ipv6 = ":" in address
        family, protocol = ((socket.AF_INET6, socket.IPPROTO_ICMPV6) if is_ipv6
                            else (socket.AF_INET, socket.IPPROTO_ICMP))
        request = struct.pack("!BBHHH", 128 if is_ipv6 else 8, 0, 0, os.getpid() & 0xFFFF, 1)
        if not is_ipv6:
            request = request[:2] + struct.pack("!H", internet_checksum(request)) + request[4:]
        with self.network():
            target = ((address, 0, 0, socket.if_nametoindex(interface)) if is_ipv6
                      else (address, 0))
            with socket.socket(family, socket.SOCK_RAW, protocol) as probe:
                probe.settimeout(timeout)
                probe.sendto(request, target)
                return _hears_echo(probe, 129 if is_ipv6 else 0, is_ipv6)

    def neighbour(self, address: str) -> str:
        """The MAC that this host's kernel knows the address by; nothing if it knows none."""
        words = self.run(["ip", "neigh", "show", address]).stdout.split()
        return words[words.index("lladdr") + 1] if "lladdr" in words else ""

    def wait_address(self, address: str, present: bool = True, timeout: float = 5.0,
                     since: float = 0.0) -> float:
        """When the address came (or went), not earlier than `since`. Raises TimeoutError."""
        change = "added" if present else "removed"
        return self.address_events.wait(
            lambda event: event.address == address and event.change == change,
            timeout, since, f"{address} {change}",
        ).at

    def moves(self, address: str = "") -> list[AddressEvent]:
        """How this address (or any) came and went so far; a lease renewed is no move."""
        return [event for event in self.address_events.since(0.0)
                if event.change != "refreshed" and address in ("", event.address)]

    def processes(self, name: str) -> list[int]:
        """Real ids of the processes of this host that the kernel knows by this name (comm)."""
        own = os.readlink(f"/proc/{self.pid}/ns/pid")
        return [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc")))
                if _is_process(pid, name, own)]

    def close(self) -> None:
        """Ends every process of the host and waits until the last is gone; safe to repeat."""
        for reader in self._readers:
            reader.close()
        self._reactor.remove(self._control)
        self._reactor.remove(self._netlink)
        if self._agent.poll() is None:
            os.kill(self.pid, 9)
        self._agent.wait()
        self._control.close()
        self._netlink.close()
        if self._network >= 0:
            os.close(self._network)
            self._network = -1


def _hears_echo(probe: socket.socket, kind: int, is_ipv6: bool) -> bool:
    """Whether an echo reply arrives; others' ICMP is passed over, and the header of IPv4."""
    try:
        while True:
            data = probe.recv(2048)
            if data[0 if is_ipv6 else 20] == kind:
                return True
    except TimeoutError:
        return False


def _is_process(pid: int, name: str, namespace: str) -> bool:
    try:
        comm = Path(f"/proc/{pid}/comm").read_text().strip()
        return comm == name[:15] and os.readlink(f"/proc/{pid}/ns/pid") == namespace
    except OSError:
        return False
