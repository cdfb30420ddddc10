"""Ours and FRR's vrrpd on one wire, and a neighbour of the other dialect of version 3."""

import pytest

from lab import (BACKUP, MASTER, Duo, Flood, Frr, Group, Kind, Lab, Understudy, encode_v3, frame,
                 ip_packet, understudy_config)

pytestmark = pytest.mark.needs("understudy", "/usr/lib/frr/vrrpd", "tshark")

IPV4 = ("192.168.56.60/24",)
IPV6 = ("fe80::51/64", "2001:db8:56::60/64")
VARIANTS = {
    "v2": Group(),
    "v3 IPv4": Group(version=3, interval=0.1),
    "v3 IPv6": Group(version=3, interval=0.1, addresses=IPV6),
    "v3 both": Group(version=3, interval=0.1, addresses=IPV4 + IPV6),
}


@pytest.mark.parametrize("better", [Understudy, Frr], ids=["ours better", "ours worse"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_the_addresses_follow_a_stop_a_return_and_a_cut(lab: Lab, variant: str, better: Kind
                                                        ) -> None:
    group = VARIANTS[variant]
    worse: Kind = Frr if better is Understudy else Understudy
    duo = Duo(lab, [group], better, worse)
    duo.start()
    down = group.master_down(100)

    assert duo.handover(lambda: duo.stop(MASTER), BACKUP) < down / 2 + group.interval
    assert duo.handover(duo.daemons[MASTER].start, MASTER) < down + 1.5
    assert down * 0.7 < duo.cut_off(MASTER) < down + 1.0
    duo.assert_nothing_refused()
    duo.assert_well_formed()


@pytest.mark.parametrize("form", ["message", "pseudo-header"])
def test_a_better_router_is_heard_in_either_form_of_the_checksum(lab: Lab, form: str) -> None:
    group = Group(version=3, interval=0.1)
    lan = lab.lan()
    host = lab.host(BACKUP, lan, "192.168.56.62")
    peer = lab.host("peer", lan, "192.168.56.61")
    ours = Understudy(host, understudy_config([group], 100))
    ours.start()
    ours.wait_state("master")

    ends = (peer.address, "224.0.0.18") if form == "pseudo-header" else None
    packet = encode_v3(priority=200, interval_centiseconds=10, ends=ends)
    spoken = Flood(peer, [frame(ip_packet(packet, peer.address), peer.mac())], rate=10, total=12)
    assert ours.wait_state("backup")["master"] == peer.address
    spoken.wait()
    status = ours.wait_state("master")
    assert status["counters"]["refused"] == {} and status["counters"]["became_master"] == 2


@pytest.mark.parametrize("form", ["message", "pseudo-header"])
def test_two_of_ours_speak_the_form_that_they_are_told(lab: Lab, form: str) -> None:
    duo = Duo(lab, [Group(version=3, interval=0.1, checksum=form)], Understudy, Understudy)
    duo.start()
    assert duo.handover(lambda: duo.stop(MASTER), BACKUP) < 1.0
    duo.assert_nothing_refused()
    assert {x.checksum_form for x in duo.wire.adverts} == {form}
    duo.assert_well_formed()
