"""An import that dies after any step, and is taken up again, is the import that did not die."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from deals import actions
from deals.feeds import queue, steps
from deals.feeds.lease import claim, unlock
from deals.feeds.profile_toml import load_profile
from deals.feeds.refusals import Refused
from deals.feeds.run import import_file, prepare
from deals.models import (
    Change,
    Deal,
    DealVersion,
    FeedRecord,
    ImportRun,
    Organization,
    RowError,
    StagedDeal,
    StagedRow,
)
from tests.factories import submit_version
from tests.feeds.supplier import PROFILE, csv_of, file, profile

State, Phase = ImportRun.State, ImportRun.Phase
COUNTS = (
    "rows_read", "rows_used", "rows_skipped", "rows_duplicate", "rows_rejected", "deals_in_file",
    "deals_created", "deals_updated", "deals_unchanged", "deals_conflict", "deals_held",
    "participations", "organizations_new",
)  # fmt: skip


def rows(seed: int, size: int) -> list[str]:
    """Rows in a wild order, with duplicates, contradictions, bad cells and missing countries."""
    dice = Random(seed)
    lines = [
        ",".join(
            (
                dice.choice(["Acme", "Beta", "Gamma", "贝塔", ""]),
                dice.choice(["CN", "China", "GB", "", "Atlantis"]),
                dice.choice(["2019-05", "2019-06", "2020", "soon"]),
                dice.choice(["5", "7", "", "0"]),
                "USD",
                dice.choice(["Fund", "Bank", "Not Published", ""]),
                dice.choice(["DE", "FR", "", "CN"]),
            )
        )
        for _ in range(size)
    ]
    return lines + dice.sample(lines, size // 3)


def outcome(run: ImportRun) -> dict[str, Any]:
    """Everything that an import left, without the numbers that no two imports share."""
    versions = DealVersion.objects.live().order_by("target_name", "date_first", "amount_low")
    return {
        **{name: getattr(run, name) for name in COUNTS},
        "errors": sorted(RowError.objects.values_list("row", "column", "code", "fatal")),
        "versions": [
            (
                v.target_name, v.target_country, v.date_first, v.amount_low, v.investor_list,
                sorted(v.participations.values_list("investor_name", "country")),
                sorted(v.citations.values_list("locator", flat=True)),
            )
            for v in versions
        ],
        "records": sorted(FeedRecord.objects.values_list("key", flat=True)),
        "organizations": sorted(
            Organization.objects.values_list("name", "country"), key=lambda named: str(named)
        ),
        "changes": Change.objects.filter(kind="published").count(),
    }  # fmt: skip


@contextmanager
def undone_afterwards() -> Iterator[None]:
    """What happens inside is checked by the database to its end, and then never was."""
    with transaction.atomic():
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        transaction.set_rollback(True)


def killed_after(number: int, run: ImportRun) -> bool:
    """Do so many steps and stop without a word, as a killed worker does; whether it had ended."""
    mine = claim(run.pk)
    assert mine is not None
    # The lock of a session goes with the session, which here goes on.
    unlock(run.pk)
    job = steps.Job(mine, load_profile(mine.profile))
    steps.begin(mine)
    while mine.state == State.RUNNING:
        for _ in steps.PHASES[Phase(mine.phase)](job):
            number -= 1
            if number <= 0 and mine.state == State.RUNNING:
                return False
    return True


@pytest.mark.django_db
@pytest.mark.parametrize("size", [1, 3])
def test_from_every_checkpoint_the_result_is_that_of_an_import_that_was_never_stopped(
    monkeypatch, size
) -> None:
    monkeypatch.setattr(steps, "CHUNK", size)
    text = csv_of(rows(5, 16))
    with undone_afterwards():
        whole = outcome(import_file(file(text), profile(), publish=True))
    assert whole["rows_rejected"] > 0
    assert whole["rows_duplicate"] > 0
    assert whole["changes"] > 3
    for stop in range(1, 60):
        with undone_afterwards():
            run = queue.enqueue(file(text), profile(), publish=True, by=None, ring=lambda _: None)
            ended = killed_after(stop, run)
            while not ended:
                ended = killed_after(10**6, run)
            run.refresh_from_db()
            assert outcome(run) == whole, f"stopped after step {stop}"
            assert not StagedRow.objects.exists()
            assert not DealVersion.objects.filter(state="submitted").exists()
        if run.fence == 1:
            break
    assert stop > 8


@pytest.mark.django_db
@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 25), st.integers(1, 5))
def test_in_chunks_of_any_size_a_file_gives_what_it_gives_in_memory(seed, size, chunk) -> None:
    text = csv_of(rows(seed, size))
    whole = prepare(file(text), profile())
    with pytest.MonkeyPatch.context() as patch, undone_afterwards():
        patch.setattr(steps, "CHUNK", chunk)
        run = import_file(file(text), profile())
        staged = {deal.key: deal.facts for deal in StagedDeal.objects.filter(import_run=run)}
        errors = sorted(RowError.objects.values_list("row", "column", "code", "fatal"))
    assert staged == whole.facts
    for name in ("rows_read", "rows_used", "rows_duplicate", "rows_rejected", "participations"):
        assert getattr(run, name) == getattr(whole, name), name
    assert errors == sorted((p.row, p.column, p.code, p.fatal) for p in whole.problems)


@pytest.mark.django_db
def test_continuation_rows_go_on_over_the_end_of_a_chunk_and_of_a_worker(monkeypatch) -> None:
    monkeypatch.setattr(steps, "CHUNK", 1)
    text = PROFILE.replace('rows = "part', 'fill_down = ["company", "month"]\nrows = "part')
    lines = ["Acme,CN,2019-05,5,USD,Fund,DE", ",,,,,Bank,FR", ",,,,,Third,CN"]
    run = queue.enqueue(
        file(csv_of(lines)), profile(text), publish=True, by=None, ring=lambda _: None
    )
    killed_after(2, run)
    queue.work(run.pk, ring=lambda _: None)
    version = DealVersion.objects.live().get()
    assert version.participations.count() == 3


@pytest.mark.django_db
def test_a_deal_that_is_edited_after_it_was_prepared_is_judged_again(monkeypatch) -> None:
    acme, beta = "Acme,CN,2019-05,5,USD,Fund,DE", "Beta,CN,2019-05,5,USD,Fund,DE"
    import_file(file(csv_of([acme, beta])), profile(), publish=True)
    run = queue.enqueue(
        file(csv_of([acme.replace(",5,", ",6,"), beta.replace(",5,", ",7,")])),
        profile(), publish=True, by=None, ring=lambda _: None,
    )  # fmt: skip
    while ImportRun.objects.get(pk=run.pk).phase != Phase.PUBLISHING:
        killed_after(1, run)
    live = DealVersion.objects.live().get(target_name="Acme")
    edit = submit_version(
        live.deal, target="Acme", date="2019-05", amount="9", investors=[("Fund", "DE")]
    )
    actions.approve(version=edit, by=None)
    queue.work(run.pk, ring=lambda _: None)
    run.refresh_from_db()
    assert (run.state, run.deals_conflict, run.deals_updated) == (State.PUBLISHED, 1, 1)
    amounts = {v.target_name: v.amount_low for v in DealVersion.objects.live()}
    assert amounts == {"Acme": 9, "Beta": 7}
    assert Deal.objects.count() == 2


@pytest.mark.django_db
def test_a_key_that_is_a_constant_is_refused_in_a_sentence(monkeypatch) -> None:
    monkeypatch.setattr("deals.feeds.grouping.MOST_ROWS", 5)
    lines = [f"Acme,CN,2019-05,5,USD,Fund {number},DE" for number in range(6)]
    with pytest.raises(Refused, match=r"More than 5 rows have the same key “Acme \| 2019-05”"):
        import_file(file(csv_of(lines)), profile())
    assert not ImportRun.objects.exists()
    assert import_file(file(csv_of(lines[:5])), profile()).deals_in_file == 1
