"""Under systemd the log goes to the journal, with a field for each fact."""

import sys

import pytest

from lab import CONFIG, MASTER, Lab, wait_until
from lab.daemons import BINARY

pytestmark = pytest.mark.needs("understudy")

# The journal's side: prints each datagram's fields, those with binary values left out.
JOURNAL = """
import os, socket
os.makedirs("/run/systemd/journal", exist_ok=True)
server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
server.bind("/run/systemd/journal/socket")
print("listening", flush=True)
while True:
    fields = server.recv(65536).decode(errors="replace").splitlines()
    print(" | ".join(x for x in fields if "=" in x), flush=True)
"""


def test_the_journal_gets_a_field_for_each_fact(lab: Lab) -> None:
    host = lab.host(MASTER, lab.lan(), "192.168.56.61")
    journal = host.spawn([sys.executable, "-I", "-c", JOURNAL], name="journal")
    journal.wait_line("listening")
    host.write_file("/etc/understudy/understudy.toml", CONFIG, 0o640)
    # As systemd does: standard error is the journal's, and JOURNAL_STREAM says which file that is.
    host.spawn(f"exec 2> /tmp/stream; JOURNAL_STREAM=$(stat -c %d:%i /tmp/stream) exec {BINARY} run "
               "--config /etc/understudy/understudy.toml")
    line = journal.wait_line("check failed").text
    assert "UNDERSTUDY_CHECK=nginx" in line
    assert "UNDERSTUDY_DETAIL=no process is named nginx" in line
    assert "PRIORITY=4" in line
    wait_until(lambda: host.read_file("/tmp/stream") == "")
