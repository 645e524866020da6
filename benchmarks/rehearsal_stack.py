"""The services of the compose files as processes of this machine, on loopback.

Commands and variables are read from docker-compose.yml and docker-compose.scale.yml, so that what
is rehearsed is what is written there. What differs is only what a container would give: names of
other services become ports, folders of a container become folders of one temporary folder.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.chaos_rig import Process, RigError, listens, wait_until
from benchmarks.compose import ROOT, SCALED, load
from benchmarks.ports import free_port
from investtrack.embedded import binaries, owner

# Where a service is reached inside the network of the compose file.
ADDRESSES = {
    "db": 5432, "replica": 5432, "pool": 6432, "valkey": 6379, "cache": 6379,
    "web-1": 8000, "web-2": 8000, "proxy": 8080,
}  # fmt: skip
FOLDERS = {
    "/run/secrets": "secrets", "/var/lib/investtrack": "var", "/srv/static": "static",
    "/etc/investtrack": "etc/postgresql", "/tmp": "tmp",
}  # fmt: skip
FOLDER = re.compile(rf"(?<![\w/])({'|'.join(FOLDERS)})\b")
PROGRAMS = {
    "nginx": ("nginx", "nginx-light"),
    "pgbouncer": ("pgbouncer", "pgbouncer"),
    "redis-server": ("redis-server", "redis-server"),
}
# What this installation has in its investtrack.env: readers on one address, asking all the time.
OWN = {"API_PER_HOUR": "0", "API_PER_HOUR_OPEN": "0"}
START_SECONDS = 90.0
SERVERS = ("db", "replica", "pool")


def missing_packages() -> list[str]:
    """Debian packages without which nothing can be rehearsed; nothing is installed from here."""
    path = f"{os.environ.get('PATH', '')}:/usr/sbin"
    return [pack for program, pack in PROGRAMS.values() if not shutil.which(program, path=path)]


class Stack:
    """Everything is made ready, and nothing runs, until `rehearsal_start.start`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.services: dict[str, Any] = load(SCALED)["services"]
        self.ports = {name: free_port() for name in ADDRESSES}
        self.user = owner.current()
        self.programs = binaries.find()
        folder.chmod(0o755)
        for name in ("secrets", "var", "static", "tmp", "etc", "spool", "logs"):
            (folder / name).mkdir()
        if not binaries.runnable(self.programs, self.user):
            self.programs = binaries.copied(self.programs, folder)
        subprocess.run(
            ["sh", ROOT / "deploy" / "secrets.sh", folder / "secrets"], check=True,
            capture_output=True, env={"PATH": os.environ["PATH"]},
        )  # fmt: skip
        for secret in (folder / "secrets").iterdir():
            secret.chmod(0o644)
            secret.write_text(self.here(secret.read_text()))
        (folder / "secrets").chmod(0o755)
        self.image = self._build()
        self._configure()
        self.processes = {
            "db": self._database(),
            "replica": self._replica(),
            "pool": self._pool(),
            "valkey": self._valkey("valkey"),
            "cache": self._valkey("cache"),
            **{name: self._web(name) for name in ("web-1", "web-2")},
            "worker": self._python("worker", "--hostname=worker@rehearsal"),
            "quick": self._python("quick", "--hostname=quick@rehearsal"),
            "beat": self._python("beat"),
            "proxy": self._proxy(),
        }

    def __getitem__(self, name: str) -> Process:
        return self.processes[name]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports['proxy']}"

    def secret(self, name: str) -> str:
        return (self.folder / "secrets" / name).read_text()

    def here(self, text: str, web: str = "web-1") -> str:
        """A text of a service with this machine's ports and folders."""
        for name, port in ADDRESSES.items():
            here = f"127.0.0.1:{self.ports[name]}"
            text = re.sub(rf"\b{name}:{port}\b", here, text)
        text = text.replace("0.0.0.0:8000", f"127.0.0.1:{self.ports[web]}")
        return FOLDER.sub(lambda found: str(self.folder / FOLDERS[found[1]]), text)

    def environment(self, service: str) -> dict[str, str]:
        """What the compose file gives it, and what every process needs."""
        said = {
            name: self.here(str(value))
            for name, value in self.services[service].get("environment", {}).items()
        }
        path = f"{Path(sys.executable).parent}:{self.programs.folder}:/usr/sbin:/usr/bin:/bin"
        return {"PATH": path, "PYTHONUNBUFFERED": "1", **OWN, **said}

    def command(self, service: str, web: str = "web-1") -> list[str]:
        said = self.services[service]
        command = [*_words(said.get("entrypoint", [])), *_words(said.get("command", []))]
        return [self.here(word, web) for word in command]

    def _build(self) -> Path:
        """The files that the Dockerfile copies, as they are now; later changes do not count."""
        image = self.folder / "image"
        image.mkdir()
        for line in re.findall(r"^COPY (.+)$", (ROOT / "Dockerfile").read_text(), re.M):
            for name in line.split()[:-1]:
                if (ROOT / name).is_dir():
                    shutil.copytree(ROOT / name, image / name)
                else:
                    (image / name).parent.mkdir(exist_ok=True)
                    shutil.copy2(ROOT / name, image / name)
        return image

    # ---- files that a container would have in /etc -----------------------------------------

    def _configure(self) -> None:
        """deploy/ with this machine's addresses; sizes go where an installation has its own."""
        etc = self.folder / "etc"
        for kind in ("nginx", "pgbouncer", "postgresql"):
            shutil.copytree(ROOT / "deploy" / kind, etc / kind)
        (etc / "postgresql" / "own.conf").write_text(
            "shared_buffers = '128MB'\nunix_socket_directories = ''\n"
            "listen_addresses = '127.0.0.1'\n"
            # One call for all files at the start after a crash.
            "recovery_init_sync_method = 'syncfs'\n"
        )
        pool = etc / "pgbouncer" / "pgbouncer.ini"
        pool.write_text(
            self.here(pool.read_text())
            .replace("host=db port=5432", f"host=127.0.0.1 port={self.ports['db']}")
            .replace("listen_addr = 0.0.0.0", "listen_addr = 127.0.0.1")
            .replace("listen_port = 6432", f"listen_port = {self.ports['pool']}")
        )
        self._configure_proxy(etc / "nginx")
        for path in (etc, *etc.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        for name in ("tmp", "spool", "logs"):
            self.user.take(self.folder / name)
            (self.folder / name).chmod(0o777)

    def _configure_proxy(self, etc: Path) -> None:
        main = etc / "nginx.conf"
        text = re.sub(r"\n *resolver .*", "", self.here(main.read_text()))
        line = re.search(r"\n( *server )web:8000 resolve( .*)", text)
        if line is None:
            raise RigError("deploy/nginx/nginx.conf names no server web:8000.")
        copies = "".join(
            f"\n{line[1]}127.0.0.1:{self.ports[name]}{line[2]}" for name in ("web-1", "web-2")
        )
        text = text.replace(line[0], copies).replace("/var/cache/nginx", f"{self.folder}/spool")
        text = text.replace("/dev/stdout", f"{self.folder}/logs/access.log")
        main.write_text(text.replace("/dev/stderr", f"{self.folder}/logs/error.log"))
        front = (etc / "plain.conf").read_text()
        here = f"127.0.0.1:{self.ports['proxy']}"
        (etc / "server.conf").write_text(front.replace("listen 8080", f"listen {here}"))

    # ---- processes -------------------------------------------------------------------------

    def _process(self, name: str, command: list[str], environment: dict[str, str]) -> Process:
        place = {"cwd": self.image}
        return Process(name, command, self.folder / "logs", environment, popen=place)

    def _as_user(self, process: Process) -> Process:
        """Servers are nobody in particular, as in their containers."""
        return replace(process, popen={"cwd": "/", **self.user.popen()})

    def _web(self, name: str) -> Process:
        command = self.command("web", name)
        return self._process(name, ["python", "-m", *command], self.environment("web"))

    def _python(self, name: str, *more: str) -> Process:
        ready = {"READY_FILE": str(self.folder / "tmp" / f"{name}.ready")}
        command = ["python", "-m", *self.command(name), *more]
        # Two workers of one machine would share their lists of revoked tasks.
        command = [word.replace("worker.db", f"{name}.db") for word in command]
        return self._process(name, command, {**self.environment(name), **ready})

    def _database(self) -> Process:
        data = self.folder / "data"
        command = [*self.command("db"), "-D", str(data), "-c", f"port={self.ports['db']}"]
        return self._as_user(self._process("db", command, self.environment("db")))

    def _replica(self) -> Process:
        home = self.folder / "copies"
        home.mkdir()
        self.user.take(home)
        environment = self.environment("replica") | {"PGDATA": str(home / "replica")}
        command = [*self.command("replica"), "-c", f"port={self.ports['replica']}"]
        return self._as_user(self._process("replica", command, environment))

    def _pool(self) -> Process:
        etc = self.folder / "etc" / "pgbouncer"
        places = {
            "CONFIG": str(etc / "pgbouncer.ini"),
            "USERLIST": str(self.folder / "tmp" / "userlist.txt"),
            "PASSWORD_FILE": str(self.folder / "secrets" / "postgres_password"),
        }
        command = ["sh", str(etc / "start.sh")]
        return self._as_user(self._process("pool", command, self.environment("pool") | places))

    def _valkey(self, name: str) -> Process:
        home = self.folder / f"{name}-data"
        home.mkdir()
        self.user.take(home)
        # Redis stands in for Valkey: Debian 12 has only the one, and both know these options.
        program = [shutil.which("valkey-server") or shutil.which("redis-server") or "redis-server"]
        command = [*program, *self.command(name)[1:], "--port", str(self.ports[name])]
        command += ["--bind", "127.0.0.1", "--dir", str(home)]
        return self._as_user(self._process(name, command, self.environment(name)))

    def _proxy(self) -> Process:
        conf = str(self.folder / "etc" / "nginx" / "nginx.conf")
        command = [*self.command("proxy"), "-p", str(self.folder / "spool"), "-c", conf]
        return self._as_user(self._process("proxy", command, self.environment("proxy")))


def _words(said: str | list[str]) -> list[str]:
    return shlex.split(said) if isinstance(said, str) else [str(word) for word in said]


def wait_for(stack: Stack, name: str, seconds: float = START_SECONDS) -> float:
    """Until it listens, or says that it is ready; raises RigError with its last words."""
    process = stack[name]
    ready = process.environment.get("READY_FILE")

    def up() -> bool:
        if not process.alive():
            raise RigError(f"{name} ended: {process.last_words()}")
        if ready:
            return Path(ready).exists()
        return listens(stack.ports[name]) and (name not in SERVERS or takes_clients(stack, name))

    return wait_until(up, seconds, f"{name} is up")


def takes_clients(stack: Stack, name: str) -> bool:
    """PostgreSQL listens before it has recovered; the compose file asks it the same way."""
    where = ["-q", "-h", "127.0.0.1", "-p", str(stack.ports[name]), "-U", "investtrack"]
    return subprocess.run([stack.programs.program("pg_isready"), *where]).returncode == 0


def begin(stack: Stack, name: str) -> float:
    """Start it and wait; seconds that it took."""
    if ready := stack[name].environment.get("READY_FILE"):
        Path(ready).unlink(missing_ok=True)
    stack[name].start()
    return wait_for(stack, name)


@contextmanager
def stack(folder: Path) -> Iterator[Stack]:
    made = Stack(folder)
    try:
        yield made
    finally:
        for process in reversed(made.processes.values()):
            process.kill()
