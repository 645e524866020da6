"""Real servers and processes on loopback. `make test-services`."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

# The script itself: the one in the path changes the user first, and with it the folders.
RABBITMQ = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")


NO_REDIS = "Neither Redis nor Valkey is installed (Debian: apt-get install redis-server)."


def redis_program() -> str | None:
    return shutil.which("redis-server") or shutil.which("valkey-server")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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
        wait_for(port, 10)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait()


@pytest.fixture
def rabbitmq() -> Iterator[str]:
    """The address of a RabbitMQ of our own, with its own port mapper and folder."""
    if not RABBITMQ.exists() or shutil.which("epmd") is None:
        pytest.skip("RabbitMQ is not installed (Debian: apt-get install rabbitmq-server).")
    mapper_port, port = free_port(), free_port()
    with tempfile.TemporaryDirectory(prefix="investtrack-rabbit-", dir="/tmp") as folder:
        environment = rabbit_environment(Path(folder), mapper_port, port)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment}
        mapper = subprocess.Popen(["epmd"], **quiet)
        wait_for(mapper_port, 10)
        server = subprocess.Popen([str(RABBITMQ)], start_new_session=True, **quiet)
        try:
            wait_for(port, 90)
            yield f"amqp://guest:guest@127.0.0.1:{port}//"
        finally:
            with suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGKILL)
            server.wait()
            mapper.kill()
            mapper.wait()


def rabbit_environment(folder: Path, mapper_port: int, port: int) -> dict[str, str]:
    """Everything below the folder, and every port on loopback."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_EPMD_PORT": str(mapper_port),
        "RABBITMQ_NODENAME": f"test{port}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(free_port()),
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_SCHEMA_DIR": str(folder / "schema"),
        "RABBITMQ_GENERATED_CONFIG_DIR": str(folder / "config"),
        "RABBITMQ_CONFIG_FILE": str(folder / "none"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
            "-kernel inet_dist_use_interface {127,0,0,1} -start_epmd false"
        ),
    }


def wait_for(port: int, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not listens(port):
        assert time.monotonic() < deadline, f"nobody listens on {port} after {seconds} s"
        time.sleep(0.05)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
