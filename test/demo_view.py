"""What the watcher of test/demo sees: one line for each thing that happens, with its time."""

import os
import queue
import re
import sys
import threading
import time
from dataclasses import dataclass

from lab import ADDRESS, BACKUP, MASTER, AddressEvent, Answer, Client, Daemon, Host, Keepalived
from lab import LogLine

COLOURS = {MASTER: "32", BACKUP: "33", "client": "36", "headline": "1", "conclusion": "1;35",
           "bad": "31", "dim": "2"}
_OWN_TIME = re.compile(r"^\S*\d\d:\d\d:\d\d\S*\s+|^\w{3} \w{3} +\d+ [\d:]+ \d{4}: ")
_KEEPALIVED_NEWS = re.compile(r"Entering|VRRP_Script|priority 0|sent 0|Sto.*Keepal|Starting Ke")
# Lines are held back so long, to put the news of different threads in the order they happened.
ORDERING_SECONDS = 0.03
# Silence of this length is worth a line; a single request that is late or lost is not.
SILENCE_SECONDS = 0.01


@dataclass(order=True)
class Line:
    at: float
    who: str
    text: str
    colour: str


class View:
    """Prints from a thread of its own, so that watching does not slow down what is watched."""

    def __init__(self, start: float) -> None:
        self._start = start
        self._coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        self._lines: queue.Queue[Line | None] = queue.Queue()
        self._last_server: str | None = None
        self._last_good = start
        self._thread = threading.Thread(target=self._print_all, daemon=True)
        self._thread.start()

    def say(self, who: str, text: str, at: float | None = None, colour: str = "") -> None:
        self._lines.put(Line(at or time.monotonic(), who, text, colour or COLOURS.get(who, "")))

    def headline(self, text: str) -> None:
        self.say("", f"── {text}", colour=COLOURS["headline"])

    def conclusion(self, text: str) -> None:
        self.say("", f"=> {text}", colour=COLOURS["conclusion"])

    def follow_host(self, host: Host) -> None:
        """Tells when the address comes and goes."""
        def on_event(event: AddressEvent) -> None:
            if event.address == ADDRESS and event.change != "refreshed":
                verb = "has" if event.change == "added" else "no longer has"
                self.say(host.name, f"{verb} {ADDRESS}", event.at)
        host.address_events.subscribe(on_event)

    def follow_daemon(self, daemon: Daemon) -> None:
        """Tells what the daemon logs, from its first line on; call again after a new start."""
        is_wordy = isinstance(daemon, Keepalived)

        def on_line(line: LogLine) -> None:
            if not is_wordy or _KEEPALIVED_NEWS.search(line.text):
                self.say(daemon.host.name, _OWN_TIME.sub("", line.text), line.at)
        seen = len(daemon.process.lines)
        daemon.process.lines.subscribe(on_line)
        for line in list(daemon.process.lines)[:seen]:
            on_line(line)

    def follow_client(self, client: Client) -> None:
        """Tells who answers, when that changes or stops."""
        client.answers.subscribe(self._on_answer)

    def _on_answer(self, answer: Answer) -> None:
        if answer.is_ok:
            if answer.server != self._last_server:
                self._tell_server(answer)
            self._last_server, self._last_good = answer.server, answer.at
        elif self._last_server and answer.at - self._last_good >= SILENCE_SECONDS:
            self.say("client", f"no answer ({answer.outcome})", answer.at, COLOURS["bad"])
            self._last_server = ""

    def _tell_server(self, answer: Answer) -> None:
        gap = (answer.at - self._last_good) * 1000
        after = "" if self._last_server is None else f", {gap:.0f} ms after the last answer"
        self.say("client", f"{answer.server} answers{after}", answer.at)

    def close(self) -> None:
        """Prints what is left; nothing is printed after it."""
        self._lines.put(None)
        self._thread.join()

    def _print_all(self) -> None:
        pending: list[Line] = []
        open_for_more = True
        while open_for_more or pending:
            try:
                line = self._lines.get(timeout=ORDERING_SECONDS) if open_for_more else None
                open_for_more = line is not None
                pending += [line] if line is not None else []
            except queue.Empty:
                pass
            limit = time.monotonic() - (ORDERING_SECONDS if open_for_more else -1)
            for ripe in sorted(line for line in pending if line.at <= limit):
                self._print(ripe)
            pending = [line for line in pending if line.at > limit]

    def _print(self, line: Line) -> None:
        clock = self._paint(f"{(line.at - self._start) * 1000:8.0f} ms", COLOURS["dim"])
        body = f"{line.who:<10} {line.text}" if line.who else line.text
        if line.text.startswith("──"):
            print()
        print(f"{clock}  {self._paint(body, line.colour)}", flush=True)

    def _paint(self, text: str, colour: str) -> str:
        return f"\033[{colour}m{text}\033[0m" if self._coloured and colour else text

    def table(self, columns: list[str], rows: list[list[str]]) -> None:
        widths = [max(len(row[index]) for row in [columns, *rows])
                  for index in range(len(columns))]
        print()
        print(self._paint("  ".join(map(str.ljust, columns, widths)).rstrip(), "1"))
        print("  ".join("-" * width for width in widths))
        for row in rows:
            print("  ".join(map(str.ljust, row, widths)).rstrip(), flush=True)
