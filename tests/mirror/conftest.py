"""Both kinds of copies."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deals.mirror.copies import Copy
from deals.mirror.parquet import ParquetCopy
from deals.mirror.postgres import PostgresCopy
from tests.mirror.places import SCHEMA, drop_schema
from tests.serving import database_url


@pytest.fixture(autouse=True)
def unlimited(settings: Any) -> None:
    settings.API_PER_HOUR = settings.API_PER_HOUR_OPEN = 0


@pytest.fixture(params=["postgres", "parquet"])
def copy(request: pytest.FixtureRequest, db: None, tmp_path: Path) -> Iterator[Copy]:
    """An empty place."""
    place: PostgresCopy | ParquetCopy
    if request.param == "parquet":
        place = ParquetCopy(tmp_path / "copy")
    else:
        drop_schema()
        place = PostgresCopy(database_url(), SCHEMA)
    yield place
    place.close()
    if request.param == "postgres":
        drop_schema()
