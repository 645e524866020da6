"""The same work in several processes at once, all of them on the database of the tests."""

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import django
from django.db import connection

from investtrack.processes import watch_parent


def side_by_side(work: Callable[..., Any], shares: Sequence[tuple[Any, ...]]) -> list[Any]:
    """What `work(*share)`, a function of a module, returns for each share; raises as it does."""
    database = connection.settings_dict
    # A fork would share the open connection, and with it the answers.
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(len(shares), spawn, _set_up, (database,)) as processes:
        return [done.result() for done in [processes.submit(work, *each) for each in shares]]


def _set_up(database: dict[str, Any]) -> None:
    """A new process reads this module first, before any of ours that needs Django."""
    # Tests that are killed leave nobody behind who goes on writing into their database.
    watch_parent(lambda: os._exit(1))
    django.setup()
    connection.settings_dict.update(database)
