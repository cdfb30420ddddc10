"""What must hold of a story, whatever was done to whom."""

from dataclasses import dataclass

from soak_story import FOREVER, Fault, Span, Story, common, longer, without

# The longest that the kernel lets an address live whose lease of two seconds nobody renews.
LEASE = 2.0 + 1.6
ADVERT = 1.0
# Three adverts and the skew time of priority 80 (RFC 3768 section 6.1).
DOWN_INTERVAL = 3.0 + (256 - 80) / 256
# What a busy machine may add to any of these.
MARGIN = 0.6
# How long two have the address while one hands it to the other.
HANDOVER = 0.3
# How long a client may go without an answer for no reason but the machine's.
BREATH = 0.4
# After a move neighbours learn where the address is.
LEARNING = 0.5
# Who took the address while nobody could hear its announcements learns of no end of that. Neighbours
# find it when their kernels have asked the old one in vain: five seconds and three questions.
ASKING = 9.0

# How long a host needs, after the end of a condition, until it takes part in the election again.
RECOVERY = {"ended": 0.5, "frozen": 0.1, "unserved": 0.3, "cut": 0.0, "unplugged": 1.5, "bare": 1.5}

# How long nobody may serve after a fault on its own, while another host was fit throughout.
SILENT = DOWN_INTERVAL + MARGIN
# The last renewal may have been half a second before the end, the last advert just before it.
LEASE_ENDED = DOWN_INTERVAL - 2.0 + 0.5 + MARGIN
UNNOTICED = 0.1
ALONE = {"kill": LEASE_ENDED, "freeze": LEASE_ENDED, "blink": UNNOTICED, "resume": UNNOTICED,
         "upgrade": UNNOTICED, "stop": UNNOTICED, "nginx": HANDOVER, "cut": SILENT,
         "unplug": SILENT, "partition": UNNOTICED, "reload": UNNOTICED, "bad file": UNNOTICED,
         "delete": UNNOTICED, "flush": SILENT, "burst": UNNOTICED}
# After these, on their own, no other host takes the address.
STILL = {"blink", "resume", "upgrade", "reload", "bad file", "delete", "burst"}
# How long a fault may still be felt after its end: preemption takes a down interval.
AFTERMATH = 10.0


@dataclass(frozen=True)
class Violation:
    """What did not hold, when, and a name by which it is told once."""

    at: float
    end: float
    check: str
    text: str

    @property
    def key(self) -> tuple[str, float]:
        return self.check, round(self.at, 3)


def _alone(story: Story, span: Span) -> Fault | None:
    """The only fault that can have to do with what happened then, if there is one only."""
    near = [fault for fault in story.faults
            if Span(fault.start, fault.end + AFTERMATH).meets(span)]
    return near[0] if len(near) == 1 else None


def _excused_pair(story: Story, first: str, second: str) -> list[Span]:
    """When two hosts may both have the address: they can't hear each other, or one is not there."""
    spans: list[Span] = []
    for host in (first, second):
        apart = story.troubled(host, "cut", "unplugged", "filtered", "bare")
        spans += longer(apart, ADVERT + MARGIN)
        absent = story.troubled(host, "ended", "frozen")
        spans += [Span(span.start, min(span.end + ADVERT + MARGIN, span.start + LEASE))
                  for span in absent]
    return spans


def second_holders(story: Story) -> list[Violation]:
    """Two have the address only while they can't know it, and never longer than the lease."""
    found = []
    for number, first in enumerate(story.hosts):
        for second in story.hosts[number + 1:]:
            both = common(story.held(first), story.held(second))
            for span in without(both, _excused_pair(story, first, second)):
                if span.length > HANDOVER + story.stalled(span):
                    found.append(Violation(span.start, span.end, "two holders", f"{first} and {second} both "
                                           f"had the address for {span.length:.3f} s"))
    return found


def fit(story: Story, host: str) -> list[Span]:
    """When the host could serve, and had had the time to notice that."""
    unfit = [span for condition, after in RECOVERY.items()
             for span in longer(story.troubled(host, condition), after)]
    return without(story.whole, unfit)


def nobody(story: Story) -> list[Violation]:
    """Where a host is fit somebody serves, within the protocol's bound."""
    found = []
    for host in story.hosts:
        for span in common(story.unserved(), fit(story, host)):
            if span.length > SILENT + story.stalled(span):
                found.append(Violation(span.start, span.end, "nobody", f"{host} was fit, and nobody served "
                                       f"for {span.length:.3f} s"))
    for span in story.unserved():
        alone = _alone(story, span)
        if alone and span.length > ALONE[alone.kind] + story.stalled(span):
            found.append(Violation(span.start, span.end, f"nobody after {alone.kind}", f"nobody served for "
                                   f"{span.length:.3f} s after {alone.kind} on {alone.host}"))
    return found


def _unheard(story: Story) -> list[Span]:
    """When neighbours can't know who has the address, as it was taken behind a port that was cut."""
    return [Span(move.at, cut.end + ASKING) for move in story.moves if move.came
            for cut in story.troubled(move.host, "cut") if cut.start <= move.at <= cut.end]


def client_gaps(story: Story) -> list[Violation]:
    """A client is answered whenever somebody serves and the neighbours can know who."""
    excused = longer(story.unserved(), LEARNING)
    excused += longer(story.held_by_two(), ADVERT + MARGIN) + _unheard(story)
    gaps = [Span(earlier, later) for earlier, later in
            zip(story.answers, [*story.answers[1:], story.end]) if later - earlier > BREATH]
    return [Violation(span.start, span.end, "client", f"no answer for {span.length:.3f} s although "
                      "somebody served")
            for span in without(gaps, excused) if span.length > BREATH + story.stalled(span)]


def needless_moves(story: Story) -> list[Violation]:
    """What need not move does not."""
    found = []
    for fault in story.faults:
        until = min([other.start for other in story.faults if other.start > fault.start],
                    default=FOREVER)
        until = min(until, fault.end + AFTERMATH)
        alone = _alone(story, Span(fault.start, min(until, fault.end)))
        if fault.kind not in STILL or alone is not fault:
            continue
        came = [move for move in story.moves if move.came and fault.start <= move.at < until
                and not (move.host == fault.host and fault.kind == "delete")]
        found += [Violation(move.at, move.at, "needless move", f"{move.host} took the address after "
                            f"{fault.kind} on {fault.host}") for move in came]
    return found


def judge(story: Story, others: list[Violation]) -> list[Violation]:
    """All that does not hold, and what else was found, in order, but for the machine's storms."""
    found = [violation for check in (second_holders, nobody, client_gaps, needless_moves)
             for violation in check(story)] + others
    storms = story.storms()
    return sorted((violation for violation in found
                   if not any(storm.start < violation.end and violation.at < storm.end
                              for storm in storms)), key=lambda violation: violation.at)
