"""The story that test/demo tells: nginx dies and comes back, the daemon stops and comes back."""

import argparse
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

TEST_FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(TEST_FOLDER / "system"))
sys.path.insert(0, str(TEST_FOLDER))

from build import build  # noqa: E402
from demo_view import View  # noqa: E402
from lab import (ADDRESS, BACKUP, BINARY, CONFIG, MASTER, REPOSITORY, Client, Daemon,  # noqa: E402
                 Keepalived, Lab, Pair, Takeover, Understudy, configuration_file)


@dataclass(frozen=True)
class Chapter:
    """One event and whom the address belongs to after it."""

    title: str
    event: Callable[[], float]
    before: str
    after: str


@dataclass(frozen=True)
class Result:
    chapter: Chapter
    takeover: Takeover

    def row(self) -> list[str]:
        service = self.takeover.service
        return [self.chapter.title, self.chapter.before, self.chapter.after,
                f"{self.takeover.moved_ms:.0f} ms", f"{service.gap_ms:.0f} ms",
                f"{service.failed} of {service.requests}"]


COLUMNS = ["event", "serves before", "serves after", "address moved after", "longest gap",
           "failed requests"]


def make_daemons(pair: Pair, kind: str) -> dict[str, Daemon]:
    if kind == "keepalived":
        script = configuration_file("check_nginx.sh")
        return {name: Keepalived(host, configuration_file(f"{name}.conf"), check_script=script)
                for name, host in pair.hosts.items()}
    example = REPOSITORY / "conf" / "understudy.toml"
    text = example.read_text() if example.is_file() else CONFIG
    return {name: Understudy(host, text) for name, host in pair.hosts.items()}


def chapters(pair: Pair, view: View, kind: str) -> list[Chapter]:
    daemon, nginx = pair.daemons[MASTER], pair.nginx[MASTER]

    def start_daemon() -> float:
        at = daemon.start()
        view.follow_daemon(daemon)
        return at

    return [
        Chapter(f"nginx is killed on {MASTER}", nginx.kill, MASTER, BACKUP),
        Chapter(f"nginx starts again on {MASTER}", nginx.start, BACKUP, MASTER),
        Chapter(f"{kind} is stopped on {MASTER}", daemon.terminate, MASTER, BACKUP),
        Chapter(f"{kind} starts again on {MASTER}", start_daemon, BACKUP, MASTER),
    ]


def tell(chapter: Chapter, pair: Pair, client: Client, view: View) -> Result:
    view.headline(chapter.title)
    takeover = pair.takeover(client, chapter.event, to=chapter.after)
    service = takeover.service
    if pair.holders() != [chapter.after]:
        raise RuntimeError(f"{ADDRESS} should be on {chapter.after} alone, "
                           f"but it is on {', '.join(pair.holders()) or 'no host'}")
    view.conclusion(f"{ADDRESS} moved after {takeover.moved_ms:.0f} ms; the client's longest gap "
                    f"was {service.gap_ms:.0f} ms, {service.failed} of {service.requests} "
                    "requests failed")
    # Time to read, while the client goes on.
    client.wait_answer(chapter.after, since=pair.lab.now() + 0.7)
    return Result(chapter, takeover)


def story(lab: Lab, view: View, kind: str) -> list[Result]:
    view.headline(f"two load balancers with {kind} and nginx, and a client, on one switch")
    pair = Pair(lab)
    for name, host in pair.hosts.items():
        view.follow_host(host)
        view.say(name, f"{host.address}, nginx runs")
    view.say("client", f"{pair.client_host.address}, asks http://{ADDRESS}/ a thousand times "
                       "a second")
    for name, daemon in make_daemons(pair, kind).items():
        pair.start(name, daemon)
        view.follow_daemon(daemon)
    pair.settle()
    client = pair.client()
    view.follow_client(client)
    client.wait_answer(MASTER)
    client.wait_answer(MASTER, since=lab.now() + 0.5)
    results = []
    for chapter in chapters(pair, view, kind):
        results.append(tell(chapter, pair, client, view))
        if chapter.event == pair.daemons[MASTER].terminate:
            code = pair.daemons[MASTER].process.wait()
            if code != 0:
                raise RuntimeError(f"{kind} should exit with 0 on SIGTERM, but exited with {code}")
    client.stop()
    return results


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="test/demo", allow_abbrev=False)
    parser.add_argument("--with", dest="kind", default="understudy",
                        choices=["understudy", "keepalived"], help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> int:
    kind = parse_arguments().kind
    if kind == "understudy":
        print("building (some minutes the first time) ...", flush=True)
        try:
            if not build("understudy", quiet=True):
                return 1
        except KeyboardInterrupt:
            print("\ninterrupted; the next run goes on where this one stopped")
            return 130
        if not BINARY.exists():
            print(f"test/demo: expected the build to make {BINARY}, but it is not there")
            return 1
    # Also where a shell has started us with SIGINT ignored.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    view = View(time.monotonic())
    lab = Lab()
    try:
        with lab:
            results = story(lab, view, kind)
    except KeyboardInterrupt:
        view.close()
        print("\ninterrupted; the hosts are gone")
        return 130
    except (TimeoutError, RuntimeError) as error:
        view.close()
        print(f"\nThe story did not happen as expected: {error}\nThe logs are in {lab.folder}")
        return 1
    view.close()
    view.table(COLUMNS, [result.row() for result in results])
    return 0


if __name__ == "__main__":
    sys.exit(main())
