"""New organizations that may be known ones are put before a person; nothing is merged."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from deals.feeds import suggest as module
from deals.feeds.suggest import suggest
from deals.models import Organization, OrganizationName, Suggestion
from deals.rules.names import normalise
from tests.factories import make_organization

pytestmark = pytest.mark.django_db


def suggested(*created: Organization) -> set[frozenset[str]]:
    suggest([organization.pk for organization in created], None)
    pairs = Suggestion.objects.select_related("one", "other")
    return {frozenset((pair.one.name, pair.other.name)) for pair in pairs}


def other_name(organization: Organization, name: str) -> None:
    OrganizationName.objects.create(
        organization=organization, name=name, key=normalise(name), script="Latn"
    )


@pytest.mark.parametrize(
    ("known", "new"),
    [
        ("Horizon Robotics Technology Ltd", "Horizn Robotics"),
        ("Sensetime", "Sense Time Group"),
        ("腾讯", "腾讯科技（深圳）有限公司"),
        ("腾讯科技（深圳）有限公司", "腾讯"),
        ("腾讯", "騰訊控股"),
        ("红杉资本中国", "Hongshan Capital"),
        ("Hongshan Capital", "红杉资本中国"),
        ("重庆长安", "Changan"),
        ("BMW", "Bayerische Motoren Werke AG"),
        ("旷视科技", "Megvii (旷视)"),
    ],
)
def test_a_new_name_like_a_known_one_is_asked_about(known: str, new: str) -> None:
    make_organization(known, "CN")
    make_organization("Something Else", "CN")
    assert suggested(make_organization(new, "CN")) == {frozenset((known, new))}


def test_the_pair_is_in_order_with_score_and_reasons_and_merges_nothing() -> None:
    known, new = make_organization("Foo", None), make_organization("Foo GmbH", "DE")
    assert suggest([new.pk], None) == 1
    pair = Suggestion.objects.get()
    assert (pair.one, pair.other, pair.state, pair.score) == (known, new, "open", 96)
    assert any("not known" in reason for reason in pair.reasons)
    assert not Organization.objects.exclude(merged_into=None).exists()


def test_another_name_of_a_known_one_is_looked_at() -> None:
    known = make_organization("红杉资本中国", "CN")
    other_name(known, "Sequoia Capital China")
    assert suggested(make_organization("Sequoia (China) Limited", "CN"))


def test_the_same_pair_is_never_asked_again_once_decided() -> None:
    make_organization("Foo Robotics", "DE")
    new = make_organization("Foo Robotic", "DE")
    assert suggest([new.pk], None) == 1
    Suggestion.objects.update(state="distinct")
    assert suggest([new.pk], None) == 0
    assert Suggestion.objects.get().state == "distinct"


def test_invented_organizations_are_never_paired_with_real_ones() -> None:
    real = make_organization("Foo", "DE")
    invented = make_organization("Foo GmbH", "DE", generated=True)
    assert suggested(real, invented) == set()


def test_merged_organizations_are_not_suggested() -> None:
    known, into = make_organization("Foo", "DE"), make_organization("Bar", "DE")
    known.merged_into = into
    known.save()
    assert suggested(make_organization("Foo GmbH", "DE"), known) == set()


def test_at_most_five_are_asked_about_and_the_likest_go_first() -> None:
    names = [f"Horizon Robotic{'s' * n}" for n in range(2, 10)]
    known = [make_organization(name, "CN") for name in names]
    suggest([make_organization("Horizon Robotics Ltd", "CN").pk], None)
    pairs = Suggestion.objects.order_by("-score")
    assert pairs.count() == module.MOST
    assert pairs[0].one == known[0]


def test_batches_find_what_one_batch_finds(monkeypatch) -> None:
    new = [
        make_organization(f"{name}{end}", "CN")
        for name in ("Foobar", "腾讯")
        for end in ("", " AI")
    ]
    new += [make_organization("Foobar", "HK"), make_organization("腾讯科技", "HK")]
    at_once = suggested(*new)
    Suggestion.objects.all().delete()
    monkeypatch.setattr(module, "BATCH", 1)
    assert suggested(*new) == at_once
    assert at_once


def test_a_hundred_new_ones_take_as_many_queries_as_one() -> None:
    new = [make_organization(f"Foo{n} Robotics", "CN") for n in range(100)]
    counts = []
    for pks in ([new[0].pk], [organization.pk for organization in new]):
        with CaptureQueriesContext(connection) as context:
            suggest(pks, None)
        counts.append(len(context))
    assert max(counts) <= 12


def test_nothing_new_asks_nothing() -> None:
    assert suggest([], None) == 0
