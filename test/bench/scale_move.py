"""How long after the protocol's deadline all addresses have moved."""

from lab import BACKUP, MASTER, Moves, wait_until
from scale_scene import MOVE_TIMEOUT, Scene, skew_seconds


def stop_master(scene: Scene) -> tuple[float, float, str]:
    """SIGTERM to the master's daemon: milliseconds from the deadline, and from the signal, until
    the last address is on the backup; and when the farewells came.

    The deadline is when the backup's links have received the last of the master's priority-0
    adverts that came before the last address, and the skew time of this kind's backups.
    """
    moves = Moves(scene.host(BACKUP))
    total = scene.load.total
    try:
        asked = scene.daemons[MASTER].terminate()
        try:
            wait_until(lambda: len(moves.added(asked)) == total, MOVE_TIMEOUT, "all addresses",
                       pause=0.1)
        except TimeoutError as error:
            seen = len(moves.added(asked))
            raise TimeoutError(f"{error}: {seen} of {total} came") from None
        came = sorted(moves.added(asked).values())
        last = came[-1]
        farewells = moves.farewells.since(asked, last)
    finally:
        moves.stop()
    routers = {(one.interface, one.vrid) for one in farewells}
    if len(routers) != scene.load.routers:
        raise RuntimeError(f"{len(routers)} of {scene.load.routers} routers said priority 0")
    times = [one.at for one in farewells]
    deadline = max(times) + skew_seconds(scene.kind)
    first, end = ((at - asked) * 1000 for at in (min(times), max(times)))
    half = (came[len(came) // 2] - deadline) * 1000
    note = (f"{len(farewells)} farewells, {first:.0f} to {end:.0f} ms after SIGTERM; half of the "
            f"addresses after {half:.0f} ms")
    return (last - deadline) * 1000, (last - asked) * 1000, note
