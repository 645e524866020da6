"""A folder for received files and a bell that only counts, for the tests of imports."""

from pathlib import Path

import pytest

from deals import tasks
from deals.models import Feed
from tests.api.partners import PROFILE, Partner, make_key


@pytest.fixture
def folder(settings, tmp_path) -> Path:
    """Where received files are kept; it is made with the first of them."""
    settings.IMPORTS_DIR = tmp_path / "imports"
    return settings.IMPORTS_DIR


@pytest.fixture
def rung(monkeypatch) -> list[int]:
    """The numbers of imports for which a worker was rung."""
    numbers: list[int] = []
    monkeypatch.setattr(tasks, "ring", numbers.append)
    return numbers


@pytest.fixture
def partner(db) -> Partner:
    return Partner(make_key())


@pytest.fixture
def feed(db) -> Feed:
    return Feed.objects.create(code="small-supplier", name="Small supplier", profile=PROFILE)
