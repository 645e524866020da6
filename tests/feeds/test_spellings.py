"""The table of spellings stays in step with the organizations."""

import pytest
from django.core.management import call_command

from deals.feeds import spellings
from deals.feeds.match import organizations
from deals.feeds.newcomers import look_for_likeness
from deals.models import Organization, SearchName
from deals.organizations import merge, split
from deals.tasks import tidy
from tests.desk.runs import make_run
from tests.factories import make_organization, submit_version

pytestmark = pytest.mark.django_db


def texts(organization: Organization) -> set[str]:
    return set(SearchName.objects.filter(organization=organization).values_list("text", flat=True))


def test_organizations_are_spelled_in_the_moment_in_which_they_are_made():
    _, (pk,) = organizations([("深度求索", "CN", "")], generated=False)
    assert {"深度求索", "度求索", "shenduqiusuo", "sdqs"} <= texts(Organization.objects.get(pk=pk))


def test_so_many_that_an_import_would_wait_are_spelled_after_it(monkeypatch):
    monkeypatch.setattr(spellings, "A_FEW", 1)
    _, made = organizations([("One", "DE", ""), ("Two", "DE", "")], generated=False)
    assert not SearchName.objects.exists()
    run = make_run("published")
    version = submit_version(target="One", target_country="DE", investors=[("Two", "DE")])
    version.import_run = run
    version.save()
    look_for_likeness(run.pk)
    assert set(SearchName.objects.values_list("organization_id", flat=True)) == set(made)


def test_a_merge_gives_all_spellings_to_the_survivor_and_a_split_takes_them_back():
    one, into = make_organization("Deep Seek Labs", "CN"), make_organization("DeepSeek", "CN")
    one.names.create(name="深度求索", key="深度求索", script="Hans")
    assert spellings.rebuild([one.pk, into.pk]) > 0
    before = texts(one), texts(into)
    merge(one=one, into=into, by=None, reason="The same.")
    assert texts(one) == set()
    assert texts(into) == before[0] | before[1]
    split(organization=one, by=None, reason="Not the same.")
    assert (texts(one), texts(into)) == before


def test_spelling_again_forgets_what_is_no_longer_a_name():
    one = make_organization("Old Name", "DE")
    spellings.rebuild()
    Organization.objects.filter(pk=one.pk).update(name="New Name")
    spellings.rebuild([one.pk])
    assert {"old name", "new name"} & texts(one) == {"new name"}


def test_the_night_spells_what_was_missed_the_real_ones_first():
    invented = make_organization("Invented", "DE", generated=True)
    real, merged = make_organization("Real", "DE"), make_organization("Merged", "DE")
    Organization.objects.filter(pk=merged.pk).update(merged_into=real)
    assert spellings.spell_missing(most=1) == 1
    assert texts(real)
    assert not texts(invented)
    assert tidy()["spelled"] == 1
    assert texts(invented)
    assert not texts(merged)
    assert tidy()["spelled"] == 0


def test_a_name_of_several_scripts_keeps_the_strongest_kind_of_each_spelling():
    one = make_organization("Baidu", "CN")
    one.names.create(name="百度", key="百度", script="Hans")
    spellings.rebuild([one.pk])
    assert SearchName.objects.get(organization=one, text="baidu").kind == "name"


def test_the_command_spells_everything_anew(capsys):
    one = make_organization("DeepSeek", "CN")
    call_command("rebuild", names=True)
    assert texts(one) == {"deepseek"}
    assert "Spellings of organizations: 1." in capsys.readouterr().out
