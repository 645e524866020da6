"""GET /api/v1/digest/: one number by which a copy is compared."""

import json

import pytest
from django.core.cache import cache
from django.utils import timezone

from deals import actions
from deals.flows import digest as digests
from deals.models import DealDocument, Release, ledger
from deals.models.derived import rebuild
from deals.rules.digest import as_hex, combined, digest_of
from tests.factories import make_deal, make_deals, make_organization, submit_version

pytestmark = pytest.mark.django_db
DIGEST = "/api/v1/digest/"


def ask(client, **params):
    response = client.get(DIGEST, params)
    assert response.status_code == 200, response.content
    return response.json()


def by_hand(**which):
    """The definition, from what is stored."""
    live = DealDocument.objects.filter(
        version__published_seq__isnull=False, version__superseded_seq__isnull=True, **which
    )
    texts = list(live.values_list("json", flat=True))
    return len(texts), as_hex(combined(map(digest_of, texts)))


def told(answer):
    return answer["deals"], answer["digest"]


def test_it_is_that_of_the_live_documents_through_everything_that_happens(client):
    assert told(ask(client)) == (0, "0" * 64)
    one, other, third = make_deals([{"amount": "5"}, {}, {}])
    steps = [
        lambda: actions.approve(version=submit_version(one.deal, amount="6"), by=None),
        lambda: actions.merge(deal=other.deal, into=one.deal, by=None, reason="one round"),
        lambda: actions.restore(deal=other.deal, by=None, reason="two after all"),
        lambda: actions.retract(deal=third.deal, by=None, reason="never happened"),
        lambda: make_deal(target="后来"),
    ]
    seen = {ledger.head(): told(ask(client))}
    for step in steps:
        step()
        answer = ask(client)
        assert told(answer) == by_hand()
        assert answer["change_seq"] == ledger.head()
        seen[ledger.head()] = told(answer)
    for seq, was in seen.items():
        assert told(ask(client, as_of=seq)) == was
    cache.clear()
    assert told(ask(client)) == by_hand()


def test_documents_that_were_computed_again_are_taken_anew(client):
    version = make_deal()
    DealDocument.objects.filter(pk=version.pk).update(json="{}")
    before = ledger.head()
    Release.objects.create(name="2026.1", seq=before, at=timezone.now())
    was = told(ask(client))
    make_deal()
    between = ledger.head()
    rebuild()
    assert told(ask(client)) == by_hand()
    # A release knows what they said then; nobody does for another point.
    assert told(ask(client, as_of=before)) == was
    refused = client.get(DIGEST, {"as_of": between})
    assert refused.status_code == 400
    assert str(ledger.head()) in refused.json()["errors"][0]["detail"]


def test_it_goes_through_a_large_register_in_parts(client, monkeypatch):
    make_deals([{} for _ in range(7)])
    monkeypatch.setattr(digests, "PART", 2)
    before, head = by_hand(), ledger.head()
    assert told(ask(client)) == before
    # Far back it is no quicker to undo what happened since.
    make_deals([{}, {}])
    monkeypatch.setattr(digests, "FEW", 1)
    assert told(ask(client)) == by_hand()
    assert told(ask(client, as_of=head)) == before


def test_after_a_backup_another_history_is_not_mixed_with_what_was_kept(client):
    make_deals([{}, {}])
    ask(client)
    key = f"digest:deals:{digests.CODE_VERSION}:0"
    kept = cache.get(key)
    cache.set(key, digests.replace(kept, at=None, digest=12345))
    make_deal()
    assert told(ask(client)) == by_hand()


def test_populations_have_their_own_and_invented_deals_are_in_no_other(client):
    make_deal()
    make_deal(population="supplier")
    make_deal(population="supplier")
    assert told(ask(client)) == by_hand()
    assert told(ask(client, population="supplier")) == by_hand(version__population__code="supplier")


def test_organizations_are_compared_too_and_have_no_past(client):
    make_organization("One")
    make_organization("Invented", generated=True)
    make_deal()
    known = ask(client)["organizations"]
    rows = client.get("/api/v1/organizations/").json()["results"]
    texts = [json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows]
    assert known == {"count": len(rows), "digest": as_hex(combined(map(digest_of, texts)))}
    make_deal()
    assert ask(client, as_of=1)["organizations"] is None


def test_an_unchanged_register_is_304_and_a_new_organization_is_not(client):
    make_deal()
    etag = client.get(DIGEST)["ETag"]
    assert client.get(DIGEST, headers={"If-None-Match": etag}).status_code == 304
    make_organization("New")
    assert client.get(DIGEST, headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize(
    ("params", "name"),
    [
        ({"as_of": "-1"}, "as_of"),
        ({"as_of": "2026-01-01"}, "as_of"),
        ({"as_of": "99"}, "as_of"),
        ({"population": "nope"}, "population"),
        ({"release": "x"}, "release"),
    ],
)
def test_a_wrong_parameter_is_named(client, params, name):
    response = client.get(DIGEST, params)
    assert response.status_code == 400
    assert response.json()["errors"][0]["parameter"] == name
