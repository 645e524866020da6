"""The data that comes with the code is loaded once, whole, and through the ordinary steps."""

import pytest
from django.core.management import call_command
from django_celery_beat.models import PeriodicTask

from deals.feeds import starter
from deals.models import (
    Change,
    DealVersion,
    Organization,
    Participation,
    PolicyEvent,
    PublishedFigure,
    ledger,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_var(settings, tmp_path) -> None:
    settings.VAR_DIR = tmp_path


@pytest.fixture
def without_demonstration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starter, "_demonstration", lambda: "left out.")


def test_everything_is_loaded_once(
    without_demonstration, capsys, django_assert_max_num_queries
) -> None:
    call_command("load_starter")
    assert "64 deals new" in capsys.readouterr().out
    assert PublishedFigure.objects.exists()
    assert PolicyEvent.objects.exists()
    assert PeriodicTask.objects.filter(task__startswith="deals.tasks.").count() == 9
    head = ledger.head()
    with django_assert_max_num_queries(21):
        call_command("load_starter")
    assert ledger.head() == head
    assert "loaded already" in capsys.readouterr().out


def test_every_deal_of_the_register_is_live_with_a_page_and_no_population(
    without_demonstration,
) -> None:
    call_command("load_starter", verbosity=0)
    live = DealVersion.objects.live()
    assert not live.exclude(citations__source__kind="page").exists()
    assert not live.filter(population__isnull=False).exists()
    assert not Organization.objects.filter(generated=True).exists()


def test_owners_are_known_when_the_deals_are_published(without_demonstration) -> None:
    call_command("load_starter", verbosity=0)
    owned = Participation.objects.filter(investor_name="Nexperia").get()
    assert (owned.country, owned.ultimate, owned.ultimate_basis) == ("NL", ["CN"], "evidence")
    both = Participation.objects.filter(investor_name="Alliance Ventures").first()
    assert both is not None
    assert both.ultimate == ["FR", "JP"]


def test_a_figure_that_changed_is_settled_and_takes_one_entry(without_demonstration) -> None:
    call_command("load_starter", verbosity=0)
    PublishedFigure.objects.filter(code="F01").update(value="9.9")
    PolicyEvent.objects.create(date="2020-01-01", title="None of ours", jurisdiction="EU", kind="x")
    head = ledger.head()
    starter._tables()
    changes = Change.objects.filter(seq__gt=head)
    assert {change.kind: change.fields for change in changes} == {
        "figure": ["F01"],
        "event": ["2020-01-01 None of ours"],
    }
    assert PublishedFigure.objects.get(code="F01").value == "3.7"


def test_the_demonstration_is_invented_from_end_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    some = "".join(starter.demo_csv().splitlines(keepends=True)[:400])
    monkeypatch.setattr(starter, "demo_csv", lambda: some)
    said = starter._demonstration()
    assert "invented" in said
    assert "rejected" not in said
    live = DealVersion.objects.live()
    assert live.count() == live.filter(population__generated=True).count() > 100
    assert not Organization.objects.filter(generated=False).exists()


def test_two_processes_that_start_at_once_load_once(
    without_demonstration, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    wait_for_turn = starter.wait_for_turn

    def wait_while_another_loads() -> None:
        monkeypatch.setattr(starter, "wait_for_turn", wait_for_turn)
        starter.load_starter(said.append)

    monkeypatch.setattr(starter, "wait_for_turn", wait_while_another_loads)
    starter.load_starter(said.append)
    assert len(said) == len(set(said)) == 3
