"""A profile's population: declared, described anew, never turned from generated to real."""

import pytest

from deals.feeds.refusals import Refused
from deals.models import Change, Deal, ImportRun, Population
from tests.feeds.supplier import published_import

pytestmark = pytest.mark.django_db

ROWS = ["Acme,CN,2019-05,5,USD,Fund,DE"]


def declared(**facts: str) -> str:
    lines = [f"{name} = {value}" for name, value in facts.items()]
    return "\n".join(["[population]", 'code = "small"', *lines])


def test_a_new_population_and_a_new_title_each_take_an_entry_and_a_repeat_takes_none() -> None:
    for title in ("One", "One", "Two"):
        published_import(ROWS, more=declared(title=f'"{title}"'))
    entries = Change.objects.filter(kind=Change.Kind.POPULATION)
    assert [entry.fields for entry in entries] == [
        ["accessed_on", "ai_definition", "generated", "title"],
        ["title"],
    ]
    assert Population.objects.get().title == "Two"


def test_generated_and_real_data_never_share_a_population_and_nothing_is_written() -> None:
    published_import(ROWS, more=declared(title='"One"', generated="true"))
    with pytest.raises(Refused, match="never mixed"):
        published_import(["Beta,CN,2020,5,USD,Fund,DE"], more=declared(title='"One"'))
    assert Deal.objects.count() == 1
    assert ImportRun.objects.count() == 1
    assert Population.objects.get().generated is True
