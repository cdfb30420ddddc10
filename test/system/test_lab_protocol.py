"""The lab's protocol side: both families, other people's daemons, and packets that are wrong."""

from pathlib import Path

import pytest

from lab import (BACKUP, MASTER, Duo, Flood, Frr, Group, Keepalived, Kind, Lab, ah_packet,
                 encode_v2, encode_v3, frame, ip_packet, malformed, send_frame, send_vrrp,
                 wait_until)

FRR = "/usr/lib/frr/vrrpd"
OURS6 = ("fe80::51/64", "2001:db8:56::60/64")
BOTH = ("192.168.56.60/24", *OURS6)
ENDS6 = ("fe80::61", "ff02::12")


def test_hosts_have_ipv6_addresses_at_once(lab: Lab) -> None:
    lan = lab.lan()
    one = lab.host("one", lan, "192.168.56.61", address6="2001:db8:56::61")
    two = lab.host("two", lan, "192.168.56.62", address6="2001:db8:56::62")
    own = [x.address for x in one.addresses() if x.interface_index != 1]
    assert sorted(own) == ["192.168.56.61", "2001:db8:56::61", "fe80::61"]
    assert not any("tentative" in x.run(["ip", "addr"]).stdout for x in (one, two))
    wait_until(lambda: one.reaches(two.address6) and one.reaches(two.link_local))
    assert one.neighbour(two.address6) == two.mac()


def test_hosts_in_two_subnets_reach_each_other_through_a_router(lab: Lab) -> None:
    near, far = lab.lan(), lab.lan()
    one = lab.host("one", near, "192.168.56.61", address6="2001:db8:56::61")
    two = lab.host("two", far, "192.168.57.61", address6="2001:db8:57::61")
    lab.router("router", [(near, "192.168.56.1", "2001:db8:56::1"),
                          (far, "192.168.57.1", "2001:db8:57::1")])
    assert not one.reaches(two.address)
    lab.use_router(one, "192.168.56.1", "2001:db8:56::1")
    lab.use_router(two, "192.168.57.1", "2001:db8:57::1")
    assert one.reaches(two.address) and one.reaches(two.address6)
    near.cut(one)
    assert not one.reaches(two.address)


def test_ipv6_adverts_and_neighbour_adverts_are_seen_as_they_were_sent(lab: Lab) -> None:
    lan = lab.lan()
    host = lab.host("one", lan, "192.168.56.61", address6="2001:db8:56::61")
    asker = lab.host("two", lan, "192.168.56.62", address6="2001:db8:56::62")
    wire = lab.sniff(lan)
    payload = encode_v3(addresses=("fe80::51", "2001:db8:56::60"), ends=ENDS6, priority=90,
                        interval_centiseconds=10)
    send_vrrp(host, payload, source="fe80::61")
    advert = wire.adverts.wait()
    assert (advert.source, advert.destination, advert.ttl) == ("fe80::61", "ff02::12", 255)
    assert (advert.version, advert.priority, advert.interval) == (3, 90, 0.1)
    assert advert.addresses == ("fe80::51", "2001:db8:56::60")
    assert advert.checksum_form == "pseudo-header"
    send_vrrp(host, encode_v3(addresses=("fe80::51",), priority=91), source="fe80::61")
    assert not wire.adverts.wait(lambda x: x.priority == 91).checksum_ok
    assert asker.reaches(host.address6)
    answer = wire.neighbours.wait(lambda x: x.target == "2001:db8:56::61")
    assert (answer.target_mac, answer.solicited, answer.overrides) == (host.mac(), True, True)


def test_a_sniffer_of_one_sender_hears_only_that_one(lab: Lab) -> None:
    lan = lab.lan()
    one, two = (lab.host(f"h{n}", lan, f"192.168.56.{n}") for n in (61, 62))
    wire = lab.sniff(lan, sender=two)
    send_vrrp(one, encode_v2(priority=1))
    send_vrrp(two, encode_v2(priority=2))
    wire.adverts.wait(lambda x: x.priority == 2)
    assert [x.priority for x in wire.adverts] == [2]


@pytest.mark.needs("tshark")
@pytest.mark.parametrize("checksum", ["message", "pseudo-header"])
def test_tshark_knows_either_form_of_the_checksum(lab: Lab, checksum: str) -> None:
    lan = lab.lan()
    host = lab.host("one", lan, "192.168.56.61", address6="2001:db8:56::61")
    pcap = lab.folder / "wire.pcap"
    wire = lab.sniff(lan, pcap=pcap)
    assert malformed(pcap, checksum) == [f"no VRRP in {pcap}"]
    ends = ("192.168.56.61", "224.0.0.18") if checksum == "pseudo-header" else None
    send_vrrp(host, encode_v3(ends=ends))
    send_vrrp(host, encode_v3(addresses=("fe80::51",), ends=ENDS6), source="fe80::61")
    send_vrrp(host, encode_v2(password="1111"))
    send_frame(host, frame(ah_packet(encode_v2(auth_type=2), host.address, "1111", 1), host.mac()))
    wait_until(lambda: len(wire.adverts) == 4)
    assert wire.adverts.wait().checksum_form == checksum
    assert malformed(pcap, checksum) == []
    other = "message" if checksum == "pseudo-header" else "pseudo-header"
    assert len(malformed(pcap, other)) == 1


WRONG = {
    "a bad checksum": encode_v2(checksum=0x1234),
    "a truncated list": encode_v2(addresses=("192.168.56.1",) * 3)[:14],
    "more addresses than there are": encode_v2(count=9),
    "a bad checksum of version 3": encode_v3(checksum=0x1234),
}


@pytest.mark.needs("tshark")
@pytest.mark.parametrize("name", WRONG)
def test_tshark_finds_what_is_wrong(lab: Lab, name: str) -> None:
    lan = lab.lan()
    host = lab.host("one", lan, "192.168.56.61")
    pcap = lab.folder / "wire.pcap"
    wire = lab.sniff(lan, pcap=pcap)
    send_vrrp(host, WRONG[name])
    wire.adverts.wait()
    assert len(malformed(pcap)) == 1


def test_a_flood_is_even_and_as_fast_as_asked(lab: Lab) -> None:
    lan = lab.lan()
    host = lab.host("one", lan, "192.168.56.61")
    listener = lab.host("two", lan, "192.168.56.62")
    frames = [frame(ip_packet(encode_v2(priority=n), host.address), host.mac()) for n in (1, 2, 3)]
    wire = lab.sniff(listener)
    slow = Flood(host, frames, rate=50, total=20).wait()
    assert 40 < slow.rate < 60
    wait_until(lambda: len(wire.adverts) == 20)
    assert [x.priority for x in wire.adverts][:4] == [1, 2, 3, 1]
    wire.close()
    fast = Flood(host, frames, rate=20_000, total=20_000).wait()
    assert fast.frames == 20_000 and fast.rate > 15_000


@pytest.mark.needs("keepalived")
def test_the_lab_makes_the_authentication_header_of_keepalived(lab: Lab) -> None:
    group = Group(password="1111", authentication="ah")
    duo = Duo(lab, [group], Keepalived, Keepalived)
    duo.daemons[MASTER].start()
    advert = duo.wire.adverts.wait(timeout=10)
    packet = next(x for x in frames_of(duo.pcap) if x[23] == 51)[14:]
    identity, sequence = int.from_bytes(packet[4:6], "big"), int.from_bytes(packet[28:32], "big")
    assert ah_packet(advert.payload, advert.source, "1111", sequence, identity=identity) == packet


def frames_of(pcap: Path) -> list[bytes]:
    data, frames, offset = pcap.read_bytes(), [], 24
    while offset < len(data):
        length = int.from_bytes(data[offset + 8 : offset + 12], "little")
        frames.append(data[offset + 16 : offset + 16 + length])
        offset += 16 + length
    return frames


@pytest.mark.needs("keepalived", FRR, "tshark")
@pytest.mark.parametrize("better, worse", [(Keepalived, Keepalived), (Frr, Keepalived)])
def test_daemons_of_others_hand_over_both_families(lab: Lab, better: Kind, worse: Kind) -> None:
    group = Group(version=3, interval=0.1, addresses=BOTH)
    duo = Duo(lab, [group], better, worse)
    duo.start()
    assert duo.holders() == {x: [MASTER] for x in ("192.168.56.60", "fe80::51", "2001:db8:56::60")}
    assert duo.handover(lambda: duo.stop(MASTER), BACKUP) < 1.0
    assert duo.handover(duo.daemons[MASTER].start, MASTER) < 2.0
    assert 0.2 < duo.cut_off(MASTER) < 2.0
    duo.assert_well_formed()


@pytest.mark.needs(FRR)
def test_frr_says_what_it_does(lab: Lab) -> None:
    lan = lab.lan()
    host = lab.host("one", lan, "192.168.56.61", address6="2001:db8:56::61")
    frr = Frr(host, [Group(version=3, interval=0.05, addresses=BOTH)], 150)
    frr.start()
    wait_until(lambda: frr.holds("192.168.56.60") and frr.holds("2001:db8:56::60"))
    assert "Advertisement Interval                  50 ms" in frr.show()
    assert frr.stop() == 0
    wait_until(lambda: not frr.holds("192.168.56.60"))
