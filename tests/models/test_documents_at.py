"""What a release showed stays as it was, whatever is computed again later."""

import json

import pytest
from django.db import connection
from django.utils import timezone

from deals import actions
from deals.models import Change, DealDocument, DealFact, EarlierDocument, Release, ledger
from deals.models.derived import rebuild
from deals.models.documents_at import document_at
from tests.factories import make_deal, submit_version

pytestmark = pytest.mark.django_db


def reword(pk: int, text: str) -> None:
    """As an older rule would have written the document."""
    DealDocument.objects.filter(pk=pk).update(json=text)


def text_at(pk: int, seq: int | None) -> str:
    sql = f"SELECT {document_at('d', seq)} FROM deals_dealdocument d WHERE d.version_id = %s"
    with connection.cursor() as cursor:
        cursor.execute(sql, [pk])
        return str(cursor.fetchone()[0])


def release(name: str) -> int:
    seq = ledger.head()
    Release.objects.create(name=name, seq=seq, at=timezone.now())
    return seq


def test_a_release_keeps_what_a_rebuild_changes_and_nothing_else_is_kept() -> None:
    shown = make_deal(target="Shown")
    reword(shown.pk, '{"first": 1}')
    first = release("2026.1")
    later = make_deal(target="Later")
    reword(later.pk, '{"later": 1}')
    rebuild()
    entry = Change.objects.get(seq=ledger.head())
    kept = EarlierDocument.objects.get()
    assert (kept.version_id, kept.until_seq) == (shown.pk, entry.seq)
    assert text_at(shown.pk, first) == '{"first": 1}'
    assert json.loads(text_at(shown.pk, None))["target"]["name"] == "Shown"
    assert text_at(shown.pk, entry.seq) == text_at(shown.pk, None)
    ids = sorted([shown.deal.public_id, later.deal.public_id])
    assert entry.fields == ["documents", *ids]


def test_each_release_keeps_its_own_and_one_text_serves_several() -> None:
    version = make_deal()
    texts = []
    points = []
    for number in (1, 2):
        reword(version.pk, f'{{"text": {number}}}')
        texts.append(f'{{"text": {number}}}')
        points.append(release(f"{number}.a"))
        make_deal()
        release(f"{number}.b")
        rebuild()
    assert [text_at(version.pk, point) for point in points] == texts
    assert EarlierDocument.objects.filter(version=version).count() == 2
    # No release has shown what stood there since the last one.
    reword(version.pk, '{"text": 3}')
    rebuild()
    assert EarlierDocument.objects.filter(version=version).count() == 2


def test_a_version_that_was_replaced_before_the_release_is_not_kept() -> None:
    old = make_deal(amount="5")
    actions.approve(version=submit_version(old.deal, amount="6"), by=None)
    release("2026.1")
    reword(old.pk, "{}")
    rebuild()
    assert not EarlierDocument.objects.exists()
    # It is not live either, so no copy has to be told of it.
    assert Change.objects.get(seq=ledger.head()).fields == ["documents"]


def test_facts_that_change_alone_are_no_change_of_documents() -> None:
    version = make_deal(amount="5")
    DealFact.objects.filter(pk=version.pk).update(eur_per_unit=1)
    rebuild()
    assert Change.objects.get(seq=ledger.head()).fields == []
