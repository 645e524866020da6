"""Whatever happens to the ledger, each release is made again to the last byte."""

import shutil

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deals import actions
from deals.exports import release as maker
from deals.models import DealDocument, DealVersion, Release
from deals.models.derived import rebuild
from tests.exports.releases import released
from tests.factories import make_deal
from tests.flows.moves import edit

pytestmark = pytest.mark.django_db
MOVES = ("publish", "edit", "retract", "restore", "merge", "other rate", "release")


def live() -> list[DealVersion]:
    return list(DealVersion.objects.live().select_related("deal").order_by("pk"))


def act(move: str, pick: int) -> None:
    """One thing that can happen; nothing where nobody could do it."""
    here = live()
    one = here[pick % len(here)] if here else None
    if move == "publish" or one is None:
        make_deal(target=f"Target {pick}", amount=str(pick + 1), date="2019-05")
    elif move == "edit":
        edit(one, target=one.target_name, amount=str(pick + 2), date="2020")
    elif move == "retract":
        actions.retract(deal=one.deal, by=None, reason="Wrong")
    elif move == "merge" and len(here) > 1:
        actions.merge(deal=one.deal, into=here[pick % len(here) - 1].deal, by=None, reason="Twice")
    elif move == "restore":
        gone = DealVersion.objects.filter(published_seq__isnull=False).exclude(
            deal__in=[version.deal for version in here]
        )
        if last := gone.order_by("-pk").first():
            actions.restore(deal=last.deal, by=None, reason="Right after all")
    elif move == "other rate":
        other_rate(one)


def other_rate(version: DealVersion) -> None:
    """As if the document had been written at another rate, and is now computed again."""
    if Release.objects.filter(seq__gte=version.published_seq).exists():
        rebuild()
        return
    document = DealDocument.objects.get(pk=version.pk)
    document.json = document.json.replace('"eur":{"low":"', '"eur":{"low":"1')
    document.save()


@given(st.lists(st.tuples(st.sampled_from(MOVES), st.integers(0, 9)), max_size=12))
@settings(max_examples=5, database=None, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_release_is_made_again_as_it_was(tmp_path_factory, settings_of, moves):
    settings_of.RELEASES_DIR = tmp_path_factory.mktemp("releases")
    with transaction.atomic():
        try_out(moves)
        # The next example begins with an empty register again.
        transaction.set_rollback(True)
    shutil.rmtree(settings_of.RELEASES_DIR)


def try_out(moves: list[tuple[str, int]]) -> None:
    made = []
    for number, (move, pick) in enumerate(moves):
        if move == "release":
            made.append(released(f"r{number}"))
        else:
            act(move, pick)
    made.append(released("last"))
    rebuild()
    for one in made:
        wrong = [(row.name, row.state) for row in maker.check(one) if not row.right]
        assert wrong == [], one.name


@pytest.fixture
def settings_of(settings, monkeypatch):
    """Django's settings, beside Hypothesis' of the same name. What is kept as it was takes no part
    in the comparison and is left out."""
    monkeypatch.setattr(maker, "kept_parts", lambda _: ())
    return settings
