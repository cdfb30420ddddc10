"""Ours and Debian's keepalived on one wire: each way of VRRP, as master and as backup."""

import pytest

from lab import BACKUP, MASTER, Duo, Group, Keepalived, Kind, Lab, Understudy

pytestmark = pytest.mark.needs("understudy", "keepalived", "tshark")

IPV4 = ("192.168.56.60/24",)
IPV6 = ("fe80::51/64", "2001:db8:56::60/64")
# Of a network that one of the hosts is not in: with its prefix, that host would look for the whole
# network on its own link, the peer included, and not reach it any more.
ROUTED4 = ("192.168.56.60/32",)
ROUTED6 = ("fe80::51/64", "2001:db8:56::60/128")
NEAR = ("192.168.56.61", "192.168.56.62")
NEAR6 = ("2001:db8:56::61", "2001:db8:56::62")
FAR = ("192.168.56.61", "192.168.57.62")
FAR6 = ("2001:db8:56::61", "2001:db8:57::62")


def fast(addresses: tuple[str, ...], unicast: tuple[str, ...] = ()) -> tuple[Group, ...]:
    return (Group(version=3, interval=0.1, addresses=addresses, unicast=unicast),)


# With its seconds version 2 takes its time: all of it moves in one test.
VERSION_2 = (
    Group(50, addresses=("192.168.56.50/24",)),
    Group(51, addresses=("192.168.56.51/24",), password="1111"),
    Group(52, addresses=("192.168.56.52/24",), password="1111", authentication="ah"),
    Group(53, addresses=("192.168.56.53/24",), unicast=NEAR),
    Group(54, addresses=("192.168.56.54/24",), password="1111", unicast=NEAR),
)
VARIANTS = {
    "v2: open, password, AH, unicast": VERSION_2,
    "v3 IPv4": fast(IPV4),
    "v3 IPv6": fast(IPV6),
    "v3 both": fast(IPV4 + IPV6),
    "v3 unicast IPv4": fast(IPV4, NEAR),
    "v3 unicast IPv6": fast(IPV6, NEAR6),
    "v3 unicast IPv4 through a router": fast(ROUTED4, FAR),
    "v3 unicast IPv6 through a router": fast(ROUTED6, FAR6),
}


@pytest.mark.parametrize("better", [Understudy, Keepalived], ids=["ours better", "ours worse"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_the_addresses_follow_a_stop_a_return_and_a_cut(lab: Lab, variant: str, better: Kind
                                                        ) -> None:
    groups = VARIANTS[variant]
    worse: Kind = Keepalived if better is Understudy else Understudy
    duo = Duo(lab, groups, better, worse, routed="router" in variant)
    duo.start()
    down = max(group.master_down(100) for group in groups)

    assert duo.handover(lambda: duo.stop(MASTER), BACKUP) < down / 2
    duo.assert_nothing_refused()
    assert duo.handover(duo.daemons[MASTER].start, MASTER) < down + 1.5
    assert down * 0.7 < duo.cut_off(MASTER) < down + 1.0
    duo.assert_nothing_refused()
    duo.assert_well_formed()


def test_a_squeezed_interval_brings_keepalived_up_before_its_skew_time(lab: Lab) -> None:
    group = Group(version=3, interval=1.0, addresses=IPV4)
    duo = Duo(lab, (group,), Understudy, Keepalived)
    duo.start()

    taken_after = duo.handover(lambda: duo.stop(MASTER), BACKUP)

    skew_of_priority_90 = (256 - 90) / 256
    print(f"keepalived has the address after {taken_after * 1000:.1f} ms")
    assert taken_after < skew_of_priority_90 / 2
