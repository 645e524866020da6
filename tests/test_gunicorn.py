"""What gunicorn is told beside its command line."""

import os
import runpy
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
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

# Says whether the collector still looks at what was imported before the fork.
SHARED = """
import gc
KEPT = ["imported once"]
def app(environ, start_response):
    seen = any(one is KEPT for one in gc.get_objects())
    start_response("200 OK", [])
    return [b"looked at" if seen else b"left alone" if gc.isenabled() else b"off"]
"""
# Four threads at once have a picture's worth of bytes, twice each: how many MB are left of it.
PICTURES = f"""
import runpy, threading
from pathlib import Path
def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6
together = threading.Barrier(4)
def draw():
    together.wait()
    for _ in range(2):
        b"x" * 12_000_000
    together.wait()
runpy.run_path({str(ROOT / "gunicorn.conf.py")!r})
threads = [threading.Thread(target=draw) for _ in range(4)]
before = resident()
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(resident() - before)
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
    with serving(tmp_path, SLOW, f"--graceful-timeout={2 * PATIENCE:.0f}") as (web, port):
        try:
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


def test_what_was_imported_once_stays_shared(tmp_path: Path):
    """The collector writes into what it looks at, which makes a copy of it for each process."""
    with serving(tmp_path, SHARED, "--preload") as (_web, port), asked(port) as taken:
        assert answer(taken).endswith(b"left alone")


def test_large_blocks_are_given_back_when_they_are_free(tmp_path: Path):
    """Glibc would keep one of 12 MB for each thread."""
    place = {"PYTHONPATH": str(ROOT), "VAR_DIR": str(tmp_path)}
    left = subprocess.run(
        [sys.executable, "-c", PICTURES], env=os.environ | place, check=True, capture_output=True
    )
    assert float(left.stdout) < 6


@contextmanager
def serving(folder: Path, app: str, *options: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A gunicorn with our settings and this application, and its port."""
    (folder / "small.py").write_text(app)
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "small:app", f"--bind=127.0.0.1:{port}"]
    command += ["--config", str(ROOT / "gunicorn.conf.py"), "--worker-class=gthread"]
    command += ["--threads=2", "--no-control-socket", *options]
    place = {"PYTHONPATH": f"{folder}:{ROOT}", "VAR_DIR": str(folder)}
    with subprocess.Popen(command, cwd=folder, env=os.environ | place) as web:
        try:
            wait_for(port, web)
            yield web, port
        finally:
            web.kill()


def asked(port: int) -> socket.socket:
    """A connection over which a question has been sent."""
    client = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    client.sendall(b"GET / HTTP/1.0\r\n\r\n")
    return client


def refuses(port: int) -> bool:
    """Whoever comes before or while the door is closed asks nothing, and goes again."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=10).close()
    except ConnectionRefusedError:
        return True
    except ConnectionResetError:
        pass  # The door was closed while this one was in it.
    return False


def answer(client: socket.socket) -> bytes:
    return b"".join(iter(lambda: client.recv(1000), b""))
