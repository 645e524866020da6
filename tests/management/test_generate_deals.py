"""An invented register: marked as such, made the same way twice, never beside real deals."""

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection

from deals.feeds import generated
from deals.flows.query import FlowQuery
from deals.models import (
    Change,
    Deal,
    DealDocument,
    DealFact,
    DealVersion,
    Organization,
    Population,
    TargetName,
)
from deals.models.derived import rebuild
from deals.models.rollup import rebuild_cells
from tests.flows.comparing import assert_same

pytestmark = pytest.mark.django_db(transaction=True)


def generate(count: int = 300, **options: object) -> str:
    said = StringIO()
    call_command("generate_deals", str(count), stdout=said, **options)
    return said.getvalue()


def test_generated_deals_are_published_marked_and_counted_like_any(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(generated, "CHUNK", 200)
    assert "300 deals" in generate()
    assert Population.objects.get().code == "load-300"
    assert DealVersion.objects.live().count() == DealFact.objects.filter(generated=True).count()
    assert Organization.objects.filter(generated=False).count() == 0
    assert Change.objects.count() == 301
    names = DealVersion.objects.values("target_id", "target_name").distinct()
    assert TargetName.objects.count() == names.count() > 10
    answer = assert_same(FlowQuery(investor=("eu",), target=("US", "CN"), population="load-300"))
    assert answer["deals"]["N"] > 50
    assert answer["deals"]["n"] > 0
    assert answer["population"]["generated"]


def test_one_seed_makes_one_register_and_another_another() -> None:
    def facts() -> list[tuple[object, ...]]:
        rows = DealFact.objects.order_by("version_id")
        return list(rows.values_list("kind", "date_first", "amount_low", "hq_parts"))

    generated_rows = []
    for seed in (1, 1, 2):
        generate(60, seed=seed)
        generated_rows.append(facts())
        call_command("flush", verbosity=0, interactive=False)
    assert generated_rows[0] == generated_rows[1] != generated_rows[2]


def test_real_deals_keep_generated_ones_out(published: Callable[..., DealVersion]) -> None:
    published()
    with pytest.raises(CommandError, match="holds real deals"):
        generate()
    assert Deal.objects.count() == 1
    assert not Population.objects.filter(code="load-300").exists()


def test_a_population_is_generated_once() -> None:
    generate(20)
    with pytest.raises(CommandError, match="has deals already"):
        generate(20)
    assert Deal.objects.count() == 20


@pytest.mark.parametrize("count", [0, 100_000_000])
def test_numbers_that_make_no_sense_are_refused(count: int) -> None:
    with pytest.raises(CommandError, match="must be from 1"):
        generate(count)


def rows_of(*tables: str) -> list[list[tuple[str, ...]]]:
    """All rows of tables as text."""
    found = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT t::text FROM {table} t ORDER BY 1")
            found.append(cursor.fetchall())
    return found


def test_what_the_database_writes_at_once_is_what_publishing_row_by_row_writes() -> None:
    generate(2_000)
    derived = ("deals_dealfact", "deals_dealdocument", "deals_flowcell", "deals_regioncell")
    written, head = rows_of(*derived), Change.objects.count()
    assert rebuild() == 2_000
    rebuild_cells()
    assert rows_of(*derived) == written
    # Both would have said what they changed.
    assert Change.objects.count() == head
    assert not DealVersion.objects.filter(citations=None).exists()


def test_indexes_keys_and_triggers_are_back_as_they_were() -> None:
    kept = """
        SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL
        SELECT conrelid::regclass || conname || pg_get_constraintdef(oid) FROM pg_constraint
        UNION ALL
        SELECT pg_get_triggerdef(oid) || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
        ORDER BY 1"""

    def shape() -> list[tuple[str, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(kept)
            return cursor.fetchall()

    before = shape()
    generate(20)
    assert shape() == before
    with pytest.raises(IntegrityError, match="never change"):
        DealVersion.objects.update(notes="other")


def test_a_register_to_count_with_only_has_no_documents() -> None:
    generate(60, without_documents=True)
    assert not DealDocument.objects.exists()
    assert_same(FlowQuery(investor=("eu",), target=("US", "CN"), population="load-60"))


def test_money_mostly_stays_at_home_in_china() -> None:
    """Of deals in China few have an investor from Europe, as in the finding that is asked about."""
    generate(4_000, without_documents=True)
    found = DealFact.objects.filter(target_country="CN")
    europe = found.filter(hq__overlap=["GB", "DE", "FR", "NL", "CH", "SE", "ES", "FI", "IE"])
    assert 0.01 < europe.count() / found.count() < 0.06
