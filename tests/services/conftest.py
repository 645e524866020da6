"""Real servers and processes on loopback. `make test-services`."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.chaos_brokers import NO_REDIS, redis_program
from benchmarks.ports import free_port
from tests.api.register import Register, make_register
from tests.serving import serve, wait_for


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[str]:
    """The address of a Redis of our own."""
    program = redis_program()
    if program is None:
        pytest.skip(NO_REDIS)
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir"]
    server = subprocess.Popen([*command, str(tmp_path)], stdout=subprocess.DEVNULL)
    try:
        wait_for(port, server)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait()


@pytest.fixture
def register(settings, tmp_path: Path) -> Register:
    settings.IMPORTS_DIR, settings.RELEASES_DIR = tmp_path / "imports", tmp_path / "releases"
    return make_register()


@pytest.fixture
def server(register: Register, tmp_path: Path) -> Iterator[str]:
    """The address of a real server with the register of the test."""
    with serve(tmp_path) as served:
        yield served.url
