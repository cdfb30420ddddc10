"""Process 1 of a test host.

It reaps, starts what it is told to start, and says when a child has ended. It sleeps otherwise. Its
own command line names no service, because check scripts count processes by name. When it ends the
kernel ends every process of the host with it: that is the whole clean-up.
"""

import errno
import json
import os
import select
import shutil
import signal
import socket
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import namespaces as ns  # noqa: E402

# Real hosts have process ids of several digits. A script that says `grep -v $$` needs them, or it
# would find its own id in every line.
FIRST_PROCESS_ID = 20000


class Agent:
    """Serves one control socket until it closes."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._children: dict[int, int] = {}
        self._wake, wake_writer = socket.socketpair()
        self._wake.setblocking(False)
        wake_writer.setblocking(False)
        self._wake_writer = wake_writer
        signal.set_wakeup_fd(wake_writer.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for ignored in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM, signal.SIGPIPE):
            signal.signal(ignored, signal.SIG_IGN)

    def serve(self) -> None:
        self._say({"ready": True})
        while True:
            readable, _, _ = select.select([self._control, self._wake], [], [])
            if self._wake in readable:
                self._reap()
            if self._control in readable and not self._handle_message():
                return

    def _say(self, message: dict) -> None:
        self._control.send(json.dumps(message).encode())

    def _handle_message(self) -> bool:
        data, descriptors, _, _ = socket.recv_fds(self._control, 1 << 18, 3)
        if not data:
            return False
        request = json.loads(data)
        child = os.fork()
        if child == 0:
            self._become(request, descriptors)
        self._children[child] = request["id"]
        for descriptor in descriptors:
            os.close(descriptor)
        return True

    def _become(self, request: dict, descriptors: list[int]) -> None:
        """Runs in the child; the credentials of this message tell the outside our real id."""
        try:
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
                signal.signal(number, signal.SIG_DFL)
            signal.signal(signal.SIGPIPE, signal.SIG_DFL)
            os.setsid()
            for target, descriptor in enumerate(descriptors):
                os.dup2(descriptor, target)
            os.chdir(request["folder"])
            self._say({"started": request["id"]})
            os.execvpe(request["argv"][0], request["argv"], request["environment"])
        except OSError as error:
            os.write(2, f"{request['argv'][0]}: {error}\n".encode())
        finally:
            os._exit(127)

    def _reap(self) -> None:
        try:
            self._wake.recv(4096)
        except BlockingIOError:
            pass
        while True:
            try:
                child, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if child == 0:
                return
            identity = self._children.pop(child, None)
            if identity is not None:
                code = os.waitstatus_to_exitcode(status)
                self._say({"exited": identity, "code": code})


def _mount_own_files(name: str, kept: list[str]) -> None:
    """A file tree that looks like the machine's and is written nowhere but in memory."""
    ns.mount("none", "/", "none", ns.MS_REC | ns.MS_PRIVATE)
    ns.make_everything_read_only()
    ns.mount("tmpfs", "/run", "tmpfs")
    staged = _stage(kept)
    os.makedirs("/run/etc/upper")
    os.makedirs("/run/etc/work")
    layers = "lowerdir=/etc,upperdir=/run/etc/upper,workdir=/run/etc/work"
    ns.mount("overlay", "/etc", "overlay", 0, layers)
    ns.mount("proc", "/proc", "proc")
    ns.mount("sysfs", "/sys", "sysfs")
    for folder in ("/tmp", "/var", "/dev/shm"):
        ns.mount("tmpfs", folder, "tmpfs", 0, "mode=1777" if folder != "/var" else "mode=755")
    _fill_var()
    _fill_etc(name)
    for source, target in staged:
        os.makedirs(target, exist_ok=True)
        ns.mount(source, target, "none", ns.MS_BIND | ns.MS_REC)
    ns.mount("tmpfs", "/run", "tmpfs", 0, "mode=755")
    os.mkdir("/run/lock")


def _stage(kept: list[str]) -> list[tuple[str, str]]:
    """Remembers folders that the mounts to come would hide (a repository below /tmp)."""
    hidden = ("/tmp/", "/var/")
    staged = []
    for index, folder in enumerate(path for path in kept if path.startswith(hidden)):
        source = f"/run/kept/{index}"
        os.makedirs(source)
        ns.mount(folder, source, "none", ns.MS_BIND | ns.MS_REC)
        staged.append((source, folder))
    return staged


def _fill_var() -> None:
    for folder in ("log/nginx", "log/keepalived", "lib/nginx", "lib/understudy", "cache/nginx",
                   "spool", "www/html"):
        os.makedirs(f"/var/{folder}")
    os.mkdir("/var/tmp")
    os.chmod("/var/tmp", 0o1777)
    os.symlink("/run", "/var/run")
    os.symlink("/run/lock", "/var/lock")


def _fill_etc(name: str) -> None:
    mime_types = _read("/etc/nginx/mime.types") or "types { text/html html; }\n"
    for folder in ("nginx", "keepalived", "understudy"):
        shutil.rmtree(f"/etc/{folder}", ignore_errors=True)
        os.makedirs(f"/etc/{folder}")
    os.mkdir("/etc/nginx/conf.d")
    _write("/etc/nginx/mime.types", mime_types)
    _write("/etc/hostname", f"{name}\n")
    _write("/etc/hosts", f"127.0.0.1 localhost {name}\n")
    if "\nnginx:" not in _read("/etc/passwd"):
        _write("/etc/passwd", "nginx:x:990:990::/nonexistent:/usr/sbin/nologin\n", "a")
        _write("/etc/group", "nginx:x:990:\n", "a")


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def _write(path: str, text: str, mode: str = "w") -> None:
    with open(path, mode, encoding="utf-8") as file:
        file.write(text)


def _skip_small_process_ids() -> None:
    try:
        _write("/proc/sys/kernel/ns_last_pid", str(FIRST_PROCESS_ID))
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.EACCES, errno.EROFS):
            raise


def main() -> int:
    settings = json.loads(sys.argv[1])
    control = socket.socket(fileno=settings["control"])
    ns.die_with_parent()
    if os.getppid() != settings["parent"]:
        return 1
    ns.unshare(ns.CLONE_NEWNS | ns.CLONE_NEWUTS | ns.CLONE_NEWPID | ns.CLONE_NEWNET)
    first = os.fork()
    if first != 0:
        control.close()
        os.waitpid(first, 0)
        return 0
    ns.die_with_parent()
    control.set_inheritable(False)
    ns.set_host_name(settings["name"])
    _mount_own_files(settings["name"], settings["kept"])
    _skip_small_process_ids()
    os.umask(0o022)
    Agent(control).serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
