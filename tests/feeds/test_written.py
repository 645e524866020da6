"""What is said of versions that were just written is what reading them back would say."""

from collections.abc import Sequence
from datetime import datetime

import pytest
from django.core.management import call_command

from deals.feeds import preparing, starter
from deals.feeds.run import import_file
from deals.models import Change, DealVersion, FeedRecord
from deals.models.bundles import Bundle, Row, load
from deals.models.derived import Derived, make_derived, rebuild
from tests.feeds.supplier import PROFILE, csv_of, file, profile

pytestmark = pytest.mark.django_db
ACME = "Acme,CN,2019-05,5,USD,Fund,DE"


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Every bundle of an import is compared with its version as it is read; returns their ids."""
    seen: list[int] = []

    def compare(bundles: Sequence[Bundle], *, decided_at: datetime | None) -> Derived:
        ids = [bundle.version["id"] for bundle in bundles]
        read = {bundle.version["id"]: bundle for bundle in load(ids)}
        for bundle in bundles:
            assert_equal(bundle, read[bundle.version["id"]])
        seen.extend(ids)
        return make_derived(bundles, decided_at=decided_at)

    monkeypatch.setattr(preparing, "make_derived", compare)
    return seen


def assert_equal(one: Bundle, other: Bundle) -> None:
    """Also in the order of names inside JSON, the number of decimals, and the types."""
    assert {name: repr(value) for name, value in one.version.items()} == {
        name: repr(other.version[name]) for name in one.version
    }
    pairs: tuple[tuple[list[Row], list[Row]], ...] = (
        (one.participations, other.participations),
        (one.citations, other.citations),
    )
    for mine, theirs in pairs:
        assert len(mine) == len(theirs)
        for row, found in zip(mine, theirs, strict=True):
            assert {name: repr(value) for name, value in row.items()} == {
                name: repr(found[name]) for name in row
            }


def test_the_starter_register_has_every_kind_of_fact(
    compared: list[int], monkeypatch: pytest.MonkeyPatch, settings, tmp_path
) -> None:
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr(starter, "_demonstration", lambda: "left out.")
    call_command("load_starter", verbosity=0)
    assert len(compared) == DealVersion.objects.count() > 0
    assert DealVersion.objects.exclude(status_history=[]).exists()
    head = Change.objects.count()
    rebuild()
    assert Change.objects.count() == head


def test_a_second_delivery_keeps_the_pages_and_the_population_of_the_first(
    compared: list[int],
) -> None:
    text = PROFILE.replace(
        "[constants]", 'source_url = "page"\nstake = "stake"\ncontribution = "paid"\n[constants]'
    )
    header = (
        "company,company_country,month,raised_usd,ccy,investor,investor_country,page,stake,paid"
    )
    population = '[population]\ncode = "small"\ntitle = "Small"\naccessed_on = "2020-01-01"\n'
    population += 'ai_definition = "tags"\n'
    for row in (f"{ACME},https://example.org/a,12.5,3", f"{ACME},https://example.org/b,12.5,4"):
        delivered = file(csv_of([row], header))
        run = import_file(delivered, profile(text, more=population), publish=True)
    assert (run.deals_updated, len(compared)) == (1, 2)
    record = FeedRecord.objects.get()
    assert DealVersion.objects.live().get(deal=record.deal).citations.count() == 3
