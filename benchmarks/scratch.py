"""Databases of a benchmark's own: made, filled, and dropped again.

They are beside the one that the settings name, whose server they share.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote

import psycopg

from deals.feeds.generated import code_of


@dataclass(frozen=True, slots=True)
class Scratch:
    """A database by its address; `seconds` is how long generating took, None where it was kept."""

    url: str
    seconds: float | None = None

    @property
    def environment(self) -> dict[str, str]:
        """For processes that work in it."""
        return os.environ | {"DATABASE_URL": self.url}


def address(name: str = "") -> str:
    """The address of this process's database, or of another one on its server."""
    from django.db import connection

    connection.ensure_connection()
    info = connection.connection.info
    password = f":{quote(info.password, safe='')}" if info.password else ""
    host = quote(info.host, safe="")
    return f"postgres://{info.user}{password}@{host}:{info.port}/{name or info.dbname}"


@contextmanager
def made(name: str, *, like: str = "template0", keep: bool = False) -> Iterator[Scratch]:
    """An empty register in a database of this name, a copy of another empty one if there is one.

    With `keep` what is there is taken as it is, and stays.
    """
    scratch = Scratch(address(name))
    with psycopg.connect(address("postgres"), autocommit=True) as server:
        there = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if there and not keep:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        if not (there and keep):
            server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{like}" ENCODING \'UTF8\'')
    try:
        if there or like == "template0":
            manage(scratch, "migrate", "-v0")
        yield scratch
    finally:
        if not keep:
            with psycopg.connect(address("postgres"), autocommit=True) as server:
                server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def has_deals(scratch: Scratch, deals: int) -> bool:
    """Whether a kept database holds the generated register of that size already."""
    with psycopg.connect(scratch.url) as connection:
        row = connection.execute(
            "SELECT 1 FROM deals_population WHERE code = %s", [code_of(deals)]
        ).fetchone()
    return row is not None


def manage(scratch: Scratch, *words: str) -> None:
    """Run `manage.py` in it; raises when that fails."""
    subprocess.run(
        [sys.executable, "manage.py", *words],
        check=True,
        env=scratch.environment,
        stdout=subprocess.DEVNULL,
    )
