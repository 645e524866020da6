"""Some requests that the description allows, or forbids; tests/services asks thousands.

The same ones every time: what is found once is found again.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as bounded
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.specs.openapi import checks

from deals.models import ledger
from tests.api.contradictions import contradicts, has_blank
from tests.api.narrowed import narrowed
from tests.api.register import make_register

pytestmark = pytest.mark.django_db
# Workbooks and whole files are asked for where a server streams them.
LEFT_OUT = ("/exports/", "/files/", "/imports/")
EACH = 4
CHECKS = [
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]


def operations(whole: dict) -> Iterator[schemathesis.BaseSchema]:
    schema = schemathesis.openapi.from_dict(whole)
    schema.app = get_wsgi_application()
    for result in schema.get_all_operations():
        operation = result.ok()
        if not any(part in operation.path for part in LEFT_OUT):
            yield operation


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_answers_are_as_described(settings, tmp_path, mode) -> None:
    settings.IMPORTS_DIR, settings.RELEASES_DIR = tmp_path / "imports", tmp_path / "releases"
    register = make_register()
    asked = 0
    for operation in operations(narrowed(register.known, ledger.head())):

        @bounded(
            max_examples=EACH,
            derandomize=True,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: schemathesis.Case) -> None:
            nonlocal asked
            if contradicts(dict(case.query or {})) or has_blank(case.body):
                return
            asked += 1
            key = f"Bearer {register.keys['write']}"
            # As it is: nobody unpacks answers here.
            response = case.call(headers={"Authorization": key, "Accept-Encoding": "identity"})
            assert response.status_code < 500, response.content
            case.validate_response(response, checks=CHECKS)

        # Some have nothing that could be wrong.
        with one_connection(), suppress(Unsatisfiable):
            ask()
    assert asked > 30


@contextmanager
def one_connection() -> Iterator[None]:
    """As Django's own client does: the transaction of the test outlasts its requests."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)
