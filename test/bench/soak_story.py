"""What happened in a lab, as values: who held the address when, and what was done to whom."""

from collections.abc import Iterable
from dataclasses import dataclass, field

FOREVER = float("inf")
# A rest of the machine from which daemons need a down interval and more to recover.
STORM = 0.7
CALMING = 6.0


@dataclass(frozen=True)
class Span:
    """A stretch of the lab's clock; what is not over ends at FOREVER."""

    start: float
    end: float = FOREVER

    @property
    def length(self) -> float:
        return self.end - self.start

    def meets(self, other: "Span") -> bool:
        return self.start < other.end and other.start < self.end


def union(spans: Iterable[Span]) -> list[Span]:
    """In order, and none touches another."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda one: one.start):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        elif span.length > 0:
            found.append(span)
    return found


def without(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """What is left of the spans."""
    left, holes = [], union(taken)
    for span in union(spans):
        start = span.start
        for hole in holes:
            if hole.start < span.end and hole.end > start:
                if hole.start > start:
                    left.append(Span(start, hole.start))
                start = hole.end
        if start < span.end:
            left.append(Span(start, span.end))
    return left


def common(first: Iterable[Span], second: Iterable[Span]) -> list[Span]:
    """Where both are."""
    others = list(second)
    return union(Span(max(one.start, other.start), min(one.end, other.end))
                 for one in first for other in others if one.meets(other))


def longer(spans: Iterable[Span], after: float) -> list[Span]:
    """Each goes on for a while after its end."""
    return [Span(span.start, span.end + after) for span in spans]


def total(spans: Iterable[Span]) -> float:
    return sum(span.length for span in spans)


@dataclass(frozen=True)
class Move:
    """The kernel of a host told that the address came or went."""

    at: float
    host: str
    came: bool


@dataclass
class Fault:
    """Something that was done to a host, until all of it was undone."""

    kind: str
    host: str
    start: float
    end: float = FOREVER
    detail: str = ""

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


@dataclass
class Trouble:
    """A condition of a host: ended, frozen, unserved, cut, unplugged, filtered or bare."""

    condition: str
    host: str
    start: float
    end: float = FOREVER

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


@dataclass
class Story:
    """All that the verdict needs to know of a lab between `start` and `end`."""

    start: float
    end: float
    hosts: tuple[str, ...]
    moves: list[Move] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    stalls: list[Span] = field(default_factory=list)

    @property
    def whole(self) -> list[Span]:
        return [Span(self.start, self.end)]

    def held(self, host: str) -> list[Span]:
        """When the host had the address."""
        spans, since = [], None
        for move in self.moves:
            if move.host == host and move.came and since is None:
                since = move.at
            elif move.host == host and not move.came and since is not None:
                spans.append(Span(since, move.at))
                since = None
        spans += [Span(since, self.end)] if since is not None else []
        return common(spans, self.whole)

    def troubled(self, host: str, *conditions: str) -> list[Span]:
        """When the host was in one of these conditions, as far as the story goes."""
        return [trouble.span for trouble in self.troubles
                if trouble.host == host and trouble.condition in conditions]

    def serving(self, host: str) -> list[Span]:
        """When clients could reach the service at the address on this host."""
        return without(self.held(host), self.troubled(host, "cut", "unplugged", "unserved"))

    def unserved(self) -> list[Span]:
        """When nobody served the address."""
        return without(self.whole, [span for host in self.hosts for span in self.serving(host)])

    def held_by_two(self) -> list[Span]:
        """When two hosts or more had the address."""
        return union(span for number, first in enumerate(self.hosts)
                     for second in self.hosts[number + 1:]
                     for span in common(self.held(first), self.held(second)))

    def storms(self) -> list[Span]:
        """When the machine rested for so long that what came of it is no daemon's doing."""
        return longer((span for span in union(list(self.stalls)) if span.length > STORM), CALMING)

    def stalled(self, span: Span) -> float:
        """For how long, during the span, the machine did not let the observer run."""
        return total(common(union(list(self.stalls)), [span]))
