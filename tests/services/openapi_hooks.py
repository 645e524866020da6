"""What schemathesis is told of the API beside its description (test_openapi.py)."""

import schemathesis

from tests.api.contradictions import contradicts, has_blank


@schemathesis.hook
def filter_case(context: schemathesis.HookContext, case: schemathesis.Case) -> bool:
    """What no description can say: questions that contradict themselves, and what is null."""
    return not contradicts(dict(case.query or {})) and not has_blank(case.body)
