"""What is done to the hosts. Each is undone by itself: a generator that yields its pauses."""

import random
import signal
from collections.abc import Callable, Iterator

from lab import ADDRESS, drop, pass_all
from lab.firewall import ADVERTS
from soak_scene import Member, Team
from soak_story import Fault

Steps = Iterator[float]
FOREIGN_ADDRESSES = 400
BROKEN = '[router.k8s-api]\ninterface = 3\n'


def _restart(team: Team, member: Member) -> None:
    member.start()
    team.finish("ended", member)


def _late(team: Team, member: Member, dice: random.Random) -> Steps:
    yield dice.uniform(0.3, 8.0)
    _restart(team, member)


def kill(team: Team, member: Member, dice: random.Random) -> Steps:
    team.expect_end(member)
    member.daemon.process.kill()
    yield from _late(team, member, dice)


def resume(team: Team, member: Member, dice: random.Random) -> Steps:
    team.expect_end(member)
    member.daemon.process.kill()
    member.daemon.process.wait()
    yield dice.uniform(0.0, 0.1)
    _restart(team, member)
    yield 1.0


def upgrade(team: Team, member: Member, dice: random.Random) -> Steps:
    team.expect_end(member)
    member.daemon.process.send_signal(signal.SIGUSR2)
    member.daemon.process.wait()
    yield dice.uniform(0.0, 0.1)
    _restart(team, member)
    yield 1.0


def stop(team: Team, member: Member, dice: random.Random) -> Steps:
    team.expect_end(member)
    member.daemon.terminate()
    while member.daemon.process.is_alive:
        yield 0.02
    yield from _late(team, member, dice)


def _frozen(team: Team, member: Member, seconds: float) -> Steps:
    team.begin("frozen", member)
    member.daemon.freeze()
    yield seconds
    member.daemon.thaw()
    team.finish("frozen", member)


def freeze(team: Team, member: Member, dice: random.Random) -> Steps:
    yield from _frozen(team, member, dice.uniform(1.4, 8.0))


def blink(team: Team, member: Member, dice: random.Random) -> Steps:
    yield from _frozen(team, member, dice.uniform(0.2, 1.4))


def nginx(team: Team, member: Member, dice: random.Random) -> Steps:
    team.begin("unserved", member)
    member.nginx.kill()
    yield dice.uniform(0.2, 8.0)
    member.nginx.start()
    team.finish("unserved", member)


def _apart(team: Team, member: Member, condition: str, seconds: float) -> Steps:
    team.begin(condition, member)
    team.lan.cut(member.host, carrier=condition == "unplugged")
    yield seconds
    team.lan.join(member.host)
    team.finish(condition, member)


def cut(team: Team, member: Member, dice: random.Random) -> Steps:
    yield from _apart(team, member, "cut", dice.uniform(0.5, 8.0))


def unplug(team: Team, member: Member, dice: random.Random) -> Steps:
    yield from _apart(team, member, "unplugged", dice.uniform(0.5, 8.0))


def partition(team: Team, member: Member, dice: random.Random) -> Steps:
    """Its adverts, or those of the others, or both are lost; clients reach all."""
    hooks = dice.choice((("input",), ("output",), ("input", "output")))
    team.begin("filtered", member)
    for hook in hooks:
        drop(member.host, ADVERTS, hook)
    yield dice.uniform(0.5, 10.0)
    pass_all(member.host)
    team.finish("filtered", member)


def reload(_team: Team, member: Member, dice: random.Random) -> Steps:
    member.daemon.reload()
    yield dice.uniform(0.2, 1.0)


def bad_file(team: Team, member: Member, dice: random.Random) -> Steps:
    member.daemon.reload(BROKEN)
    yield dice.uniform(0.2, 2.0)
    member.daemon.reload(team.config)
    yield 0.5


def delete(_team: Team, member: Member, dice: random.Random) -> Steps:
    """Ten times at most; on a host that hasn't the address nothing happens."""
    for _ in range(dice.randint(1, 10)):
        member.host.run(["ip", "addr", "del", f"{ADDRESS}/24", "dev", "eth0"], check=False)
        yield dice.uniform(0.05, 0.3)


def flush(team: Team, member: Member, dice: random.Random) -> Steps:
    """The host's own address goes, and everything else on the link, and comes back."""
    again = f"ip addr add {member.host.address}/24 brd + dev eth0"
    team.begin("bare", member)
    pause = dice.choice((0.0, 0.0, 0.3, 2.0, 5.0))
    member.host.run("ip addr flush dev eth0" + (f"; {again}" if pause == 0.0 else ""))
    if pause > 0.0:
        yield pause
        member.host.run(again)
    team.finish("bare", member)


def burst(_team: Team, member: Member, dice: random.Random) -> Steps:
    """Hundreds of foreign addresses on a foreign link come and go."""
    lines = [f"addr add 10.99.{number // 250}.{number % 250 + 1}/32 dev noise"
             for number in range(FOREIGN_ADDRESSES)]
    member.host.run(["ip", "-batch", "-"], input="\n".join(lines) + "\n")
    yield dice.uniform(0.1, 2.0)
    member.host.run("ip addr flush dev noise")


KINDS: dict[str, Callable[[Team, Member, random.Random], Steps]] = {
    "kill": kill, "resume": resume, "upgrade": upgrade, "stop": stop, "freeze": freeze,
    "blink": blink, "nginx": nginx, "cut": cut, "unplug": unplug, "partition": partition,
    "reload": reload, "bad file": bad_file, "delete": delete, "flush": flush, "burst": burst}
ENDING = {"kill", "resume", "upgrade", "stop"}
# A third host's daemon lives as long as the run: what it has of the machine is compared.
LONG_LIVED = "lb-third"


def choose(team: Team, free: list[Member], dice: random.Random) -> tuple[str, Member]:
    """A kind and a host; the best host, which most often serves, is chosen most often."""
    member = dice.choices(free, weights=[3 if one is team.members[0] else 2 for one in free])[0]
    kinds = [kind for kind in KINDS if kind not in ENDING or member.name != LONG_LIVED]
    return dice.choice(kinds), member


def play(team: Team, kind: str, member: Member, dice: random.Random) -> Steps:
    """One fault from its beginning to its end, written down."""
    fault = Fault(kind, member.name, team.lab.now())
    team.faults.append(fault)
    member.is_busy = True
    yield from KINDS[kind](team, member, dice)
    member.is_busy = False
    fault.end = team.lab.now()
