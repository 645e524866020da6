"""One PostgreSQL: its data folder, its start and its end. Used by the keeper only."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from investtrack.embedded import EmbeddedError, binaries, owner
from investtrack.processes import dies_with_parent, last_lines

LOCALES = ("C.UTF-8", "en_US.UTF-8", "C")
OPTIONS = {
    "listen_addresses": "",  # the socket's folder is the lock on the door
    "max_connections": "100",
    "shared_buffers": "256MB",
    "jit": "off",  # compiling costs more than these queries take
    "timezone": "UTC",
    "log_timezone": "UTC",
}
THROWAWAY = {"fsync": "off", "full_page_writes": "off"}
# Patience with a fast, then with an immediate shutdown; together with the keeper's pause before
# it stops, everything is over within ten seconds.
FAST_SECONDS = 3.5
IMMEDIATE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Cluster:
    """`log` receives what PostgreSQL says; a `throwaway` cluster trades safety for speed."""

    place: Path
    owner: owner.Owner
    programs: binaries.Binaries
    log: Path
    throwaway: bool

    @property
    def data(self) -> Path:
        return self.place / "data"

    def create(self) -> None:
        """Make the data folder, unless there is one. Complete or not at all."""
        if self.data.exists():
            return
        unfinished = self.place / "data-unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        for locale in LOCALES:
            unfinished.mkdir()
            self.owner.take(unfinished)
            outcome = self._initdb(unfinished, locale)
            if outcome.returncode == 0:
                unfinished.rename(self.data)
                return
            shutil.rmtree(unfinished, ignore_errors=True)
        raise EmbeddedError(f"PostgreSQL could not make its data folder: {outcome.stderr.strip()}")

    def create_anew(self) -> None:
        """Lose all data."""
        shutil.rmtree(self.data)
        self.create()

    def _initdb(self, folder: Path, locale: str) -> subprocess.CompletedProcess[str]:
        command = [self.programs.program("initdb"), f"--pgdata={folder}", f"--locale={locale}"]
        command += ["--encoding=UTF8", "--username=postgres", "--auth-local=trust"]
        command += ["--auth-host=reject", "--no-instructions"]
        if self.throwaway:
            command.append("--no-sync")
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            cwd="/",
            env=_environment(),
            **self.owner.popen(),
        )

    def start(self, socket: Path) -> subprocess.Popen[bytes]:
        """Start the server as our child; it is not ready yet when this returns."""
        options = {**OPTIONS, **(THROWAWAY if self.throwaway else {})}
        command = [self.programs.program("postgres"), "-D", str(self.data)]
        command += ["-c", f"unix_socket_directories={socket}"]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=_environment(),
                start_new_session=True,
                # A killed keeper must not leave a server behind. Immediate shutdown is the one
                # that ends within seconds for certain; the next start replays the log.
                preexec_fn=dies_with_parent(signal.SIGQUIT),
                **self.owner.popen(),
            )

    def clear_stale(self) -> None:
        """End a server that outlived its keeper, and drop a process file that lies.

        Only for the holder of the keeper's lock: nobody else then has a right to this data.
        """
        process_file = self.data / "postmaster.pid"
        try:
            pid = int(process_file.read_text().split("\n")[0])
        except (FileNotFoundError, ValueError):
            return
        for death, patience in ((signal.SIGINT, 3), (signal.SIGQUIT, 6), (signal.SIGKILL, 2)):
            if not self._is_ours(pid):
                break
            with suppress(ProcessLookupError):
                os.kill(pid, death)
            _wait_until(lambda: not self._is_ours(pid), patience)
        # The number may meanwhile belong to some other process, at which PostgreSQL would balk.
        process_file.unlink(missing_ok=True)

    def _is_ours(self, pid: int) -> bool:
        command = ["ps", "-o", "command=", "-p", str(pid)]
        try:
            described = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        except FileNotFoundError:
            if Path("/proc/self").exists():
                return False
            described = subprocess.run(command, capture_output=True, text=True).stdout
        return "postgres" in described and str(self.data) in described

    def last_words(self) -> str:
        return last_lines(self.log)


def stop(server: subprocess.Popen[bytes]) -> None:
    """End the server: politely, then at once, then by force."""
    for death, patience in ((signal.SIGINT, FAST_SECONDS), (signal.SIGQUIT, IMMEDIATE_SECONDS)):
        if server.poll() is None:
            server.send_signal(death)
            with suppress(subprocess.TimeoutExpired):
                server.wait(patience)
    kill(server)


def kill(server: subprocess.Popen[bytes]) -> None:
    """End the server and all its processes by force."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(server.pid, signal.SIGKILL)
    server.wait()


def _wait_until(condition: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)


def _environment() -> dict[str, str]:
    """Nothing of the caller's: its locale, PG* variables and odd TMPDIR are not PostgreSQL's."""
    return {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
