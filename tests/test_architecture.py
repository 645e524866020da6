"""Who may import whom, read off the syntax tree (docs/architecture.md has the picture)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DEALS = ROOT / "deals"

# Each room may use these rooms of `deals`; itself is always allowed.
ALLOWED = {
    "rules": set(),
    "models": {"rules"},
    "feeds": {"models", "rules"},
    # A deal as people write it: text read by the rules, facts compared.
    "entry": {"models", "rules", "feeds", "localised"},
    # The log of what people did, and what they are told.
    "journal": {"models"},
    "mail": {"models", "journal", "templatetags"},
    # Reference data, kept by administrators.
    "admin": {"models", "journal", "rules", "flows"},
    "actions": {
        "entry",
        "journal",
        "models",
        "rules",
        "feeds.ids",
        "feeds.match",
        "feeds.publish",
        "feeds.questions",
        "feeds.repoint",
        "feeds.spellings",
    },
    # Accounts: signing in, roles, second factors.
    "accounts": {"journal", "models", "rules", "flows", "svg.days", "webhooks", "wording"},
    "organizations": {
        "actions",
        "journal",
        "models",
        "rules",
        "feeds.absorb",
        "feeds.match",
        "feeds.questions",
        "feeds.repoint",
        "feeds.spellings",
    },
    # Numbers, days and countries in the reader's language.
    "localised": {"rules"},
    "flows": {"models", "rules", "localised"},
    "charts": {"rules", "flows", "localised"},
    "svg": {"rules", "flows", "charts", "localised"},
    # What made a shipped table; run by hand.
    "data": set(),
    # Words for places and numbers, shared by pages, pictures and what is cited.
    "wording": {"rules", "flows", "templatetags", "localised"},
    # A chart in every form that a page, a download and an embed need.
    "pictures": {"rules", "flows", "charts", "svg", "wording", "templatetags", "localised"},
    # The register as files: tables, streams, releases.
    "exports": {"flows", "journal", "models", "rules"},
    # Telling partners' servers of what was published.
    "webhooks": {
        "feeds.addresses",
        "feeds.connect",
        "feeds.fetch",
        "flows",
        "journal",
        "models",
        "rules",
    },
    # A copy of the register, kept by somebody else from the API alone.
    "mirror": {"rules"},
    "web": {
        "api.schema",
        "exports",
        "webhooks",
        "charts",
        "svg",
        "pictures",
        "wording",
        "localised",
        "flows",
        "actions",
        "entry",
        "journal",
        "models",
        "rules",
        "feeds",
        "templatetags",
    },
    "desk": {
        "exports",
        "webhooks",
        "accounts",
        "entry",
        "journal",
        "wording",
        "localised",
        "pictures",
        "actions",
        "organizations",
        "charts",
        "svg",
        "feeds",
        "flows",
        "models",
        "rules",
        "templatetags",
        "tasks",
    },
    "templatetags": {"rules", "flows", "localised"},
    "api": {
        "accounts.factors",
        "accounts.keys_counted",
        "exports",
        "flows",
        "models",
        "actions",
        "entry",
        "journal",
        "rules",
        "feeds",
        "tasks",
    },
    "tasks": {
        "accounts.keys_counted",
        "accounts.seen",
        "actions",
        "entry",
        "exports",
        "feeds",
        "flows",
        "mail",
        "models",
        "webhooks",
    },
    "apps": {"models", "tasks", "management.roles", "flows.furthest"},
    # Commands are doors like pages: they may call whatever is below them.
    "management": {
        "exports",
        "mirror",
        "webhooks",
        "accounts",
        "actions",
        "entry",
        "journal",
        "feeds",
        "flows",
        "models",
        "rules",
        "tasks",
    },
}
PURE = {"rules"}


def room_of(path: Path) -> str:
    return path.relative_to(DEALS).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[str]:
    """Absolute names of the modules that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative imports hide which room is meant"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def sources() -> list[Path]:
    skipped = ("migrations", "__init__.py")
    files = sorted(DEALS.rglob("*.py"))
    return [path for path in files if path.relative_to(DEALS).parts[0] not in skipped]


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(DEALS)))
def test_each_room_imports_only_from_the_rooms_below_it(path):
    room = room_of(path)
    assert room in ALLOWED, f"{path} opens a room that docs/architecture.md does not know"
    allowed = ALLOWED[room] | {room}
    for name in imported(path):
        if name.startswith("deals."):
            inner = name.removeprefix("deals.")
            assert any(inner == a or inner.startswith(f"{a}.") for a in allowed), (
                f"{room} must not import {name}"
            )


@pytest.mark.parametrize("room", sorted(PURE))
def test_rules_are_pure_python_without_django(room):
    for path in sorted((DEALS / room).rglob("*.py")):
        for name in imported(path):
            assert not name.startswith(("django", "rest_framework", "celery", "investtrack")), path


def test_only_the_address_tables_import_pages_and_api():
    for path in sources():
        if room_of(path) in {"web", "api", "desk"}:
            continue
        for name in imported(path):
            doors = ("deals.web.", "deals.api.", "deals.desk.")
            assert not f"{name}.".startswith(doors), f"{path} imports {name}"


def test_nobody_imports_a_private_name_of_another_room():
    for path in sources():
        for name in imported(path):
            if not name.startswith("deals."):
                continue
            *_, last = name.split(".")
            own = name.removeprefix("deals.").split(".")[0] == room_of(path)
            assert own or not last.startswith("_"), f"{path} imports {name}"


def test_every_file_is_a_small_room():
    large = {
        str(path.relative_to(ROOT)): lines
        for path in [*DEALS.rglob("*.py"), *(ROOT / "investtrack").rglob("*.py")]
        if "migrations" not in path.parts and (lines := path.read_text().count("\n")) > 320
    }
    assert not large
