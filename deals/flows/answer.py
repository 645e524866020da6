"""Answers are computed in one snapshot of the database and kept until the ledger moves."""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import repeat
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.dispatch import Signal
from django.utils.translation import get_language

from deals.flows.query import FlowQuery
from deals.flows.scope import Scope

# Raised whenever code changes what an answer says, so that no kept answer outlives its rule.
CODE_VERSION = 5
KEEP_SECONDS = 24 * 3600
# Sent with `found` whenever an answer is looked for among the kept ones.
looked_up = Signal()
# These questions are short; planning them for JIT costs more than running them. Their rows are
# in memory or on a disk without heads: a database that fears to jump reads whole tables instead.
# Whoever asks for more than a statement may take must not hold the database from everybody else.
ONE_VIEW = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
LOCALLY = (
    "SELECT set_config('jit', 'off', true), set_config('work_mem', '16MB', true),"
    " set_config('random_page_cost', '1.1', true), set_config('statement_timeout', %s, true)"
)


@contextmanager
def snapshot() -> Iterator[None]:
    """One REPEATABLE READ transaction, so that every number of an answer saw the same ledger."""
    if connection.in_atomic_block:
        # Inside somebody's transaction (a test, an import) that one's view is the snapshot.
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"{ONE_VIEW}; {LOCALLY}", [_longest()])
        yield


def one_statement(text: str, params: dict[str, Any]) -> list[Any]:
    """All rows of a question that is one statement, and so its own snapshot.

    It goes to the database in one round trip with its limits, which end with it.
    """
    with connection.cursor() as cursor:
        _ask(cursor, text, params)
        return list(cursor.fetchall())


def as_sent(text: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The same, each value as the bytes that the database sent, or None.

    Documents that are only sent on need not become Python's texts and bytes again.
    """
    with connection.cursor() as cursor:
        _ask(cursor, text, params)
        result = cursor.cursor.pgresult
        rows = range(result.ntuples)
        columns = (map(result.get_value, rows, repeat(n)) for n in range(result.nfields))
        return list(zip(*columns, strict=True))


def _ask(cursor: CursorWrapper, text: str, params: dict[str, Any]) -> None:
    if connection.in_atomic_block:
        cursor.execute(text, params)
        return
    limited = f"{LOCALLY.replace('%s', '%(longest)s')}; {text}"
    cursor.execute(limited, params | {"longest": _longest()})
    cursor.nextset()


def _longest() -> str:
    return str(int(settings.QUESTION_MAX_SECONDS * 1000))


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and its parameters as JSON: what of an identity stays the same from day to day."""

    question: str
    params: str

    @classmethod
    def of(cls, question: str, query: FlowQuery) -> "Asked":
        return cls(json.dumps(question), json.dumps(query.to_params()))

    def identity(self, scope: Scope) -> str:
        """What decides an answer, as a short text: the ETag of the API and the key of the cache."""
        # Some answers carry words for their readers.
        language = get_language()
        day = scope.computed_at.date().isoformat()
        point = f"{scope.head} {scope.head_at} {scope.seq} {day}"
        whole = f"{CODE_VERSION}\n{self.question}\n{language}\n{self.params}\n{point}"
        return hashlib.sha256(whole.encode()).hexdigest()[:32]


def identity(question: str, query: FlowQuery, scope: Scope) -> str:
    """The identity of an answer whose question is not asked often."""
    return Asked.of(question, query).identity(scope)


def kept(question: str, query: FlowQuery, scope: Scope, compute: Callable[[], Any]) -> Any:
    """The kept answer, or a new one."""
    key = f"answer:{identity(question, query, scope)}"
    found = cache.get(key)
    looked_up.send(sender=None, found=found is not None)
    if found is None:
        found = compute()
        cache.set(key, found, KEEP_SECONDS)
    return found
