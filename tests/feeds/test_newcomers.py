"""What an import brought is looked at for likeness, once and again without another effect."""

import pytest

from deals import tasks
from deals.feeds import newcomers, queue
from deals.feeds.newcomers import look_for_likeness, published_lately
from deals.models import Suggestion
from tests.factories import make_deal
from tests.feeds.supplier import csv_of, file, profile

pytestmark = pytest.mark.django_db


def test_a_published_import_suggests_whom_its_new_organizations_may_be(monkeypatch) -> None:
    make_deal(target="Horizon Robotics", target_country="CN", investors=[("Fund", "DE")])
    sent: list[int] = []
    monkeypatch.setattr(tasks.suggest_organizations, "delay", sent.append)
    rows = ["Horizon Robotic,CN,2019-05,5,USD,Fund,DE"]
    run = queue.enqueue(file(csv_of(rows)), profile(), publish=True, by=None, ring=lambda _: None)
    tasks.run_import(run.pk)
    assert sent == published_lately() == [run.pk]
    assert tasks.suggest_organizations(run.pk) == 1
    pair = Suggestion.objects.get()
    assert {pair.one.name, pair.other.name} == {
        "Horizon Robotics", "Horizon Robotic",
    }  # fmt: skip
    assert pair.import_run == run
    assert look_for_likeness(run.pk) == 0


def test_a_large_import_is_looked_at_in_slices_that_leave_room_for_others(monkeypatch) -> None:
    make_deal(target="Horizon Robotics", target_country="CN", investors=[("Fund", "DE")])
    make_deal(target="Momenta Robotics", target_country="CN", investors=[("Fund", "DE")])
    monkeypatch.setattr(newcomers, "SLICE", 1)
    sent: list[tuple[int, ...]] = []
    monkeypatch.setattr(tasks.suggest_organizations, "delay", lambda *to: sent.append(to))
    rows = [f"{name},CN,2019-05,5,USD,Fund,DE" for name in ("Horizon Robotic", "Momenta Robotic")]
    run = queue.enqueue(file(csv_of(rows)), profile(), publish=True, by=None, ring=lambda _: None)
    tasks.run_import(run.pk)
    found = []
    while sent:
        found.append(tasks.suggest_organizations(*sent.pop()))
    assert found == [1, 1, 0]
    assert Suggestion.objects.count() == 2


def test_an_import_of_known_names_suggests_nothing(monkeypatch) -> None:
    make_deal(target="Acme", target_country="CN", investors=[("Fund", "DE")])
    make_deal(target="Acme Robotics", target_country="CN", investors=[("Fund", "DE")])
    monkeypatch.setattr(tasks.suggest_organizations, "delay", pytest.fail)
    run = queue.enqueue(
        file(csv_of(["Acme,CN,2019-05,5,USD,Fund,DE"])), profile(), publish=True, by=None,
        ring=lambda _: None,
    )  # fmt: skip
    tasks.run_import(run.pk)
    assert published_lately() == []
