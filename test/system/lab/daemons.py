"""The two daemons that keep an address alive, ours and the incumbent, behind one set of words."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

from .host import REPOSITORY, Command, Host
from .process import LogLine, Process
from .reactor import wait_until

BINARY = Path(os.environ.get("UNDERSTUDY", REPOSITORY / "build" / "understudy")).absolute()


class Daemon:
    """A daemon in the foreground on a host; its log lines are in `process.lines`."""

    process: Process
    config_mode = 0o640  # a file with a password that all may read is told

    def __init__(self, host: Host, config: str, path: str) -> None:
        self.host = host
        self.environment: dict[str, str] = {}
        self.path = path
        self.write_config(config)

    def write_config(self, text: str) -> None:
        """Replaces the file; what runs does not notice before it is told to reload."""
        self.host.write_file(self.path, text, self.config_mode)

    def write_check_script(self, text: str | None) -> None:
        """Puts check_nginx.sh where the user's files and where ours expect it."""
        if text is not None:
            self.host.write_file("/etc/keepalived/check_nginx.sh", text, 0o755)
            self.host.write_file("/etc/understudy/check_nginx.sh", text, 0o755)

    def _command(self) -> Command:
        raise NotImplementedError

    def start(self) -> float:
        """Does not wait for a state; returns the time just before."""
        now = time.monotonic()
        self.process = self.host.spawn(self._command(), environment=self.environment)
        return now

    def terminate(self) -> float:
        """SIGTERM, without waiting; the time just before."""
        return self.process.terminate()

    def stop(self, timeout: float = 5.0) -> int:
        """SIGTERM, and its exit code."""
        self.terminate()
        return self.process.wait(timeout)

    def processes(self) -> list[int]:
        return [self.process.pid]

    def holds(self, address: str) -> bool:
        """Whether this daemon's host answers for the address now."""
        return self.host.address_present(address)

    def mac_of(self, address: str) -> str:
        """The MAC at which clients find the address while this daemon's host holds it."""
        return self.host.mac()

    def memory_kib(self) -> int:
        """What of the daemon's own process is in memory (RSS)."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
        raise ProcessLookupError(f"{self.process} has no memory")

    def signal_all(self, number: int) -> float:
        """Signals the daemon and its children; the time just before."""
        now = time.monotonic()
        for pid in self.processes():
            os.kill(pid, number)
        return now

    def kill(self) -> float:
        """SIGKILL to all of it: a crash; returns the time just before, when it has ended.

        Frozen first: a child of keepalived's that survives its parent for a moment is told so by
        the kernel, and tidies up.
        """
        now = self.freeze()
        self.signal_all(signal.SIGKILL)
        self.process.wait()
        return now

    def freeze(self) -> float:
        return self.signal_all(signal.SIGSTOP)

    def thaw(self) -> float:
        return self.signal_all(signal.SIGCONT)

    def reload(self, text: str | None = None) -> float:
        """SIGHUP, after the file has been replaced if there is a text; the time just before."""
        if text is not None:
            self.write_config(text)
        return self.process.send_signal(signal.SIGHUP)

    def wait_log(self, pattern: str, timeout: float = 5.0, since: float = 0.0) -> LogLine:
        return self.process.wait_line(pattern, timeout, since)


class Keepalived(Daemon):
    """The distribution's keepalived."""

    def __init__(self, host: Host, config: str, path: str = "/etc/keepalived/keepalived.conf",
                 check_script: str | None = None) -> None:
        super().__init__(host, config, path)
        self.write_check_script(check_script)

    def _command(self) -> Command:
        return ["keepalived", "--dont-fork", "--log-console", "-f", self.path]

    def processes(self) -> list[int]:
        return sorted(self.host.processes("keepalived"))


class Understudy(Daemon):
    """Understudy; the binary is build/understudy, or what UNDERSTUDY in the environment names."""

    def __init__(self, host: Host, config: str, path: str = "/etc/understudy/understudy.toml",
                 socket: str | None = None, check_script: str | None = None,
                 config_id: str | None = None) -> None:
        super().__init__(host, config, path)
        self._socket = ["--socket", socket] if socket else []
        self._config_id = ["--config-id", config_id] if config_id else []
        self.write_check_script(check_script)

    def _command(self) -> Command:
        return [BINARY, "run", "--config", self.path, *self._socket, *self._config_id]

    def tool(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Runs `understudy ARGUMENTS` on the daemon's host."""
        return self.host.run([BINARY, *arguments], check=check)

    def status(self) -> dict[str, Any]:
        """What `understudy status --json` says."""
        return json.loads(self.tool("status", "--json", *self._socket).stdout)

    def router(self, name: str = "") -> dict[str, Any]:
        """The status of one router; without a name, of the only one."""
        routers = [x for x in self.status()["routers"] if name in ("", x["name"])]
        if len(routers) != 1:
            raise LookupError(f"{self.host.name} has {len(routers)} routers for {name!r}")
        return routers[0]

    def check(self, name: str = "") -> dict[str, Any]:
        """The status of one check; without a name, of the only one."""
        checks = [x for x in self.status()["checks"] if name in ("", x["name"])]
        if len(checks) != 1:
            raise LookupError(f"{self.host.name} has {len(checks)} checks for {name!r}")
        return checks[0]

    def is_ready(self) -> bool:
        answer = self.tool("status", "--json", *self._socket, check=False)
        return answer.returncode == 0

    def wait_ready(self, timeout: float = 5.0) -> float:
        """Until the daemon answers its tools."""
        return wait_until(self.is_ready, timeout, f"an answer of understudy on {self.host.name}")

    def wait_state(self, state: str, router: str = "", timeout: float = 5.0) -> dict[str, Any]:
        """The router's status once it is in the state (initialize, backup, master, leaving)."""
        seen: dict[str, Any] = {}

        def arrived() -> bool:
            nonlocal seen
            if not self.is_ready():
                return False
            seen = self.router(router)
            return seen["state"] == state

        what = f"{router or 'router'} {state} on {self.host.name}"
        try:
            wait_until(arrived, timeout, what)
        except TimeoutError as error:
            raise TimeoutError(f"{error}; last status: {seen}") from None
        return seen
