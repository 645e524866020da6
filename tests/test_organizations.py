"""Organizations are merged, split and kept apart; deals follow, and what was stated stays."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from deals import actions, organizations
from deals.feeds.match import organizations as match
from deals.flows.asked import share_answer
from deals.flows.query import FlowQuery
from deals.models import (
    Change,
    DealDocument,
    DealFact,
    DealVersion,
    Feed,
    Identifier,
    ImportRun,
    Organization,
    Ownership,
    Suggestion,
    ledger,
)
from deals.models.derived import rebuild
from tests.factories import make_deal, make_deals, make_organization, submit_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(django_user_model):
    return django_user_model.objects.create_user("anna")


def live(version: DealVersion) -> DealVersion:
    return version.deal.versions.live().get()


def investors(version: DealVersion) -> list[tuple[int | None, str, str | None]]:
    parts = version.participations.order_by("position")
    return [(part.investor_id, part.investor_name, part.country) for part in parts]


def merge(one: Organization, into: Organization, by=None) -> Change:
    return organizations.merge(one=one, into=into, by=by, reason="The same company")


def split(one: Organization, by=None) -> Change:
    return organizations.split(organization=one, by=by, reason="Two after all")


def pair(one: Organization, other: Organization, score: int = 90) -> Suggestion:
    first, second = sorted((one, other), key=lambda o: o.pk)
    return Suggestion.objects.create(
        one=first, other=second, score=score, reasons=["Alike."], created_at=timezone.now()
    )


def everything(*orgs: Organization) -> list[object]:
    """What can be known of organizations and of the deals that are live."""
    return [
        (
            o.name,
            o.country,
            o.kind,
            o.merged_into_id,
            sorted(o.names.values_list("name", flat=True)),
            sorted(o.identifiers.values_list("scheme", "value")),
            sorted(o.domiciles.values_list("country", "basis")),
            sorted(o.owners.values_list("owner", flat=True)),
            sorted(o.holdings.values_list("owned", flat=True)),
            sorted(v.deal_id for v in DealVersion.objects.live().filter(target=o)),
            sorted(
                v.deal_id for v in DealVersion.objects.live().filter(participations__investor=o)
            ),
        )
        for o in Organization.objects.filter(pk__in=[o.pk for o in orgs]).order_by("pk")
    ]


def test_a_merge_moves_deals_to_the_survivor_and_keeps_what_was_stated(anna) -> None:
    as_target = make_deal(target="Foo GmbH", target_country="DE", amount="5")
    as_investor = make_deal(
        investors=[("Foo GmbH", "DE"), ("Bar", "FR")], contributions=["1", None]
    )
    untouched = make_deal(investors=[("Bar", "FR")])
    one, into = make_organization("Foo GmbH", "DE"), make_organization("Foobar AG", "DE")
    change = merge(one, into, anna)
    target = live(as_target)
    assert (target.target, target.target_name) == (into, "Foo GmbH")
    assert (target.number, target.based_on, target.decided_by) == (2, as_target, anna)
    assert target.reason == "The same company"
    assert investors(live(as_investor)) == [
        (into.pk, "Foo GmbH", "DE"),
        (make_organization("Bar", "FR").pk, "Bar", "FR"),
    ]
    assert live(as_investor).citations.count() == 1
    assert live(untouched) == untouched
    assert (change.kind, change.organization, change.by) == ("organization", one, "anna")
    assert Change.objects.filter(kind="organization").count() == 1
    one.refresh_from_db()
    assert one.merged_into == into


def test_facts_and_documents_of_the_new_versions_are_those_of_a_rebuild() -> None:
    make_deals([{"investors": [("Foo", "DE")], "amount": "5", "part_of": None} for _ in range(3)])
    into = make_organization("Foobar", "DE")
    merge(make_organization("Foo", "DE"), into)
    version = DealVersion.objects.live()[0]
    assert into.public_id in DealDocument.objects.get(pk=version.pk).json
    assert DealFact.objects.get(pk=version.pk).investors == [into.pk]
    head = ledger.head()
    rebuild()
    assert ledger.head() == head


def test_the_numbers_stay_and_the_investor_is_counted_once() -> None:
    make_deal(investors=[("Foo", "DE")])
    make_deal(investors=[("Foo GmbH & Co. KG", "FR")])
    query = FlowQuery.from_params({"investor": "europe", "target": "CN"})
    before, _ = share_answer(query)
    merge(make_organization("Foo GmbH & Co. KG", "FR"), make_organization("Foo", "DE"))
    after, _ = share_answer(query)
    assert before["deals"] == after["deals"]
    assert (before["investors"], after["investors"]) == (2, 1)


def test_later_files_find_the_survivor_by_the_old_name_id_and_country() -> None:
    one, into = make_organization("Foo GmbH", "DE"), make_organization("Bar", "FR")
    Identifier.objects.create(organization=one, scheme="cb", value="foo")
    merge(one, into)
    names = [("Foo", "DE", ""), ("Foo", "FR", ""), ("Foo", None, ""), ("Other", "US", "cb:foo")]
    ids, created = match(names, generated=False)
    assert (set(ids.values()), created) == ({into.pk}, [])


def test_names_ids_domiciles_and_owners_go_to_the_survivor() -> None:
    one, into, owner = (make_organization(name, "CN") for name in ("Foo", "Foobar", "Owner"))
    for side in (one, into):
        side.names.create(name="福", key="福", script="Hans")
        side.domiciles.create(country="CN", basis="headquarters")
    one.domiciles.create(country="KY", basis="incorporation")
    Identifier.objects.create(organization=one, scheme="lei", value="5299")
    Ownership.objects.create(owned=one, owner=owner, controlling=True)
    merge(one, into)
    assert sorted(into.names.values_list("name", flat=True)) == ["Foo", "福"]
    assert into.identifiers.get().value == "5299"
    assert sorted(into.domiciles.values_list("country", flat=True)) == ["CN", "KY"]
    assert into.owners.get().owner == owner


def test_an_unknown_country_and_kind_are_taken_over_and_known_ones_kept() -> None:
    unknown, known = make_organization("Foo"), make_organization("Foo", "DE", kind="fund")
    merge(known, unknown)
    unknown.refresh_from_db()
    assert (unknown.country, unknown.kind) == ("DE", "fund")
    other = make_organization("Bar", "FR", kind="company")
    merge(unknown, other)
    other.refresh_from_db()
    assert (other.country, other.kind) == ("FR", "company")


def test_owners_that_the_merge_brings_to_light_change_the_ultimate_country() -> None:
    """Evidence about the merged one counts for the survivor's deals and for those it owns."""
    one, into = make_organization("Foo", "DE"), make_organization("Foobar", "DE")
    sub = make_organization("Sub", "FR")
    Ownership.objects.create(owned=one, owner=make_organization("Top", "CN"), controlling=True)
    Ownership.objects.create(owned=sub, owner=into, controlling=True, first=date(2015, 1, 1))
    own, below = make_deal(investors=[("Foobar", "DE")]), make_deal(investors=[("Sub", "FR")])
    assert below.participations.get().ultimate == ["DE"]
    merge(one, into)
    for version in (own, below):
        part = live(version).participations.get()
        assert (part.ultimate, part.ultimate_basis) == (["CN"], "evidence")
    assert DealFact.objects.get(pk=live(below).pk).ultimate == ["CN"]
    split(one)
    assert live(own).participations.get().ultimate == ["DE"]
    assert live(own).participations.get().ultimate_basis == "owner_not_researched"
    assert live(below).participations.get().ultimate == ["DE"]


def test_evidence_that_a_version_never_took_over_is_left_to_those_who_load_it() -> None:
    version = make_deal(investors=[("Foobar", "DE")])
    into = make_organization("Foobar", "DE")
    Ownership.objects.create(owned=into, owner=make_organization("Top", "CN"), controlling=True)
    merge(make_organization("Foo", "DE"), into)
    assert live(version) == version


def test_a_pending_edit_moves_too_and_does_not_become_stale(anna) -> None:
    version = make_deal(investors=[("Foo", "DE")])
    pending = submit_version(version.deal, investors=[("Foo", "DE"), ("New", "FR")])
    one, into = make_organization("Foo", "DE"), make_organization("Foobar", "DE")
    merge(one, into)
    actions.approve(version=pending, by=anna)
    assert [pk for pk, _, _ in investors(live(version))] == [
        into.pk,
        make_organization("New", "FR").pk,
    ]


def test_senseless_merges_are_refused_and_leave_no_entry(anna) -> None:
    one, into, third = (make_organization(name, "DE") for name in ("One", "Into", "Third"))
    merge(third, into)
    head = ledger.head()
    invented = make_organization("One", "DE", generated=True)
    for a, b, why in (
        (one, one, "itself"),
        (third, one, "merged into Into"),
        (one, third, "choose that one"),
        (one, invented, "invented"),
    ):
        with pytest.raises(organizations.NotAllowed, match=why):
            merge(a, b)
    with pytest.raises(organizations.NotAllowed, match="Say why"):
        organizations.merge(one=one, into=into, by=anna, reason=" ")
    Ownership.objects.create(owned=one, owner=into, controlling=True)
    with pytest.raises(organizations.NotAllowed, match="Into owns One"):
        merge(one, into)
    with pytest.raises(organizations.NotAllowed, match="not merged"):
        split(one)
    assert ledger.head() == head
    one.refresh_from_db()
    assert one.merged_into is None


def test_a_deal_that_was_retracted_comes_back_to_the_survivor() -> None:
    version = make_deal(target="Foo", target_country="DE", investors=[("Foo", "DE")])
    actions.retract(deal=version.deal, by=None, reason="Not sure")
    into = make_organization("Foobar", "DE")
    merge(make_organization("Foo", "DE"), into)
    restored = actions.restore(deal=version.deal, by=None, reason="Sure")
    assert (restored.target, investors(restored)) == (into, [(into.pk, "Foo", "DE")])


@pytest.mark.parametrize("phase", ["preparing", "undoing"])
def test_nothing_is_merged_while_an_import_writes_what_it_matched_before(phase: str) -> None:
    one, into = make_organization("Foo", "DE"), make_organization("Bar", "DE")
    run = ImportRun.objects.create(
        feed=Feed.objects.create(code="f", name="F"),
        state="running",
        phase=phase,
        file_name="rounds.csv",
        created_at=timezone.now(),
    )
    with pytest.raises(organizations.NotAllowed, match="writing its deals"):
        merge(one, into)
    ImportRun.objects.filter(pk=run.pk).update(state="published")
    merge(one, into)


def test_a_split_brings_back_everything_that_the_merge_moved() -> None:
    one, into = make_organization("Foo", None), make_organization("Foo GmbH", "DE")
    other, top = make_organization("Sub", "FR"), make_organization("Top", "CN")
    for side, number in ((one, "1"), (into, "2")):
        side.names.create(name="福", key="福", script="Hans")
        Identifier.objects.create(organization=side, scheme="cb", value=number)
        side.domiciles.create(country="DE", basis="headquarters")
    Ownership.objects.create(owned=one, owner=top, controlling=True)
    Ownership.objects.create(owned=other, owner=one, controlling=False)
    make_deal(target="Foo", target_country=None, investors=[("Bar", "FR")])
    make_deal(investors=[("Foo", None), ("Foo GmbH", "DE")])
    make_deal(investors=[("Foo GmbH", "DE")])
    before = everything(one, into, other, top)
    for first, second in ((one, into), (into, one)):
        merge(first, second)
        assert everything(one, into, other, top) != before
        entry = split(first)
        assert everything(one, into, other, top) == before
        assert (entry.kind, entry.organization) == ("organization", first)


def test_a_split_after_further_merges_takes_only_its_own() -> None:
    a, b, c = (make_organization(name, "DE") for name in ("Aa", "Bb", "Cc"))
    make_deals([{"investors": [(name, "DE")]} for name in ("Aa", "Bb", "Cc")])
    before = everything(a, b, c)
    merge(a, b)
    merge(b, c)
    split(a)
    alone = everything(a, b, c)
    assert alone[0] == before[0]
    split(b)
    assert everything(a, b, c) == before


def test_deals_that_came_after_a_merge_go_back_by_their_name() -> None:
    one, into = make_organization("Foo", "DE"), make_organization("Foobar", "DE")
    merge(one, into)
    late = make_deal(investors=[("Foobar", "DE"), ("Zeta", "FR")])
    part = submit_version(investors=[("Foobar", "DE")])
    part.participations.update(investor_name="Foo")
    actions.approve(version=part, by=None)
    split(one)
    assert investors(live(part))[0][0] == one.pk
    assert live(late) == late


def test_a_name_that_somebody_changed_since_stays_where_it_is(anna) -> None:
    version = make_deal(investors=[("Foo", "DE")])
    one, into = make_organization("Foo", "DE"), make_organization("Foobar", "DE")
    merge(one, into)
    edit = submit_version(version.deal, investors=[("Foobar", "DE")])
    actions.approve(version=edit, by=anna)
    split(one)
    assert live(version) == edit


def test_a_merge_answers_the_question_and_carries_the_others_over(anna) -> None:
    one, into, third, fourth = (make_organization(n, "DE") for n in ("A1", "B1", "C1", "D1"))
    asked, other, decided = pair(one, into), pair(one, third), pair(fourth, one)
    organizations.keep_apart(suggestion=decided, by=anna)
    merge(one, into, anna)
    asked.refresh_from_db()
    assert (asked.state, asked.decided_by) == ("merged", anna)
    (question,) = organizations.open_suggestions()
    assert {question.one.pk, question.other.pk} == {into.pk, third.pk}
    assert Suggestion.objects.get(one=into, other=fourth).state == "distinct"
    split(one)
    asked.refresh_from_db()
    assert asked.state == "distinct"
    assert other.pk in {question.pk for question in organizations.open_suggestions()}


def test_two_that_are_kept_apart_are_decided_on_once(anna) -> None:
    suggestion = pair(make_organization("A", "DE"), make_organization("B", "DE"))
    kept = organizations.keep_apart(suggestion=suggestion, by=anna)
    assert (kept.state, kept.decided_by) == ("distinct", anna)
    assert organizations.count_open() == 0
    with pytest.raises(organizations.NotAllowed, match="decided before"):
        organizations.keep_apart(suggestion=suggestion, by=anna)


def test_open_questions_show_both_sides_with_their_deals() -> None:
    one, other = make_organization("Foo"), make_organization("Foo GmbH", "DE")
    other.names.create(name="福", key="福", script="Hans")
    Identifier.objects.create(organization=other, scheme="cb", value="7")
    make_deals([{"investors": [("Foo", None), ("Foo", None)]}, {"investors": [("Foo", None)]}])
    actions.retract(deal=make_deal(investors=[("Foo", None)]).deal, by=None, reason="wrong")
    make_deal(target="Foo GmbH", target_country="DE")
    pair(one, other)
    (question,) = organizations.open_suggestions()
    assert (question.score, question.reasons) == (90, ["Alike."])
    assert (question.one.deals_as_investor, question.one.deals_as_target) == (2, 0)
    side = question.other
    assert (side.deals_as_investor, side.deals_as_target) == (0, 1)
    assert (side.other_names, side.ids, side.country) == (("福",), ("cb:7",), "DE")
    assert question.survivor == side


def test_open_questions_come_in_pages_of_constant_cost() -> None:
    orgs = [make_organization(f"Org {n}", "DE") for n in range(12)]
    for n in range(11):
        pair(orgs[n], orgs[n + 1], score=80 + n % 3)
    seen: list[int] = []
    counts = set()
    for _ in range(4):
        with CaptureQueriesContext(connection) as context:
            page = organizations.open_suggestions(seen[-1] if seen else None, 4)
        counts.add(len(context))
        seen += [question.pk for question in page]
        Suggestion.objects.filter(pk__in=seen).update(state="distinct")
    assert len(seen) == len(set(seen)) == 11
    assert max(counts) <= 6


def test_a_merge_of_many_deals_takes_as_many_queries_as_one() -> None:
    def queries(number: int) -> int:
        name = f"Many {number}"
        make_deals([{"investors": [(name, "DE")]} for _ in range(number)])
        with CaptureQueriesContext(connection) as context:
            merge(make_organization(name, "DE"), make_organization(f"Into {number}", "DE"))
        return len(context)

    assert queries(40) == queries(1)
