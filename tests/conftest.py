"""Fixtures for every test: the database, suppliers' real files, ready-made deals."""

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import rmtree
from uuid import uuid4

import pytest
from django.conf import LazySettings, settings
from django.core.cache import cache
from django.db import connection
from hypothesis import HealthCheck
from hypothesis import settings as properties
from pytest_django.plugin import DjangoDbBlocker
from whitenoise.middleware import WhiteNoiseMiddleware

from deals.models import DealVersion
from tests.factories import make_deal

SHARED_DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"

# A change that breaks nothing may not fail by chance, neither for a new example nor because a
# machine is busy. Who wants to look for new ones: --hypothesis-profile=search.
SLOW = [HealthCheck.too_slow]
properties.register_profile("steady", deadline=None, suppress_health_check=SLOW, derandomize=True)
properties.register_profile("search", deadline=None, suppress_health_check=SLOW)
properties.load_profile("steady")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """A test database may be emptied between tests; every other one refuses TRUNCATE.

    Each connection asks for it, since an ordinary role may not store it with the database.
    """
    with django_db_blocker.unblock():
        connection.close()
    connection.settings_dict["OPTIONS"]["options"] = "-c investtrack.may_truncate=on"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with suppliers' real files, which may not be copied into the project."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"The reference feeds are not beside this checkout ({SHARED_DATA}).")
    return SHARED_DATA


@pytest.fixture
def published(db: None) -> Callable[..., DealVersion]:
    """`published(target="…", investors=[("…", "DE")], …)`: one live version, see `make_deal`."""
    return make_deal


@pytest.fixture(scope="session", autouse=True)
def static_files_looked_at_once() -> Iterator[None]:
    """A server lists its static files when it starts; each client of a test is one that starts.

    What was listed is kept by everything that it was made of.
    """
    listed: dict[tuple[object, ...], dict[str, object]] = {}
    look = WhiteNoiseMiddleware.add_files_from_finders

    def add(middleware: WhiteNoiseMiddleware) -> None:
        made_of = (
            middleware.static_prefix,
            middleware.max_age,
            middleware.charset,
            middleware.allow_all_origins,
            middleware.add_headers_function,
            *map(
                repr, (settings.STATICFILES_DIRS, settings.STATICFILES_FINDERS, settings.STORAGES)
            ),
        )
        if middleware.files or made_of not in listed:
            look(middleware)
        if not middleware.files:
            middleware.files.update(listed[made_of])
        listed.setdefault(made_of, dict(middleware.files))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", add)
        yield


@pytest.fixture(autouse=True)
def passwords_in_no_time(settings: LazySettings) -> None:
    """A real hash takes as long as it can, which is its point, and not that of a test."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def no_kept_answers() -> None:
    """Answers are kept by the ledger's head, and an empty ledger is the same one for every test."""
    cache.clear()


@pytest.fixture(autouse=True)
def kept_files(settings: LazySettings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Received files and those of releases are kept in folders of the test's own."""
    mine = tmp_path_factory.getbasetemp() / f"kept-{uuid4().hex}"
    mine.mkdir()
    settings.IMPORTS_DIR, settings.RELEASES_DIR = mine / "imports", mine / "releases"
    yield
    rmtree(mine, ignore_errors=True)


def pytest_collection_finish() -> None:
    """What was collected stays to the end, so nobody has to look through it for garbage again."""
    gc.freeze()


def pytest_make_parametrize_id(val: object) -> str | None:
    """Bytes by their number: a compressed file has the time in it, and each process another one."""
    return f"{len(val)} bytes" if isinstance(val, bytes) else None
