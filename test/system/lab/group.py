"""A group of routers as all of them must be told of it, in the words of each daemon."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Group:
    """One virtual router; `interval` in seconds, `unicast` lists all members.

    `addresses` carry their prefix length; IPv4 and IPv6 together make one router of ours, and two
    of any other daemon. IPv6 begins with a link-local address.
    """

    vrid: int = 51
    version: int = 2
    interval: float = 1.0
    addresses: tuple[str, ...] = ("192.168.56.60/24",)
    password: str = ""
    authentication: str = ""
    checksum: str = ""
    unicast: tuple[str, ...] = ()
    preempt: bool = True

    def family(self, is_ipv6: bool) -> list[str]:
        """Its addresses of one family, without the prefix length."""
        return [x.split("/")[0] for x in self.addresses if (":" in x) == is_ipv6]

    @property
    def service_addresses(self) -> list[str]:
        """The addresses that clients use: all but the link-local ones."""
        return [x for x in self.family(False) + self.family(True) if not x.startswith("fe80:")]

    def master_down(self, priority: int) -> float:
        """How long a backup of this priority waits, in seconds (v2: 3768 6.1, v3: 9568 6.1)."""
        return 3 * self.interval + self.skew(priority)

    def skew(self, priority: int) -> float:
        return (256 - priority) / 256 * (self.interval if self.version == 3 else 1.0)


def understudy_config(groups: Sequence[Group], priority: int) -> str:
    """understudy.toml for a member of the groups."""
    return "\n".join(_understudy_router(group, priority) for group in groups)


def _understudy_router(group: Group, priority: int) -> str:
    quoted = ", ".join(f'"{address}"' for address in group.addresses)
    lines = [f"[router.vrid-{group.vrid}]", 'interface = "eth0"', f"vrid = {group.vrid}",
             f"priority = {priority}", f"addresses = [{quoted}]"]
    if group.version == 3:
        lines.append("version = 3")
    if group.interval != 1.0:
        lines.append(f'interval = "{round(group.interval * 1000)}ms"')
    for key in ("password", "authentication", "checksum"):
        if value := getattr(group, key):
            lines.append(f'{key} = "{value}"')
    if group.unicast:
        lines.append("unicast = [" + ", ".join(f'"{peer}"' for peer in group.unicast) + "]")
    if not group.preempt:
        lines.append("preempt = false")
    return "\n".join(lines) + "\n"


def keepalived_config(groups: Sequence[Group], priority: int, own: Sequence[str] = ()) -> str:
    """keepalived.conf for the member whose own addresses are `own` (they matter to unicast)."""
    instances = [_keepalived_instance(group, priority, own, is_ipv6)
                 for group in groups for is_ipv6 in (False, True) if group.family(is_ipv6)]
    return "global_defs {\n    vrrp_garp_master_repeat 2\n}\n" + "".join(instances)


def _keepalived_instance(group: Group, priority: int, own: Sequence[str], is_ipv6: bool) -> str:
    lines = ["state BACKUP", "interface eth0", f"virtual_router_id {group.vrid}",
             f"version {group.version}", f"priority {priority}", f"advert_int {group.interval:g}"]
    if not group.preempt:
        lines.append("nopreempt")
    if group.checksum == "message":
        raise ValueError("keepalived 2.2.7 knows one form of the checksum only")
    if group.password:
        kind = "AH" if group.authentication == "ah" else "PASS"
        lines += ["authentication {", f"    auth_type {kind}",
                  f"    auth_pass {group.password}", "}"]
    members = [peer for peer in group.unicast if (":" in peer) == is_ipv6]
    if members:
        source = next(peer for peer in members if peer in own)
        lines += [f"unicast_src_ip {source}", "unicast_peer {",
                  *(f"    {peer}" for peer in members if peer != source), "}"]
    listed = [x for x in group.addresses if (":" in x) == is_ipv6]
    lines += ["virtual_ipaddress {", *(f"    {address}" for address in listed), "}"]
    name = f"vrid_{group.vrid}_{6 if is_ipv6 else 4}"
    return f"vrrp_instance {name} {{\n" + "".join(f"    {line}\n" for line in lines) + "}\n"


def frr_config(groups: Sequence[Group], priority: int) -> str:
    """frr's vrrpd.conf for a member of the groups."""
    lines = ["interface eth0"]
    for group in groups:
        head = f"vrrp {group.vrid}"
        lines += [f"{head} version {group.version}", f"{head} priority {priority}",
                  f"{head} advertisement-interval {round(group.interval * 1000)}"]
        lines += [f"{head} ip {address}" for address in group.family(False)]
        lines += [f"{head} ipv6 {address}" for address in group.family(True)]
        lines += [] if group.preempt else [f"no {head} preempt"]
    return "\n ".join(lines) + "\n"
