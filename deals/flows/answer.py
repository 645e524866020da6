"""Answers are computed in one snapshot of the database and kept until the ledger moves."""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.utils.translation import get_language

from deals.flows.query import FlowQuery
from deals.flows.scope import Scope

# Raised whenever code changes what an answer says, so that no kept answer outlives its rule.
CODE_VERSION = 3
KEEP_SECONDS = 24 * 3600
# These questions are short; planning them for JIT costs more than running them. Whoever asks for
# more than a statement may take must not hold the database from everybody else.
LOCALLY = "SELECT set_config('jit', 'off', true), set_config('statement_timeout', %s, true)"


@contextmanager
def snapshot() -> Iterator[None]:
    """One REPEATABLE READ transaction, so that every number of an answer saw the same ledger."""
    if connection.in_atomic_block:
        # Inside somebody's transaction (a test, an import) that one's view is the snapshot.
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute(LOCALLY, [str(int(settings.QUESTION_MAX_SECONDS * 1000))])
        yield


def identity(question: str, query: FlowQuery, scope: Scope) -> str:
    """What decides an answer, as a short text: the ETag of the API and the key of the cache."""
    parts = [
        CODE_VERSION,
        question,
        # Some answers carry words for their readers.
        get_language(),
        query.to_params(),
        scope.head,
        str(scope.head_at),
        scope.seq,
        scope.computed_at.date().isoformat(),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def kept(question: str, query: FlowQuery, scope: Scope, compute: Callable[[], Any]) -> Any:
    """The kept answer, or a new one."""
    key = f"answer:{identity(question, query, scope)}"
    found = cache.get(key)
    if found is None:
        found = compute()
        cache.set(key, found, KEEP_SECONDS)
    return found
