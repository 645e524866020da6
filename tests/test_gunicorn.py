"""What gunicorn is told beside its command line."""

import os
import runpy
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.processes import ROOT
from tests.serving import free_port, wait_for

SLOW = """
import time
def app(environ, start_response):
    time.sleep(2)
    start_response("200 OK", [])
    return [b"done"]
"""


def test_who_takes_nothing_of_an_answer_is_let_go() -> None:
    settings = runpy.run_path(str(ROOT / "gunicorn.conf.py"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings["when_ready"](SimpleNamespace(LISTENERS=[SimpleNamespace(sock=listener)]))
        with socket.create_connection(listener.getsockname()):
            accepted, _address = listener.accept()
            with accepted:
                limit = accepted.getsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, 16)
    assert struct.unpack("@ll", limit) == (settings["STALLED_SECONDS"], 0)


def test_who_is_told_to_end_answers_what_it_has_taken_and_refuses_what_comes_then(tmp_path: Path):
    """Refused, a form goes to another copy of web; accepted and then cut, it would be lost."""
    (tmp_path / "slow.py").write_text(SLOW)
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "slow:app", f"--bind=127.0.0.1:{port}"]
    command += ["--config", str(ROOT / "gunicorn.conf.py"), "--worker-class=gthread"]
    command += ["--threads=2", "--no-control-socket", "--graceful-timeout=5"]
    place = {"PYTHONPATH": f"{tmp_path}:{ROOT}", "VAR_DIR": str(tmp_path)}
    with subprocess.Popen(command, cwd=tmp_path, env=os.environ | place) as web:
        try:
            wait_for(port, 30)
            with asked(port) as first:
                assert answer(first).endswith(b"done")
            with asked(port) as taken:
                web.send_signal(signal.SIGTERM)
                time.sleep(0.5)
                with pytest.raises(ConnectionRefusedError):
                    asked(port)
                assert answer(taken).endswith(b"done")
            assert web.wait(5) == 0
        finally:
            web.kill()


def asked(port: int) -> socket.socket:
    """A connection over which a question has been sent."""
    client = socket.create_connection(("127.0.0.1", port), timeout=10)
    client.sendall(b"GET / HTTP/1.0\r\n\r\n")
    return client


def answer(client: socket.socket) -> bytes:
    return b"".join(iter(lambda: client.recv(1000), b""))
