"""An invented register: marked as such, made the same way twice, never beside real deals."""

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from deals.feeds import generated
from deals.flows.query import FlowQuery
from deals.models import Change, Deal, DealFact, DealVersion, Organization, Population
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
