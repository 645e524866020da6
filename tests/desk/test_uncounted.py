"""Why a deal moves no headline number: one sentence a reason, none where it may move one."""

from copy import deepcopy

import pytest
from django.urls import reverse

from deals import actions
from deals.desk.uncounted import why_uncounted
from tests.desk.runs import make_person
from tests.desk.waiting import hand_in
from tests.factories import make_deal

pytestmark = pytest.mark.django_db


@pytest.fixture
def counted():
    """A funding round of a German fund in China."""
    return actions.facts_of(make_deal(target="Horizon", investors=[("Fund", "DE")]))


def of_investors(*countries):
    def change(deal):
        one = deal["investors"][0]
        deal["investors"] = [one | {"country": country} for country in countries]

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda deal: None, []),
        (of_investors("CN", "DE"), []),
        (lambda deal: deal["target"].update(country=None), ["The country of the target is not"]),
        (lambda deal: deal["target"].update(country="BR"), ["neither in Europe nor in China"]),
        (lambda deal: deal["target"].update(country="HK"), []),
        (lambda deal: deal["target"].update(country="FR"), ["No investor is from China."]),
        (of_investors("CN", "US"), ["No investor is from Europe."]),
        (of_investors("CN", None), ["from Europe; the country of some is not known"]),
        (of_investors(), ["It names no investor."]),
        (lambda deal: deal.update(kind="acquisition"), ["funding rounds only; this is: Acq"]),
        (lambda deal: deal.update(status="announced"), ["completed count; this one is: Announced"]),
        (lambda deal: deal.update(status="divestment_ordered"), []),
        (lambda deal: deal.update(ai="no"), ["is not an AI company"]),
        (
            lambda deal: deal.update(ai="unknown", kind="grant"),
            ["funding rounds only", "not known"],
        ),
    ],
)
def test_each_reason_is_a_sentence(counted, change, said):
    deal = deepcopy(counted)
    change(deal)
    found = why_uncounted(deal)
    assert len(found) == len(said)
    assert all(words in sentence for words, sentence in zip(said, found, strict=True))


def test_the_page_of_a_review_says_why_nothing_moves(client):
    anna = make_person("anna")
    live = make_deal(target="Horizon", target_country=None, investors=[("Fund", "DE")])
    unknown = hand_in(anna, deal=live, notes="x")
    beside = hand_in(anna, notes="x")
    client.force_login(make_person("rita", "reviewer"))
    page = client.get(reverse("desk-review", args=[unknown.pk])).content.decode()
    assert "country not known: in no flow until it is" in page
    assert "The country of the target is not known" in page
    page = client.get(reverse("desk-review", args=[beside.pk])).content.decode()
    assert "No headline number moves. What changes is not counted there." in page
