"""Hosts made of namespaces, real daemons on them, and ways to see what happens and when.

A test reads like this::

    def test_a_dead_service_moves_the_address(pair):
        pair.understudy()
        client = pair.client()
        client.wait_answer(MASTER)
        takeover = pair.takeover(client, pair.nginx[MASTER].kill, to=BACKUP)
        assert takeover.moved_ms < 100
        assert takeover.service.gap_ms < 100
"""

from .capture import assert_well_formed, malformed
from .client import Answer, Client, Service
from .daemons import BINARY, Daemon, Keepalived, Understudy
from .duo import Duo, Kind, make_daemon
from .files import OUR_FILES, USER_FILES, configuration_file, find_configuration_file
from .firewall import ADVERTS, ADVERTS6, drop, pass_all
from .flooder import Flood, Flooded
from .frr import Frr
from .group import Group, keepalived_config, understudy_config
from .host import REPOSITORY, Host
from .hostile import Refused, refused_packets
from .lab import Lab
from .lan import Lan, Port
from .moves import Farewell, Moves
from .netlink import Address, AddressEvent
from .pair import ADDRESS, BACKUP, CONFIG, MASTER, QUICK, Pair, Takeover, pair_config
from .process import LogLine, Process
from .reactor import Recorder, wait_until
from .services import HttpsUpstream, Nginx
from .sniffer import Arp, NeighbourAdvert, Sniffer, send_frame, send_vrrp
from .vrrp import (Advert, ah_packet, encode_v2, encode_v3, frame, gratuitous_arp,
                   internet_checksum, ip_packet, neighbour_advert)

__all__ = [
    "ADDRESS", "ADVERTS", "ADVERTS6", "BACKUP", "BINARY", "CONFIG", "MASTER", "OUR_FILES", "QUICK",
    "REPOSITORY", "USER_FILES", "Address", "AddressEvent", "Advert", "Answer", "Arp", "Client",
    "Daemon", "Duo", "Farewell", "Flood", "Flooded", "Frr", "Group", "Host", "HttpsUpstream", "Keepalived",
    "Kind", "Lab", "Lan", "LogLine", "Moves", "NeighbourAdvert", "Nginx", "Pair", "Port", "Process",
    "Recorder", "Refused", "Service", "Sniffer", "Takeover", "Understudy", "ah_packet",
    "assert_well_formed", "configuration_file", "drop", "encode_v2", "encode_v3",
    "find_configuration_file", "frame", "gratuitous_arp", "internet_checksum", "ip_packet",
    "keepalived_config", "make_daemon", "malformed", "neighbour_advert", "pair_config", "pass_all",
    "refused_packets", "send_frame", "send_vrrp", "understudy_config", "wait_until",
]
