"""The data that comes with the code: loaded once, through the same steps as any supplier's file.

What was loaded is remembered in the ledger by a fingerprint of the files, so loading again is a few
look-ups, and a changed file is loaded at the next start.
"""

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path

from django.db import transaction

from deals.feeds.deliver import wait_for_turn
from deals.feeds.demo import demo_csv
from deals.feeds.evidence import load_evidence
from deals.feeds.profile_toml import load_profile
from deals.feeds.receive import receive, receive_path
from deals.feeds.reference import load_events, load_figures
from deals.feeds.run import import_file, prepare
from deals.models import Change, ImportRun, ledger

DATA = Path(__file__).parent.parent / "data"
STARTER = DATA / "starter"
FEEDS = Path(__file__).parent
DEMO_FILES = (STARTER / "demo.toml", *sorted(FEEDS.glob("demo*.py")))


def load_starter(say: Callable[[str], object]) -> None:
    """Load whatever is not loaded yet, and `say` what was done, a line each."""
    tables = _fingerprint(sorted(DATA.glob("*.csv")))
    steps: tuple[tuple[str, str, Callable[[], str]], ...] = (
        ("Reference tables", tables, _tables),
        ("Starter register", _fingerprint(sorted(STARTER.glob("*.*"))), _register),
        ("Demonstration", _fingerprint(DEMO_FILES), _demonstration),
    )
    for title, fingerprint, load in steps:
        reason = f"{title}, fingerprint {fingerprint}"
        if _last(title) == reason:
            continue
        with transaction.atomic():
            wait_for_turn()
            if _last(title) == reason:
                # Another process that started at the same moment was first.
                continue
            said = load()
            ledger.append(Change.Kind.REFERENCE, by="system", reason=reason)
        say(f"{title}: {said}")


def _fingerprint(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _last(title: str) -> str | None:
    entries = Change.objects.filter(kind=Change.Kind.REFERENCE, reason__startswith=f"{title}, ")
    return entries.order_by("-seq").values_list("reason", flat=True).first()


def _tables() -> str:
    """Countries, regions and words live in the files; figures and events go into the database."""
    figures = load_figures(DATA / "published_figures.csv")
    events = load_events(DATA / "policy_events.csv")
    return f"{figures} published figures and {events} policy events."


def _register() -> str:
    """Evidence goes first, since the deals' ultimate owners are looked up in it."""
    profile = load_profile((STARTER / "deals.toml").read_text("utf-8"))
    file = receive_path(STARTER / "deals.csv")
    organizations = load_evidence(STARTER, prepare(file, profile))
    run = import_file(file, profile, publish=True)
    return f"evidence on {organizations} organizations; {_counted(run)}"


def _demonstration() -> str:
    profile = load_profile((STARTER / "demo.toml").read_text("utf-8"))
    run = import_file(receive("demo.csv", demo_csv().encode()), profile, publish=True)
    return f"{_counted(run)} All of it is invented."


def _counted(run: ImportRun) -> str:
    problem = f" {run.rows_rejected} rows were rejected." if run.rows_rejected else ""
    return (
        f"{run.deals_created:,} deals new, {run.deals_updated:,} updated, "
        f"{run.deals_unchanged:,} unchanged.{problem}"
    )
