"""From an empty folder to a system that serves, in the order that the compose files give."""

import os
import re
import subprocess
from dataclasses import dataclass

import psycopg

from benchmarks.chaos_rig import ROOT, RigError, wait_until
from benchmarks.rehearsal_stack import Stack, begin

EDITOR = "rehearsal-editor"
PARTNER = "rehearsal-partner"


@dataclass(frozen=True, slots=True)
class People:
    """What the editor and the partner sign in with."""

    password: str
    key: str


def start(stack: Stack) -> People:
    """Everything runs and answers when this returns."""
    make_cluster(stack)
    begin(stack, "db")
    as_owner(stack, "postgres", "CREATE DATABASE investtrack")
    for name in ("valkey", "cache", "pool"):
        begin(stack, name)
    run(stack, "replication", ["sh", str(ROOT / "deploy" / "postgresql" / "replication.sh")])
    begin(stack, "replica")
    # `setup`, with its tables, its schedule and the starter register.
    run(stack, "setup", stack.command("setup"))
    people = make_people(stack)
    for name in ("web-1", "web-2", "worker", "quick", "beat", "proxy"):
        begin(stack, name)
    caught_up(stack)
    return people


def make_cluster(stack: Stack) -> None:
    """What the entry point of PostgreSQL's image does at its first start."""
    data = stack.folder / "data"
    data.mkdir()
    stack.user.take(data)
    variables = stack.services["db"]["environment"]
    password = stack.here(variables["POSTGRES_PASSWORD_FILE"])
    command = [stack.programs.program("initdb"), f"--pgdata={data}", "--encoding=UTF8"]
    command += ["--locale=C.UTF-8", "--auth=scram-sha-256", "--no-instructions"]
    command += [f"--username={variables['POSTGRES_USER']}", f"--pwfile={password}"]
    plain = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    subprocess.run(
        command, check=True, capture_output=True, cwd="/", env=plain, **stack.user.popen()
    )


def address(stack: Stack, server: str = "database_url") -> str:
    return stack.secret(server)


def as_owner(stack: Stack, database: str, statement: str) -> None:
    with psycopg.connect(address(stack), dbname=database, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type]


def ask(stack: Stack, question: str, server: str = "database_url") -> str:
    """The first cell of an answer, as text. Raises psycopg.OperationalError."""
    with psycopg.connect(address(stack, server), autocommit=True, connect_timeout=3) as connection:
        row = connection.execute(question).fetchone()  # type: ignore[arg-type]
    return str(row[0]) if row else ""


def run(stack: Stack, service: str, command: list[str]) -> str:
    """A command that ends, with the variables of a service; returns what it printed."""
    done = subprocess.run(
        command, cwd=stack.image, env={**os.environ, **stack.environment(service)},
        capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise RigError(f"{service} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def make_people(stack: Stack) -> People:
    def manage(*words: str) -> str:
        return run(stack, "setup", ["python", "manage.py", *words])

    said = manage("desk_user", EDITOR, "--role", "reviewer")
    found = re.search(r"shown only now\): (\S+)", said)
    if found is None:
        raise RigError(f"manage.py desk_user printed no password: {said}")
    manage("desk_user", PARTNER, "--role", "editor")
    key = manage("api_key", "create", "rehearsal", "--user", PARTNER, "--power", "write")
    return People(password=found[1], key=key.split()[-1])


def caught_up(stack: Stack, seconds: float = 60) -> float:
    """Seconds until the replica has replayed what the primary has written by now."""
    target = ask(stack, "SELECT pg_current_wal_lsn()")
    reached = f"SELECT pg_last_wal_replay_lsn() >= '{target}'::pg_lsn"

    def there() -> bool:
        try:
            return ask(stack, reached, "replica_url") == "True"
        except psycopg.OperationalError:
            return False

    return wait_until(there, seconds, "the replica has caught up")
