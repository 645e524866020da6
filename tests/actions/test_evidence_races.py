"""Evidence changes in the very moment in which somebody else acts: nothing is lost, nobody waits
for ever, and whoever comes second is told what stands there now."""

import threading
from copy import deepcopy

import pytest
from django.db import connection

from deals import actions
from deals.actions.evidence import Overtaken, propose, publish_edit
from deals.entry.evidence import difference, record
from deals.models import OrganizationEdit
from tests.desk.runs import make_person
from tests.factories import make_deal, make_organization, submit_version

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 3
SOURCE = {"url": "https://example.org/move", "title": "Annual report"}
COUNTRIES = ("CN", "JP", "KR", "SG", "US", "IN")


class Racer(threading.Thread):
    """Acts when everybody has come to the line."""

    def __init__(self, line, act):
        super().__init__()
        self.line, self.act, self.problem = line, act, None

    def run(self):
        try:
            self.line.wait()
            self.act()
        except BaseException as problem:
            self.problem = problem
        finally:
            connection.close()


def race(*acts) -> list[BaseException | None]:
    line = threading.Barrier(len(acts))
    racers = [Racer(line, act) for act in acts]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    return [racer.problem for racer in racers]


def moved(fund, country, by) -> OrganizationEdit:
    """A proposal that the fund's one place is in another country."""
    known = record(fund)
    place = known["domiciles"][0] | {"country": country} | SOURCE
    changes = difference(known, known | {"domiciles": [place]})
    return propose(organization=fund, changes=changes, reason=f"To {country}", by=by)


@pytest.fixture
def people(transactional_db):
    return make_person("anna", "reviewer"), make_person("ben", "reviewer")


@pytest.fixture
def fund(people):
    fund = make_organization("Fund", "DE")
    fund.domiciles.create(country="DE", basis="headquarters")
    return fund


def country(deal) -> str | None:
    return deal.versions.live().get().participations.get().country


def test_of_two_edits_of_one_line_one_is_published_and_the_other_is_told(people, fund):
    anna, ben = people
    for one, other in (("CN", "JP"), ("KR", "SG")):
        first, second = moved(fund, one, anna), moved(fund, other, ben)
        problems = race(
            lambda edit=first: publish_edit(edit=edit, by=ben),
            lambda edit=second: publish_edit(edit=edit, by=anna),
        )
        (told,) = (problem for problem in problems if problem is not None)
        assert isinstance(told, Overtaken)
        assert told.lines[0][1]["country"] == fund.domiciles.get().country
        states = OrganizationEdit.objects.filter(pk__in=[first.pk, second.pk])
        assert sorted(states.values_list("state", flat=True)) == ["published", "submitted"]


def test_an_edit_and_an_approval_of_a_deal_are_both_kept(people, fund):
    anna, ben = people
    deal = make_deal(investors=[("Fund", "DE")], country_basis="headquarters").deal
    for number in range(ROUNDS):
        live = deal.versions.live().get()
        version = submit_version(
            deal,
            investors=[("Fund", country(deal))],
            country_basis="headquarters",
            created_by=anna,
            notes=f"Note {number}",
        )
        type(version.participations.get()).objects.filter(version=version).update(investor=fund)
        edit = moved(fund, COUNTRIES[number], anna)
        assert race(
            lambda edit=edit: publish_edit(edit=edit, by=ben),
            lambda version=version: actions.approve(version=version, by=ben),
        ) == [None, None]
        now = deal.versions.live().get()
        assert (now.notes, country(deal)) == (f"Note {number}", COUNTRIES[number])
        assert now.number > live.number


def test_an_edit_and_a_handing_in_are_both_kept(people, fund):
    anna, ben = people
    deal = make_deal(investors=[("Fund", "DE")], country_basis="headquarters").deal
    for number in range(ROUNDS):
        base = actions.facts_of(deal.versions.live().get())
        draft = actions.begin_draft(by=anna, typed={}, deal=deal)
        facts = deepcopy(base) | {"notes": f"Note {number}"}
        edit = moved(fund, COUNTRIES[number], anna)
        assert race(
            lambda edit=edit: publish_edit(edit=edit, by=ben),
            lambda draft=draft, facts=facts: actions.submit_draft(
                draft=draft, facts=facts, reason="", by=anna
            ),
        ) == [None, None]
        version = deal.versions.get(state="submitted")
        actions.approve(version=version, by=ben)
        assert deal.versions.live().get().notes == f"Note {number}"
        assert country(deal) == COUNTRIES[number]
