"""What differs between two points of the ledger, deal by deal."""

import pytest
from django.utils import timezone

from deals import actions
from deals.flows.between import counts, every_moved, moved, point
from deals.models import DealDocument, Release, ledger
from deals.models.derived import rebuild
from tests.factories import make_deal
from tests.flows.moves import edit, retract

pytestmark = pytest.mark.django_db
FACTS = {"target": "Momenta", "investors": [("Bosch", "DE")], "date": "2019-05-13"}


def found(first: int, last: int) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {row.id: (row.what, row.fields) for row in every_moved(first, last)}


def test_each_deal_is_told_once_with_what_became_of_it() -> None:
    kept, changed, gone, double = (make_deal(**FACTS) for _ in range(4))
    before = ledger.head()
    new = make_deal(target="Neura")
    edit(changed, **FACTS | {"round_type": "series_a"})
    edit(changed, **FACTS | {"round_type": "series_b", "date": "2019-06-01"})
    retract(gone)
    actions.merge(deal=double.deal, into=kept.deal, by=None, reason="The same round")
    passing = make_deal(target="Came and went")
    retract(passing)
    after = ledger.head()
    assert found(before, after) == {
        new.deal.public_id: ("new", ()),
        changed.deal.public_id: ("changed", ("date", "round_type")),
        gone.deal.public_id: ("retracted", ()),
        double.deal.public_id: ("merged", ()),
    }
    assert counts(before, after) == {"new": 1, "changed": 1, "merged": 1, "retracted": 1}
    (merged,) = moved(before, after, what="merged")
    assert (merged.merged_into, merged.reason) == (kept.deal.public_id, "The same round")
    assert (merged.before, merged.after) == (1, None)
    assert found(after, after) == {}


def test_a_deal_that_came_back_is_not_new() -> None:
    version = make_deal(**FACTS)
    retract(version)
    before = ledger.head()
    actions.restore(deal=version.deal, by=None, reason="It was right")
    assert found(before, ledger.head()) == {version.deal.public_id: ("restored", ())}
    # Over both acts nothing but the version has changed.
    assert found(1, ledger.head()) == {version.deal.public_id: ("changed", ())}


def test_an_amount_that_was_converted_again_is_told_where_a_release_showed_it() -> None:
    version = make_deal(**FACTS, amount="5")
    text = DealDocument.objects.get(pk=version.pk).json
    DealDocument.objects.filter(pk=version.pk).update(json=text.replace('"5"', '"4"'))
    Release.objects.create(name="a", seq=ledger.head(), at=timezone.now())
    first = ledger.head()
    rebuild()
    assert found(first, ledger.head()) == {version.deal.public_id: ("computed_again", ("amount",))}


def test_pages_by_key_have_every_deal_once() -> None:
    for number in range(5):
        make_deal(target=f"T{number}")
    keys, beyond = [], 0
    while rows := moved(0, ledger.head(), beyond=beyond, limit=2):
        beyond = rows[-1].key
        keys += [row.name for row in rows]
    assert keys == [f"T{number}" for number in range(5)]


def test_points_have_names() -> None:
    make_deal()
    Release.objects.create(name="2026", seq=0, at=timezone.now())
    assert point("2026").seq == 0
    assert point("now").seq == point("1").seq == 1
    for text in ("2", "nothing", "", "-1", "1\0", "٣"):
        assert point(text) is None, text
