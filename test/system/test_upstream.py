"""nginx as the user has it: layer 4 before two HTTPS API servers, reached by the address."""

import pytest

from lab import ADDRESS, BACKUP, MASTER, Pair

pytestmark = pytest.mark.needs("understudy", "etcd")


def version(pair: Pair) -> str:
    """What a node of the cluster gets: curl -k https://192.168.56.60:6443/version."""
    url = f"https://{ADDRESS}:6443/version"
    return pair.client_host.run(["curl", "-ksS", "-m", "5", url]).stdout


def test_the_api_servers_answer_before_and_after_the_failover(stream_pair: Pair) -> None:
    stream_pair.upstreams()
    stream_pair.understudy()
    assert "etcdserver" in version(stream_pair)
    log = stream_pair.master.read_file("/var/log/nginx/k8s-access.log")
    assert "192.168.56.63:6443" in log

    killed = stream_pair.nginx[MASTER].kill()
    stream_pair.wait_holder(BACKUP, since=killed)

    assert "etcdserver" in version(stream_pair)
    assert stream_pair.backup.read_file("/var/log/nginx/k8s-access.log").count("\n") >= 1
    assert stream_pair.holders() == [BACKUP]
