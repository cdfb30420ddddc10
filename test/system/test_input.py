"""Bad input: a clear error with its place, nothing started, nothing lost."""

import json
import subprocess

import pytest

from lab import ADDRESS, BINARY, CONFIG, MASTER, Lab, Nginx, Understudy

pytestmark = pytest.mark.needs("understudy")


@pytest.fixture
def tool(lab: Lab) -> Understudy:
    """The binary on lb-master, whose only link besides lo is eth0."""
    return Understudy(lab.host(MASTER, lab.lan(), "192.168.56.61"), CONFIG)


def complaints(tool: Understudy, text: str, code: int = 1) -> str:
    tool.write_config(text)
    answer = tool.tool("check", tool.path, check=False)
    assert answer.returncode == code, answer
    return answer.stderr


def test_a_good_file_passes_quietly(tool: Understudy) -> None:
    answer = tool.tool("check", tool.path)
    assert answer.stderr == ""
    assert "1 router, 1 check" in answer.stdout


@pytest.mark.parametrize(("change", "wanted"), [
    (("51", "0"), "6:13: error"),
    (("51", "256"), "6:13: error"),
    (("lb-master = 100", "lb-master = 300"), "7:"),
    (('"192.168.56.60/24"', '"192.168.56.600/24"'), "8:"),
    (("vrid ", "vird "), "6:1: error"),
    (("[router.k8s-api]", "[router.k8s-api"), ": error"),
])
def test_an_error_names_its_place(tool: Understudy, change: tuple[str, str], wanted: str) -> None:
    told = complaints(tool, CONFIG.replace(*change))
    assert told.startswith("/etc/understudy/understudy.toml:")
    assert wanted in told
    assert "1111" not in told


def test_all_errors_are_told_at_once(tool: Understudy) -> None:
    text = CONFIG.replace("51", "0").replace("100", "300").replace("/24", "/99")
    told = complaints(tool, text)
    assert told.count(": error: ") == 3
    assert "3 errors" in told


def test_an_interface_that_is_not_there_is_told_with_the_nearest_name(tool: Understudy) -> None:
    told = complaints(tool, CONFIG.replace("eth0", "eth1"), code=0)
    assert "eth1" in told and "did you mean eth0" in told.lower()


def test_an_address_in_no_network_of_the_link_is_told(tool: Understudy) -> None:
    told = complaints(tool, CONFIG.replace(ADDRESS, "192.168.57.60"), code=0)
    assert "8:14: warning: 192.168.57.60 is in no network of its link" in told
    assert "eth0 is in 192.168.56.0/24" in told


@pytest.mark.needs("nginx")
@pytest.mark.parametrize("accept", ["false", "true"])
def test_a_service_behind_an_address_without_traffic_is_told(tool: Understudy,
                                                             accept: str) -> None:
    Nginx(tool.host).start()
    told = complaints(tool, CONFIG.replace("vrid", f"accept = {accept}\nvrid"), code=0)
    assert ("nginx waits for clients at it, port 80" in told) == (accept == "false"), told


def test_two_routers_with_one_id_on_one_interface_are_an_error(tool: Understudy) -> None:
    second = CONFIG[CONFIG.index("[router"):].replace("k8s-api", "other").replace(".60/", ".59/")
    told = complaints(tool, CONFIG + "\n" + second)
    assert "k8s-api" in told and "other" in told and "51" in told


@pytest.mark.parametrize("text", ["", "\n\n", "garbage\n", "\0\0\0", "[router.x]\n", "{" * 5000])
def test_a_broken_file_starts_nothing(tool: Understudy, text: str) -> None:
    tool.write_config(text)
    answer = tool.tool("run", "--config", tool.path, check=False)
    assert answer.returncode == 1
    assert tool.path in answer.stderr and "error" in answer.stderr
    assert not tool.host.address_present(ADDRESS)


@pytest.mark.parametrize("path", ["/etc/understudy", "/etc/understudy/missing.toml"])
def test_an_unreadable_file_says_why(tool: Understudy, path: str) -> None:
    answer = tool.tool("check", path, check=False)
    assert answer.returncode == 1
    assert "directory" in answer.stderr


def as_nobody(tool: Understudy, *arguments: str) -> subprocess.CompletedProcess[str]:
    # The repository may lie where nobody but its owner may look.
    tool.host.run(["cp", str(BINARY), "/tmp/understudy"])
    return tool.host.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                          "/tmp/understudy", *arguments], check=False)


def test_a_file_that_may_not_be_read_says_so(tool: Understudy) -> None:
    tool.host.write_file(tool.path, CONFIG, 0o600)
    answer = as_nobody(tool, "check", tool.path)
    assert answer.returncode == 1
    assert tool.path in answer.stderr and "Permission denied" in answer.stderr


def test_a_router_without_privilege_says_what_it_lacks(tool: Understudy) -> None:
    tool.host.write_file(tool.path, CONFIG, 0o644)
    answer = as_nobody(tool, "run", "--config", tool.path)
    assert answer.returncode == 1
    assert "CAP_NET_ADMIN and CAP_NET_RAW" in answer.stderr
    assert "root" in answer.stderr


def test_a_status_without_a_daemon_says_what_to_do(tool: Understudy) -> None:
    answer = tool.tool("status", check=False)
    assert answer.returncode == 1
    assert "no daemon answers on /run/understudy/understudy.sock" in answer.stderr


def test_the_status_is_for_people_and_for_programs(tool: Understudy) -> None:
    tool.start()
    tool.wait_ready()
    shown = tool.tool("status").stdout
    assert "k8s-api" in shown and "192.168.56.60/24" in shown and "process nginx" in shown
    assert "\033" not in shown
    assert tool.status()["host"] == MASTER


def test_warnings_count_where_that_is_asked_for(tool: Understudy) -> None:
    assert tool.tool("check", "--strict", tool.path).returncode == 0
    tool.write_config(CONFIG.replace("eth0", "eth1"))
    assert tool.tool("check", tool.path).returncode == 0
    strict = tool.tool("check", "--strict", tool.path, check=False)
    assert strict.returncode == 2 and "1 warning" in strict.stderr and strict.stdout == ""
    tool.write_config(CONFIG.replace("eth0", "eth1").replace("51", "0"))
    assert tool.tool("check", "--strict", tool.path, check=False).returncode == 1


def test_what_is_found_can_be_read_by_programs(tool: Understudy) -> None:
    good = json.loads(tool.tool("check", "--json", tool.path).stdout)
    assert good["good"] and good["routers"] == 1 and good["checks"] == 1
    assert good["file"] == tool.path and good["host"] == MASTER and good["diagnostics"] == []

    tool.write_config(CONFIG.replace("51", "0"))
    answer = tool.tool("check", "--json", tool.path, check=False)
    assert answer.returncode == 1 and answer.stderr == ""
    bad = json.loads(answer.stdout)
    assert not bad["good"] and bad["errors"] == 1 and bad["warnings"] == 0
    told = bad["diagnostics"][0]
    assert (told["severity"], told["file"], told["line"], told["column"]) == (
        "error", tool.path, 6, 13)
    assert "expected a whole number from 1 to 255" in told["message"]


def test_a_password_that_all_may_read_is_told(tool: Understudy) -> None:
    tool.host.write_file(tool.path, CONFIG, 0o644)
    answer = tool.tool("check", tool.path)
    assert "warning: the file holds a password" in answer.stderr
    assert f"chmod o= {tool.path}" in answer.stderr


def test_a_router_starts_with_the_lines_of_its_config_id(tool: Understudy) -> None:
    text = "\n".join([
        "include routers/*.conf",
        "$PRIORITY=10", "@blue $PRIORITY=42", f"@{MASTER} $PRIORITY=43",
        "$ROUTER= \\", "vrrp_instance VI_1 { \\", "interface eth0 \\", "virtual_router_id 51 \\",
        "priority $PRIORITY \\", f"virtual_ipaddress {{ {ADDRESS}/24 }} \\", "}",
        "$ROUTER", ""])
    router = Understudy(tool.host, text, path="/etc/understudy/keepalived.conf", config_id="blue")
    told = tool.tool("check", "--json", "--config-id", "blue", router.path).stdout
    assert json.loads(told)["routers"] == 1 and "nothing is included" in told
    router.start()
    router.wait_ready()
    assert router.status()["routers"][0]["priority"] == 42
