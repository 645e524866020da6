"""Brokers for the chaos run: Redis without persistence, RabbitMQ, or one from outside."""

import os
import shutil
import signal
import socket
from contextlib import suppress
from pathlib import Path

from benchmarks.chaos_rig import Broker, Process, RigError, listens, wait_until
from benchmarks.ports import free_port

# The script itself: the one in the path changes the user first, and with it the folders.
RABBITMQ = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
NO_RABBITMQ = "RabbitMQ is not installed (Debian: apt-get install rabbitmq-server)."
NO_REDIS = "Neither Redis nor Valkey is installed (Debian: apt-get install redis-server)."
START_SECONDS = 120.0
HELLO = b"AMQP\x00\x00\x09\x01"


def redis_program() -> str | None:
    return shutil.which("redis-server") or shutil.which("valkey-server")


def rabbitmq_is_here() -> bool:
    return RABBITMQ.exists() and shutil.which("epmd") is not None


def make_broker(name: str, folder: Path) -> Broker:
    """The broker `redis` or `rabbitmq`, not yet started, or the one at an address. Raises
    RigError when it cannot be had."""
    if "://" in name:
        return Outside(name)
    kinds: dict[str, type[Redis | RabbitMQ]] = {"redis": Redis, "rabbitmq": RabbitMQ}
    if name not in kinds:
        raise RigError(f"{name} is no broker: redis, rabbitmq, or an address.")
    return kinds[name](folder)


class Redis:
    """With neither snapshots nor a log: what it holds goes when it is killed."""

    def __init__(self, folder: Path) -> None:
        program = redis_program()
        if program is None:
            raise RigError(NO_REDIS)
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        command = [program, "--port", str(self.port), "--bind", "127.0.0.1"]
        command += ["--save", "", "--appendonly", "no", "--dir", str(folder)]
        self.process = Process("redis", command, folder)

    def start(self) -> None:
        self.process.start()
        wait_until(lambda: listens(self.port), START_SECONDS, "Redis listens")

    def kill(self) -> None:
        self.process.kill()


class RabbitMQ:
    """With its own port mapper; begins with an empty folder each time it is started."""

    def __init__(self, folder: Path) -> None:
        if not rabbitmq_is_here():
            raise RigError(NO_RABBITMQ)
        mapper_port, self.port = free_port(), free_port()
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}//"
        self.home = folder / "rabbitmq"
        environment = rabbit_environment(self.home, mapper_port, self.port)
        self.mapper_port = mapper_port
        self.mapper = Process("epmd", ["epmd"], folder, environment)
        self.server = Process("rabbitmq", [str(RABBITMQ)], folder, environment)

    def start(self) -> None:
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir()
        if not self.mapper.alive():
            self.mapper.start()
            wait_until(lambda: listens(self.mapper_port), START_SECONDS, "epmd listens")
        self.server.start()
        try:
            wait_until(self._greets, START_SECONDS, "RabbitMQ takes connections")
        except RigError as error:
            raise RigError(f"{error}: {self.server.last_words()}") from None

    def _greets(self) -> bool:
        """Its port is open before it takes anybody in."""
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 2) as probe:
            probe.sendall(HELLO)
            return bool(probe.recv(1))
        return False

    def kill(self) -> None:
        for process in (self.server, self.mapper):
            if process.running is not None:
                # A session of their own: the script, the machine under it and their helpers.
                with suppress(ProcessLookupError):
                    os.killpg(process.running.pid, signal.SIGKILL)
                process.running.wait()


class Outside:
    """A broker that somebody else runs, and that is not ours to kill."""

    def __init__(self, url: str) -> None:
        self.url = url

    def start(self) -> None:
        pass

    def kill(self) -> None:
        pass


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
