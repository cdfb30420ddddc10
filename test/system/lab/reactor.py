"""One thread that waits for everything the lab can hear, and lists that a test can wait on."""

import os
import selectors
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from typing import Any, Generic, Protocol, TypeVar


class Timed(Protocol):
    """Anything that happened: `at` is CLOCK_MONOTONIC in seconds, one clock for all hosts."""

    @property
    def at(self) -> float: ...


Item = TypeVar("Item", bound=Timed)


class Recorder(Generic[Item]):
    """What happened, in order, and a way to wait for what has not happened yet."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._items: list[Item] = []
        self._listeners: list[Callable[[Item], None]] = []
        self._changed = threading.Condition()

    def add(self, item: Item) -> None:
        with self._changed:
            self._items.append(item)
            self._changed.notify_all()
        for listener in self._listeners:
            listener(item)

    def subscribe(self, listener: Callable[[Item], None]) -> None:
        """Calls for each item from now on, from the thread that records it; must be quick."""
        self._listeners.append(listener)

    def __iter__(self) -> Iterator[Item]:
        return iter(self.since(0.0))

    def __len__(self) -> int:
        return len(self._items)

    def since(self, start: float, end: float = float("inf")) -> list[Item]:
        """Everything recorded with start <= at <= end."""
        with self._changed:
            return [item for item in self._items if start <= item.at <= end]

    def last(self, matches: Callable[[Item], bool] = lambda _: True) -> Item | None:
        with self._changed:
            return next((item for item in reversed(self._items) if matches(item)), None)

    def wait(
        self,
        matches: Callable[[Item], bool] = lambda _: True,
        timeout: float = 5.0,
        since: float = 0.0,
        what: str = "",
    ) -> Item:
        """The first item not older than `since` that matches, present or to come.

        Raises TimeoutError, which lists the last items that did arrive.
        """
        deadline = time.monotonic() + timeout
        position = 0
        with self._changed:
            while True:
                while position < len(self._items):
                    item = self._items[position]
                    position += 1
                    if item.at >= since and matches(item):
                        return item
                remaining = deadline - time.monotonic()
                if remaining <= 0 or not self._changed.wait(remaining):
                    if position >= len(self._items):
                        raise TimeoutError(self._complaint(timeout, since, what))

    def _complaint(self, timeout: float, since: float, what: str) -> str:
        seen = [str(item) for item in self._items if item.at >= since][-8:]
        listing = "\n  ".join(seen) or "nothing"
        return f"{self._what}: no {what or 'matching event'} within {timeout} s; seen:\n  {listing}"


class Reactor:
    """Calls back from its own thread when a descriptor is readable."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._dispatching = threading.RLock()
        self._wake_reader, self._wake_writer = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._running = True
        self._selector.register(self._wake_reader, selectors.EVENT_READ, None)
        self._thread = threading.Thread(target=self._run, name="lab reactor", daemon=True)
        self._thread.start()

    def add(self, source: Any, on_readable: Callable[[], None]) -> None:
        with self._dispatching:
            self._selector.register(source, selectors.EVENT_READ, on_readable)

    def remove(self, source: Any) -> None:
        """After this no callback for the source runs any more; removing twice does nothing."""
        with self._dispatching:
            try:
                self._selector.unregister(source)
            except (KeyError, ValueError):
                pass

    def close(self) -> None:
        self._running = False
        os.write(self._wake_writer, b"x")
        self._thread.join()
        self._selector.close()
        os.close(self._wake_reader)
        os.close(self._wake_writer)

    def _run(self) -> None:
        while self._running:
            ready = self._selector.select()
            for key, _ in ready:
                with self._dispatching:
                    still_wanted = self._selector.get_map().get(key.fd) is key
                    if key.data is not None and still_wanted:
                        self._call(key)

    def _call(self, key: selectors.SelectorKey) -> None:
        """One source that fails must not deafen the lab to the others."""
        try:
            key.data()
        except Exception:
            traceback.print_exc()
            self.remove(key.fileobj)


def wait_until(
    holds: Callable[[], bool], timeout: float = 5.0, what: str = "condition", pause: float = 0.005
) -> float:
    """Polls where nothing can be waited for; the time at which it held. Raises TimeoutError."""
    deadline = time.monotonic() + timeout
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not come about within {timeout} s")
        time.sleep(pause)
    return time.monotonic()
