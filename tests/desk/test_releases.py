"""/desk/releases/: a name for the present state, given once, by whoever manages."""

import pytest

from deals import tasks
from deals.models import Activity, Release
from tests.desk.runs import make_person
from tests.factories import make_deal

pytestmark = pytest.mark.django_db
LIST = "/desk/releases/"


@pytest.fixture(autouse=True)
def rung(monkeypatch):
    made: list[int] = []
    monkeypatch.setattr(tasks, "ring_release", made.append)
    return made


@pytest.fixture
def manager(client):
    client.force_login(make_person("maria", "manager"))
    return client


def one_release(client) -> Release:
    client.post(LIST, {"name": "2026.11"})
    return Release.objects.get()


def test_naming_keeps_the_point_and_asks_for_the_files(
    manager, rung, django_capture_on_commit_callbacks
):
    make_deal()
    typed = {"name": " 2026.11 ", "notes": "First.", "doi": "https://doi.org/10.5281/Zenodo.1"}
    with django_capture_on_commit_callbacks(execute=True):
        response = manager.post(LIST, typed, follow=True)
    made = Release.objects.get()
    assert (made.name, made.seq, made.notes, made.doi) == (
        "2026.11", 1, "First.", "10.5281/zenodo.1",
    )  # fmt: skip
    assert rung == [made.pk]
    assert "Release 2026.11 has its name for ever" in response.content.decode()
    assert Activity.objects.get().verb == "released"


def test_a_form_that_is_sent_twice_names_once(manager):
    one_release(manager)
    again = manager.post(LIST, {"name": "2026.11", "notes": "Kept"})
    html = again.content.decode()
    assert again.status_code == 400
    assert "There is a release 2026.11 already" in html
    assert "<title>Error:" in html
    assert ">Kept</textarea>" in html
    assert Release.objects.count() == Activity.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", ""), ("name", ".."), ("name", ".making"), ("name", "a/b"), ("name", "now"),
        ("name", "a" * 33), ("name", "x" * 10_000), ("name", "a\u202eb"), ("name", "ä"),
        ("notes", "n" * 10_000), ("doi", "zenodo"), ("doi", "d" * 10_000),
        ("doi", '10.5281/"><script>'),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_and_nothing_is_named(manager, field, text):
    response = manager.post(LIST, {"name": "2026.11"} | {field: text})
    html = response.content.decode()
    assert response.status_code == 400
    assert f'href="#{field}"' in html
    assert "<script>" not in html.split("<main")[1]
    assert not Release.objects.exists()


def test_a_nul_is_left_out(manager):
    assert manager.post(LIST, {"name": "2026\0.11", "notes": "a\0b"}).status_code == 302
    assert Release.objects.get().notes == "ab"


def test_notes_and_doi_can_be_changed_and_nothing_else(manager):
    made = one_release(manager)
    typed = {"action": "describe", "notes": "More.", "doi": "10.5281/zenodo.2", "seq": "0",
             "name": "other", "files": "[]"}  # fmt: skip
    manager.post(f"{LIST}{made.pk}/", typed)
    after = Release.objects.get()
    assert (after.notes, after.doi) == ("More.", "10.5281/zenodo.2")
    assert (after.name, after.seq) == (made.name, made.seq)
    said = manager.post(f"{LIST}{made.pk}/", typed, follow=True).content.decode()
    assert "Nothing was different." in said
    assert Activity.objects.filter(verb="described_release").count() == 1


def test_files_are_asked_for_again_after_a_failure_and_once(manager, rung):
    made = one_release(manager)
    page = f"{LIST}{made.pk}/"
    assert manager.post(page, {"action": "files"}).status_code == 400
    Release.objects.update(problem="The disk is full.", reference={})
    assert "The disk is full." in manager.get(LIST).content.decode()
    assert manager.post(page, {"action": "files"}).status_code == 302
    made.refresh_from_db()
    assert (made.problem, made.reference["files_wanted"]) == ("", True)


def test_only_whoever_manages_names(client):
    client.force_login(make_person("rita", "reviewer"))
    assert client.post(LIST, {"name": "2026.11"}).status_code == 403
    assert not Release.objects.exists()
    assert "desk/releases" not in client.get("/desk/").content.decode()


def test_the_list_asks_as_often_with_many(manager, django_assert_num_queries):
    for number in range(3):
        manager.post(LIST, {"name": f"2026.{number}"})
    manager.get(LIST)
    with django_assert_num_queries(9):
        manager.get(LIST)
