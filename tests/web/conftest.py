"""Pages keep answers by the head of the ledger, which every test sets back to the same numbers."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    cache.clear()
