"""The same file is imported once, whoever sends it again, however often, and all at once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from deals.models import ImportRun
from tests.api.partners import OTHER_ROWS, PROFILE, ROWS, Partner, make_key

pytestmark = pytest.mark.usefixtures("folder", "rung")
State = ImportRun.State


def kept(folder) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("state", State.values)
def test_the_same_key_with_the_same_file_is_the_same_import_whatever_became_of_it(
    partner, state
) -> None:
    first = partner.form(key="night-1")
    assert first.status_code == 202
    ImportRun.objects.update(state=state)
    again = partner.form(key="night-1")
    assert again.status_code == 200
    assert again["Idempotent-Replayed"] == "true"
    assert again["Location"] == first["Location"]
    assert again.json()["replayed"] is True
    assert again.json()["id"] == first.json()["id"]
    assert ImportRun.objects.count() == 1


def test_the_same_key_with_another_file_is_refused_and_nothing_of_it_is_kept(
    partner, folder
) -> None:
    first = partner.form(key="night-1").json()
    for data, profile, what in (
        (OTHER_ROWS, PROFILE, "another file"),
        (ROWS, PROFILE + "# other", "another profile"),
        (ROWS, 'code = "other"\n' + PROFILE, "another profile"),
    ):
        refused = partner.form(data, key="night-1", profile=profile)
        assert refused.status_code == 422
        assert refused["Content-Type"] == "application/problem+json"
        assert refused.json()["type"].endswith("#problem-key-reused")
        assert what in refused.json()["detail"]
        assert str(first["id"]) in refused.json()["detail"]
    assert ImportRun.objects.count() == 1
    assert kept(folder) == {first["file_sha256"]}


def test_a_key_of_another_partner_is_another_key(partner) -> None:
    partner.form(key="night-1")
    other = Partner(make_key("other"))
    assert other.form(OTHER_ROWS, key="night-1").status_code == 202
    assert ImportRun.objects.count() == 2


@pytest.mark.parametrize("state", ["queued", "running", "review", "published"])
def test_the_same_file_without_a_key_is_the_import_that_is_alive(partner, state) -> None:
    first = partner.form()
    ImportRun.objects.update(state=state)
    for again in (partner.form(), partner.body(), partner.form(key="new", feed="small-supplier")):
        assert again.status_code == 200
        assert again["Idempotent-Replayed"] == "true"
        assert again.json()["id"] == first.json()["id"]
    assert ImportRun.objects.count() == 1


@pytest.mark.parametrize("state", ["rejected", "failed", "cancelled", "undone"])
def test_an_import_that_came_to_nothing_does_not_stand_in_the_way(partner, state) -> None:
    partner.form()
    ImportRun.objects.update(state=state)
    assert partner.form().status_code == 202


def test_an_import_that_is_being_undone_does_not_stand_in_the_way(partner) -> None:
    partner.form()
    ImportRun.objects.update(state=State.RUNNING, phase="undoing")
    assert partner.form().status_code == 202


def test_another_profile_or_feed_is_another_import(partner) -> None:
    assert partner.form().status_code == 202
    assert partner.form(profile=PROFILE + "# changed").status_code == 202
    assert partner.form(profile='code = "other"\n' + PROFILE).status_code == 202


def test_an_earlier_file_can_be_sent_again_after_a_later_one_was_published(partner) -> None:
    first = partner.form().json()["id"]
    later = partner.form(OTHER_ROWS).json()["id"]
    ImportRun.objects.update(state=State.PUBLISHED, decided_at=timezone.now())
    assert partner.form(OTHER_ROWS).json()["id"] == later
    again = partner.form()
    assert again.status_code == 202
    assert again.json()["id"] not in (first, later)


def test_somebody_elses_import_of_the_file_is_not_shown(partner) -> None:
    mine = partner.form().json()["id"]
    other = Partner(make_key("other")).form()
    assert other.status_code == 202
    assert other.json()["id"] != mine
    decider = Partner(make_key("decider", "write", "decide_import")).form()
    assert decider.status_code == 200


def _at_once(number: int, send) -> Counter:
    """Status codes of `send(index)` from so many threads that start together."""
    gate = Barrier(number)

    def one(index: int) -> int:
        try:
            gate.wait(20)
            return send(index).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as pool:
        return Counter(pool.map(one, range(number)))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("key", ["night-1", ""])
def test_many_who_send_one_file_at_once_make_one_import(key) -> None:
    secret = make_key()
    codes = _at_once(8, lambda _: Partner(secret).form(key=key))
    assert codes == {202: 1, 200: 7}
    assert ImportRun.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_files_under_one_key_at_once_one_is_taken_and_kept(folder) -> None:
    secret = make_key()
    files = [ROWS + b"# %d\n" % index for index in range(8)]
    codes = _at_once(8, lambda index: Partner(secret).form(files[index], key="night-1"))
    assert codes == {202: 1, 422: 7}
    assert kept(folder) == {ImportRun.objects.get().file_sha256}
