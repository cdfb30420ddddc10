"""The source tree as the tidy tests see it: files, lines, floors."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# The floors of docs/architecture.md: a folder may include itself and what is listed for it.
FLOORS: dict[str, set[str]] = {
    "vrrp": set(),
    "os": {"vrrp"},
    "net": {"vrrp", "os"},
    "health": {"vrrp", "os"},
    "auth": {"vrrp", "os"},
    "config": {"vrrp", "os", "net", "health", "auth"},
    "rehearse": {"vrrp", "os", "health", "config"},
    "engine": {"vrrp", "os", "net", "health", "auth", "config", "rehearse"},
    "observe": {"vrrp", "os", "net", "health", "config", "rehearse", "engine"},
    "cli": {"vrrp", "os", "net", "health", "config", "rehearse", "engine", "observe"},
}

# Each third-party header has one home: the files whose path begins so may include it.
HOMES: dict[str, tuple[str, ...]] = {
    r"netlink/": ("src/net/link_",),
    r"libmnl/": ("src/net/address_table", "src/net/accept_filter", "src/net/kernel_answer",
                 "src/net/kernel_follower", "src/net/listeners", "src/net/route_message",
                 "src/net/routing_table"),
    r"libnftnl/": ("src/net/accept_batch",),
    r"systemd/": ("src/os/",),
    r"openssl/": ("src/auth/hmac.cpp",),
    r"toml": ("src/config/toml_",),
    r"resolv\.h": ("src/health/dns_message.cpp",),
    r"curl/": ("src/cli/client", "src/health/transfer"),
    r"re2/": ("src/health/expression",),
    r"microhttpd": ("src/observe/http_server",),
    r"nlohmann/": ("src/observe/", "src/cli/"),
    r"CLI/": ("src/main.cpp", "src/cli/"),
}


@dataclass(frozen=True)
class Source:
    """One C++ file."""

    path: Path

    @property
    def name(self) -> str:
        return str(self.path.relative_to(ROOT))

    @cached_property
    def lines(self) -> list[str]:
        return self.path.read_text(encoding="utf-8").splitlines()

    @property
    def folder(self) -> str:
        """The folder that decides the floor: vrrp for include/vrrp and src/vrrp."""
        parts = self.path.relative_to(ROOT).parts
        return parts[1] if len(parts) > 2 else ""

    @property
    def is_header(self) -> bool:
        return self.path.suffix == ".hpp"

    @property
    def is_public(self) -> bool:
        return self.name.startswith("include/")

    @cached_property
    def includes(self) -> list[tuple[str, bool]]:
        """Each included name, and whether it stands in angle brackets."""
        found = []
        for line in self.lines:
            if match := re.match(r'#include ([<"])([^>"]+)[>"]', line):
                found.append((match[2], match[1] == "<"))
        return found

    @cached_property
    def code(self) -> list[str]:
        """The lines without comments and texts, so that words in them don't count."""
        return [re.sub(r'"(\\.|[^"\\])*"', '""', line.split("//")[0]) for line in self.lines]


def sources(*folders: str) -> list[Source]:
    """All C++ files of these folders, in the order of their names."""
    return [
        Source(path)
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in (".hpp", ".cpp") and path.parent.name != "pch"
    ]


def functions(source: Source) -> list[tuple[int, int, str]]:
    """Where each function that begins at the margin stands, how long it is, and its first line."""
    found = []
    start: int | None = None
    for number, line in enumerate(source.lines, 1):
        if start is None:
            opens = re.match(r"[A-Za-z_~\[:].*\{$", line)
            is_table = line.endswith(("= {", "= {{"))
            if opens and not is_table and not re.match(
                    r"(namespace|struct|class|enum|extern|union)\b", line):
                start = number
        elif line.startswith("}"):
            found.append((start, number - start + 1, source.lines[start - 1]))
            start = None
    return found
