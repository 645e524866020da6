"""A port that was given is nobody else's, long before its server listens."""

import socket
import subprocess
import sys

import pytest

from benchmarks import ports
from tests.processes import ROOT

ASK = "from benchmarks import ports; print(ports.free_port(), flush=True); input()"


def only(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "FIRST", port)
    monkeypatch.setattr(ports, "LAST", port)


def test_a_port_that_was_given_here_is_not_given_again(monkeypatch):
    only(ports.free_port(), monkeypatch)
    with pytest.raises(OSError, match="is free"):
        ports.free_port()


def test_a_port_that_was_given_to_another_process_is_given_when_that_has_ended(monkeypatch):
    with subprocess.Popen(
        [sys.executable, "-c", ASK], cwd=ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as other:  # fmt: skip
        assert other.stdout is not None
        theirs = int(other.stdout.readline())
        only(theirs, monkeypatch)
        with pytest.raises(OSError, match="is free"):
            ports.free_port()
        other.communicate("\n")
    assert ports.free_port() == theirs


def test_a_port_at_which_somebody_listens_is_not_given(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        only(taken.getsockname()[1], monkeypatch)
        with pytest.raises(OSError, match="is free"):
            ports.free_port()
