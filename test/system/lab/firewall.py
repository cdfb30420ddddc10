"""What a host's packet filter can do to a pair: drop some packets and pass the rest."""

import time

from .host import Host

ADVERTS = "ip protocol 112"
ADVERTS6 = "ip6 nexthdr 112"


def drop(host: Host, packets: str = ADVERTS, hook: str = "input") -> float:
    """Drops what matches this nftables expression, in the `input` or `output` of the host.

    Returns the time just before.
    """
    now = time.monotonic()
    chain = f"chain {hook} {{ type filter hook {hook} priority 0; }}"
    host.run(["nft", "-f", "-"], input=f"table inet lab {{\n{chain}\n}}\n"
                                       f"add rule inet lab {hook} {packets} counter drop\n")
    return now


def pass_all(host: Host) -> float:
    """Undoes every drop; the time just before."""
    now = time.monotonic()
    host.run("nft delete table inet lab")
    return now
