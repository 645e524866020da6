"""What gunicorn is told beside its command line."""

import os
import runpy
import signal
import socket
import struct
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

from benchmarks.ports import free_port
from tests.processes import PATIENCE, ROOT, wait_until
from tests.serving import wait_for

# Notes that it was asked, and answers when it may.
SLOW = """
import pathlib, time
here = pathlib.Path(__file__).parent
def app(environ, start_response):
    (here / "asked").touch()
    while not (here / "answer").exists():
        time.sleep(0.05)
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
    command += ["--threads=2", "--no-control-socket", f"--graceful-timeout={2 * PATIENCE:.0f}"]
    place = {"PYTHONPATH": f"{tmp_path}:{ROOT}", "VAR_DIR": str(tmp_path)}
    with subprocess.Popen(command, cwd=tmp_path, env=os.environ | place) as web:
        try:
            wait_for(port, web)
            with asked(port) as taken:
                wait_until((tmp_path / "asked").exists)
                web.send_signal(signal.SIGTERM)
                wait_until(lambda: refuses(port))
                (tmp_path / "answer").touch()
                assert answer(taken).endswith(b"done")
            assert web.wait(PATIENCE) == 0
        finally:
            # Its process ends when nobody waits for an answer any more.
            (tmp_path / "answer").touch()
            web.kill()


def asked(port: int) -> socket.socket:
    """A connection over which a question has been sent."""
    client = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    client.sendall(b"GET / HTTP/1.0\r\n\r\n")
    return client


def refuses(port: int) -> bool:
    """Whoever gets through before the door is closed asks nothing, and goes again."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=10).close()
    except ConnectionRefusedError:
        return True
    return False


def answer(client: socket.socket) -> bytes:
    return b"".join(iter(lambda: client.recv(1000), b""))
