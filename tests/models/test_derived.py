"""Facts and documents are computed from versions, so computing them again changes nothing."""

import json
import threading
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from deals import actions
from deals.models import Change, DealDocument, DealFact, DealVersion, derived, ledger
from deals.models.bundles import Bundle
from deals.models.derived import rebuild
from tests.factories import make_deal, make_deals, submit_version

pytestmark = pytest.mark.django_db


def everything() -> list[list[dict[str, Any]]]:
    return [list(model.objects.order_by("pk").values()) for model in (DealFact, DealDocument)]


def varied() -> None:
    rows = [
        {"amount": "12.5", "currency": "USD", "date": "2019-05-13"},
        {"amount": ("10", "100"), "currency": "CNY", "date": "2018", "investors": [(None, None)]},
        {"amount": None, "investors": [], "date": None, "target_country": None},
        {"status": "unwound", "status_history": [{"status": "completed"}], "sectors": ["robotics"]},
        {"contributions": ["3", None], "investors": [("A", "DE"), ("B", "CN")], "amount": "9"},
        {"population": "test", "date": "2019-Q1", "kind": "acquisition", "ai": "unknown"},
    ]
    versions = make_deals(rows)
    actions.approve(version=submit_version(versions[0].deal, amount="13"), by=None)
    actions.retract(deal=versions[1].deal, by=None, reason="a test")


def test_rebuilding_gives_every_version_the_same_facts_and_document(capsys) -> None:
    varied()
    before = everything()
    assert len(before[0]) == DealVersion.objects.count() == 7
    DealFact.objects.update(kind="grant", hq=[])
    DealDocument.objects.all().delete()
    call_command("rebuild")
    assert everything() == before
    assert "7 versions" in capsys.readouterr().out


def test_what_waits_for_a_decision_has_no_public_document_after_a_rebuild() -> None:
    submit_version()
    assert rebuild() == 0
    assert not DealDocument.objects.exists()


def test_only_provisional_rates_are_computed_again_when_asked() -> None:
    settled, running = make_deal(amount="5"), make_deal(amount="5")
    DealFact.objects.filter(pk=running.pk).update(rate_provisional=True, eur_per_unit=1)
    DealFact.objects.filter(pk=settled.pk).update(eur_per_unit=1)
    assert rebuild(only_provisional=True) == 1
    running_fact, settled_fact = (DealFact.objects.get(pk=v.pk) for v in (running, settled))
    assert (running_fact.rate_provisional, settled_fact.eur_per_unit) == (False, 1)
    assert running_fact.eur_per_unit != 1


def test_a_rebuild_that_changes_an_answer_moves_the_head_of_the_ledger() -> None:
    version = make_deal(amount="5")
    head = ledger.head()
    rebuild()
    assert ledger.head() == head
    DealFact.objects.filter(pk=version.pk).update(eur_per_unit=1)
    rebuild()
    assert ledger.head() == head + 1
    assert "versions that differ: 1" in Change.objects.get(seq=head + 1).reason


@pytest.mark.django_db(transaction=True)
def test_a_deal_that_is_retracted_during_a_rebuild_stays_retracted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    version = make_deal(amount="5")
    read, retracting = threading.Event(), threading.Event()
    load = derived.load

    def slow_load(ids: list[int]) -> list[Bundle]:
        bundles = load(ids)
        read.set()
        # Long enough for a retraction that does not wait for its turn.
        retracting.wait(0.5)
        return bundles

    def retract() -> None:
        try:
            read.wait(10)
            actions.retract(deal=version.deal, by=None, reason="a test")
            retracting.set()
        finally:
            connection.close()

    monkeypatch.setattr(derived, "load", slow_load)
    other = threading.Thread(target=retract)
    other.start()
    rebuild()
    other.join()
    assert not DealFact.objects.filter(superseded_seq__isnull=True).exists()


def test_the_document_is_the_public_record() -> None:
    version = make_deal(amount="12.5", investors=[("Fund", "DE"), (None, None)], date="2019-05")
    document = json.loads(DealDocument.objects.get(pk=version.pk).json)
    assert document["amount"]["low"] == "12.50"
    assert [investor["name"] for investor in document["investors"]] == ["Fund", None]
    assert document["date"] == {
        "first": "2019-05-01", "last": "2019-05-31", "precision": "month", "basis": "announced",
    }  # fmt: skip
