"""Merging two deals fact by fact, and undoing that: nothing else moves, and nothing is lost."""

import pytest
from django.utils import timezone

from deals import actions
from deals.actions import duplicates
from deals.entry import choosing
from deals.models import Change, DealSuggestion, DealVersion, Notification
from tests.desk.runs import make_person
from tests.factories import make_deal, make_deals, make_population, submit_version

pytestmark = pytest.mark.django_db
FACTS = {"target": "Horizon", "date": "2019-05-13", "amount": "10", "round_type": "series_a"}


@pytest.fixture
def rita():
    return make_person("rita", "reviewer")


@pytest.fixture
def pair():
    """The same round as two suppliers tell it."""
    return make_deals(
        [
            FACTS | {"investors": [("Bosch", "DE")], "sources": ("One",), "notes": "First"},
            FACTS
            | {
                "date": "2019-05",
                "amount": "12",
                "investors": [("Bosch", "DE"), ("GV", "US")],
                "sources": ("Other",),
                "sectors": ["lidar"],
            },
        ]
    )


def state():
    """What is live, as the numbers and pages read it."""
    live = DealVersion.objects.live().order_by("deal_id")
    facts = {v.deal.public_id: actions.facts_of(v) for v in live}
    rows = {
        row["deal_id"]: {k: v for k, v in row.items() if k not in ("version_id", "published_seq")}
        for row in DealVersion.objects.live().values(
            "deal_id", *(f"fact__{name}" for name in ("hq", "investors", "amount_mid", "part_of"))
        )
    }
    return facts, rows


def merge(stays, goes, by=None, reason="One round", **choice):
    mine, other = (actions.facts_of(v) for v in (stays, goes))
    return duplicates.merge_deals(
        stays=stays.deal,
        goes=goes.deal,
        choice=choosing.proposed(mine, other) | choice,
        seen={stays.pk, goes.pk},
        by=by,
        reason=reason,
    )


def test_the_one_that_stays_takes_what_was_chosen_and_the_other_leads_to_it(pair, rita):
    stays, goes = pair
    change = merge(stays, goes, by=rita)
    live = stays.deal.versions.live().get()
    facts = actions.facts_of(live)
    assert [one["name"] for one in facts["investors"]] == ["Bosch", "GV"]
    assert facts["sectors"] == ["lidar"]
    assert facts["date"]["precision"] == "day"
    assert facts["amount"]["low"] == "10.00"
    assert {one["title"] for one in facts["sources"]} == {"One", "Other"}
    assert not goes.deal.versions.live().exists()
    goes.deal.refresh_from_db()
    assert goes.deal.merged_into == stays.deal
    assert (change.kind, change.by, change.reason) == ("merged", "rita", "One round")
    assert live.decided_by == rita


def test_what_the_other_source_says_stays_on_record_with_the_reason(pair):
    stays, goes = pair
    merge(stays, goes, reason="The filing says 10")
    facts = actions.facts_of(stays.deal.versions.live().get())
    (said,) = [one for one in facts["sources"] if one["stated"]]
    assert (said["title"], said["field"], said["stated"]) == ("Other", "amount", "USD 12")
    assert facts["choices"] == {"amount": "The filing says 10"}


def test_a_merge_that_takes_nothing_writes_no_version(pair):
    stays, goes = pair
    merge(stays, goes, **dict.fromkeys(choosing.GROUPS, choosing.STAYS))
    assert stays.deal.versions.live().get() == stays


def test_undo_brings_both_back_as_they_were(pair, rita):
    stays, goes = pair
    part = make_deal(target="Horizon", date="2019-05-20", part_of=goes)
    before = state()
    merge(stays, goes, by=rita)
    assert part.deal.versions.live().get().part_of == stays.deal
    goes.deal.refresh_from_db()
    duplicates.unmerge(deal=goes.deal, put_back=True, by=rita, reason="Two rounds")
    assert state() == before
    pairs = DealSuggestion.objects.values_list("one", "other", "state")
    assert list(pairs) == [(stays.deal_id, goes.deal_id, "distinct")]


def test_what_somebody_changed_after_the_merge_is_kept_by_its_undo(pair, rita):
    stays, goes = pair
    merge(stays, goes)
    edit = submit_version(
        stays.deal, **FACTS | {"investors": [("Bosch", "DE"), ("GV", "US")], "notes": "Mended"},
        sources=("One", "Other"), sectors=["lidar"],
    )  # fmt: skip
    actions.approve(version=edit, by=rita)
    goes.deal.refresh_from_db()
    foreseen = duplicates.forecast(goes.deal)
    assert "investors" in foreseen.back
    duplicates.unmerge(deal=goes.deal, put_back=True, by=rita, reason="Two rounds")
    facts = actions.facts_of(stays.deal.versions.live().get())
    assert [one["name"] for one in facts["investors"]] == ["Bosch"]
    assert facts["notes"] == "Mended"


def test_an_undo_can_leave_the_facts_where_they_are(pair):
    stays, goes = pair
    merge(stays, goes)
    goes.deal.refresh_from_db()
    merged = actions.facts_of(stays.deal.versions.live().get())
    duplicates.unmerge(deal=goes.deal, put_back=False, by=None, reason="Two")
    assert actions.facts_of(stays.deal.versions.live().get()) == merged
    assert goes.deal.versions.live().exists()


def test_what_was_looked_at_must_still_be_live(pair, rita):
    stays, goes = pair
    edit = submit_version(goes.deal, **FACTS, notes="Newer")
    actions.approve(version=edit, by=rita)
    with pytest.raises(duplicates.Changed, match="since you opened this page"):
        merge(stays, goes)
    assert stays.deal.versions.live().get() == stays


def test_of_two_who_merge_the_same_pair_the_second_is_told(pair):
    stays, goes = pair
    merge(stays, goes)
    with pytest.raises(duplicates.Changed):
        merge(goes, stays)
    assert Change.objects.filter(kind="merged").count() == 1


@pytest.mark.parametrize("reason", ["", "  "])
def test_without_a_reason_nothing_happens(pair, reason):
    before = state()
    with pytest.raises(actions.NotAllowed, match="Say why"):
        merge(*pair, reason=reason)
    assert state() == before


def test_populations_are_never_added():
    case, member = make_deal(**FACTS), make_deal(**FACTS, population=make_population("p"))
    with pytest.raises(actions.NotAllowed, match="Merge the other way round"):
        merge(case, member)
    assert case.deal.versions.count() == 1
    merge(member, case)


def test_questions_and_answers_about_the_one_that_goes_pass_to_the_one_that_stays(pair):
    third, fourth = make_deal(**FACTS), make_deal(**FACTS)
    stays, goes = pair
    suggest(goes, third)
    suggest(goes, fourth, state="distinct")
    suggest(stays, goes)
    merge(stays, goes)
    found = {
        (s.one_id, s.other_id): s.state for s in DealSuggestion.objects.all()
    }  # fmt: skip
    assert found[stays.deal_id, goes.deal_id] == "merged"
    assert found[stays.deal_id, third.deal_id] == "open"
    assert found[stays.deal_id, fourth.deal_id] == "distinct"


def test_whoever_wrote_them_or_works_on_them_is_told(pair, rita):
    stays, goes = pair
    anna, ben = make_person("anna"), make_person("ben")
    submit_version(goes.deal, **FACTS, created_by=anna)
    actions.begin_draft(by=ben, typed={}, deal=stays.deal)
    merge(stays, goes, by=rita)
    told = Notification.objects.filter(kind="merged")
    assert {(n.user, n.link) for n in told} == {
        (anna, f"/deals/{stays.deal.public_id}/"),
        (ben, f"/deals/{stays.deal.public_id}/"),
    }


def test_two_are_kept_apart_once(pair, rita):
    question = suggest(*pair)
    duplicates.keep_apart(suggestion=question, by=rita)
    assert (question.state, question.decided_by) == ("distinct", rita)
    with pytest.raises(actions.NotAllowed, match="already"):
        duplicates.keep_apart(suggestion=question, by=None)


def suggest(one, other, **facts):
    first, second = sorted((one.deal, other.deal), key=lambda deal: deal.pk)
    facts.setdefault("score", 90)
    return DealSuggestion.objects.create(
        one=first, other=second, created_at=timezone.now(), **facts
    )
