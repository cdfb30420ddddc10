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

from .client import Answer, Client, Service
from .daemons import BINARY, Daemon, Keepalived, Understudy
from .files import OUR_FILES, USER_FILES, configuration_file, find_configuration_file
from .host import REPOSITORY, Host
from .lab import Lab
from .lan import Lan, Port
from .netlink import Address, AddressEvent
from .pair import ADDRESS, BACKUP, CONFIG, MASTER, Pair, Takeover
from .process import LogLine, Process
from .reactor import Recorder, wait_until
from .services import HttpsUpstream, Nginx
from .sniffer import Arp, Sniffer, send_vrrp
from .vrrp import Advert, encode_v2, encode_v3, internet_checksum

__all__ = [
    "ADDRESS", "BACKUP", "BINARY", "CONFIG", "MASTER", "OUR_FILES", "REPOSITORY", "USER_FILES", "Address", "AddressEvent",
    "Advert", "Answer", "Arp", "Client", "Daemon", "Host", "HttpsUpstream", "Keepalived", "Lab",
    "Lan", "LogLine", "Nginx", "Pair", "Port", "Process", "Recorder", "Service", "Sniffer",
    "Takeover", "Understudy", "configuration_file", "encode_v2", "encode_v3",
    "find_configuration_file", "internet_checksum", "send_vrrp", "wait_until",
]
