"""The sample of an import: drawn by chance, looked at by somebody else, before it is published."""

import re
from html import unescape

import pytest
from django.urls import reverse

from deals import tasks
from deals.feeds import review
from deals.feeds.sampling import SampleError, check, sample
from deals.models import Activity, ImportRun, SampleCheck
from tests.desk.runs import make_person, make_run, stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(db):
    return make_person("anna")


@pytest.fixture
def rita(db):
    return make_person("rita", "reviewer")


@pytest.fixture(autouse=True)
def quiet(monkeypatch):
    monkeypatch.setattr(tasks, "ring", lambda _: None)


def brought(by, created: int = 12, updated: int = 0) -> ImportRun:
    run = make_run("review", created_by=by, deals_created=created, deals_updated=updated)
    for number in range(created):
        stage(run, "created", target_name=f"Company {number:03}")
    for number in range(updated):
        stage(run, "updated", fields=["notes"], target_name=f"Changed {number:03}")
    stage(run, "unchanged")
    stage(run, "conflict", fields=["notes"])
    return run


def at(run, name: str = "desk-import-sample") -> str:
    return reverse(name, args=[run.pk])


def text_of(response) -> str:
    plain = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(unescape(plain).split())


def look_at_all(run, by, wrong: int = 0) -> None:
    for number, pk in enumerate(sample(run).drawn):
        check(run=run, staged=pk, verdict="wrong" if number < wrong else "right", note="", by=by.pk)


def test_the_same_deals_are_drawn_each_time_and_others_of_another_import(anna, settings) -> None:
    settings.REVIEW_SAMPLE = 5
    one, other = brought(anna, 40), brought(anna, 40)
    drawn = sample(one).drawn
    assert sample(one).drawn == drawn
    assert len(set(drawn)) == 5
    places = [list(run.staged.order_by("pk").values_list("pk", flat=True)) for run in (one, other)]
    assert [places[0].index(pk) for pk in drawn] != [
        places[1].index(pk) for pk in sample(other).drawn
    ]
    assert [places[0].index(pk) for pk in drawn] != [0, 1, 2, 3, 4]


def test_only_what_would_be_published_is_drawn(anna, settings) -> None:
    settings.REVIEW_SAMPLE = 100
    run = brought(anna, 4, 3)
    drawn = run.staged.filter(pk__in=sample(run).drawn).values_list("outcome", flat=True)
    assert sorted(drawn) == ["created"] * 4 + ["updated"] * 3
    assert sample(run).is_all


@pytest.mark.parametrize(("created", "size"), [(5, 20), (12, 0)])
def test_a_small_import_needs_none_and_a_desk_can_do_without(
    anna, rita, settings, created, size
) -> None:
    settings.REVIEW_SAMPLE = size
    run = brought(anna, created)
    assert sample(run) is None
    review.approve(run.pk, by=rita, ring=tasks.ring)
    run.refresh_from_db()
    assert run.state == "queued"


def test_a_person_approves_only_after_the_sample_was_looked_at(client, anna, rita) -> None:
    run = brought(anna)
    client.force_login(rita)
    said = text_of(client.get(at(run, "desk-import-decide")))
    assert "12 deals drawn by chance have to be looked at" in said
    response = client.post(
        at(run, "desk-import-decide"), {"choice": "approve", "reason": "x"}, follow=True
    )
    assert "nobody has looked at 12 yet" in text_of(response)
    run.refresh_from_db()
    assert run.state == "review"
    look_at_all(run, rita, wrong=1)
    said = text_of(client.get(at(run, "desk-import-decide")))
    assert "12 of 12 looked at, 1 wrong; these are all the deals." in said
    client.post(at(run, "desk-import-decide"), {"choice": "approve", "reason": "x"})
    run.refresh_from_db()
    assert run.state == "queued"


def test_an_import_can_be_rejected_without_looking_at_all(client, anna, rita) -> None:
    run = brought(anna)
    client.force_login(rita)
    client.post(at(run, "desk-import-decide"), {"choice": "reject", "reason": "In thousands."})
    run.refresh_from_db()
    assert run.state == "rejected"


def test_the_command_line_needs_no_sample(anna) -> None:
    run = brought(anna)
    assert review.decide(run.pk).state == "queued"


def test_the_page_says_how_many_of_all_may_be_wrong(client, anna, rita, settings) -> None:
    settings.REVIEW_SAMPLE = 20
    run = brought(anna, 60)
    look_at_all(run, rita, wrong=1)
    client.force_login(rita)
    said = text_of(client.get(at(run)))
    assert (
        "20 of 20 looked at, 1 wrong: between 0.1 % and 24.9 % of the 60 deals may be wrong"
        " (95 %, Clopper–Pearson)."
    ) in said.replace("\u00a0", " ").replace("\u202f", " ")


def test_a_verdict_is_kept_with_its_note_and_the_next_deal_follows(client, anna, rita) -> None:
    run = brought(anna)
    first, second, *_ = sample(run).drawn
    client.force_login(rita)
    sent = {"deal": str(first), "verdict": "wrong", "note": "Another \0currency."}
    response = client.post(at(run), sent)
    assert response["Location"] == f"{at(run)}#deal-{second}"
    kept = SampleCheck.objects.get()
    assert (kept.staged_id, kept.by, kept.verdict, kept.note) == (
        first, rita, "wrong", "Another currency.",
    )  # fmt: skip
    client.post(at(run), {"deal": str(first), "verdict": "right", "note": ""})
    assert SampleCheck.objects.get().verdict == "right"
    assert "1 of 12 looked at, 0 wrong" in text_of(client.get(at(run)))


def test_the_log_says_once_that_a_sample_was_looked_at(client, anna, rita) -> None:
    run = brought(anna, 6)
    client.force_login(rita)
    for pk in (*sample(run).drawn, sample(run).drawn[0]):
        client.post(at(run), {"deal": str(pk), "verdict": "right"})
    entry = Activity.objects.get(verb="checked")
    assert (entry.import_run, entry.by) == (run, rita)
    assert entry.text.startswith("6 of 6 looked at, 0 wrong")


def test_a_second_look_that_finds_it_wrong_counts(anna, rita) -> None:
    run = brought(anna)
    look_at_all(run, rita)
    check(
        run=run, staged=sample(run).drawn[0], verdict="wrong", note="",
        by=make_person("ben", "reviewer").pk,
    )  # fmt: skip
    assert (sample(run).seen, sample(run).wrong) == (12, 1)


def test_who_brought_it_in_does_not_look_at_the_sample(client, rita, settings) -> None:
    settings.SELF_APPROVAL = False
    run = brought(rita)
    client.force_login(rita)
    said = client.get(at(run)).content.decode()
    assert "somebody else looks at the sample" in said
    assert 'name="verdict"' not in said
    response = client.post(at(run), {"deal": str(sample(run).drawn[0]), "verdict": "right"})
    assert response.status_code == 400
    assert not SampleCheck.objects.exists()
    settings.SELF_APPROVAL = True
    look_at_all(run, rita)
    assert sample(run).left == 0
    settings.SELF_APPROVAL = False
    assert sample(run).left == 12, "What was said while that was allowed counts no more."


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"deal": "x", "verdict": "right"}, "not in the sample"),
        ({"deal": "9" * 30, "verdict": "right"}, "not in the sample"),
        ({"deal": "first", "verdict": "maybe"}, "right or wrong"),
        ({"deal": "first", "verdict": "wrong", "note": "n" * 501}, "at most 500"),
        ({}, "not in the sample"),
    ],
)
def test_what_cannot_be_taken_is_explained(client, anna, rita, sent, sentence) -> None:
    run = brought(anna)
    if sent.get("deal") == "first":
        sent = sent | {"deal": str(sample(run).drawn[0])}
    client.force_login(rita)
    response = client.post(at(run), sent)
    assert response.status_code == 400
    assert sentence in text_of(response)
    assert sent.get("note", "") in response.content.decode()
    assert not SampleCheck.objects.exists()


def test_a_deal_of_another_import_cannot_be_slipped_in(anna, rita) -> None:
    one, other = brought(anna), brought(anna)
    with pytest.raises(SampleError, match="not in the sample"):
        check(run=one, staged=sample(other).drawn[0], verdict="right", note="", by=rita.pk)


def test_nothing_is_said_of_an_import_that_was_decided_on(client, anna, rita) -> None:
    run = brought(anna)
    pk = sample(run).drawn[0]
    review.reject(run.pk, by=rita, reason="No.")
    with pytest.raises(SampleError, match="decided on already"):
        check(run=run, staged=pk, verdict="right", note="", by=rita.pk)
    client.force_login(rita)
    response = client.post(at(run), {"deal": str(pk), "verdict": "right"}, follow=True)
    assert "cannot be decided on now" in text_of(response)


def test_an_editor_has_no_part_in_it(client, anna) -> None:
    run = brought(anna)
    client.force_login(anna)
    assert client.get(at(run)).status_code == 403


def test_names_that_would_run_are_shown_and_do_not(client, anna, rita) -> None:
    run = make_run("review", created_by=anna, deals_created=6)
    for _ in range(6):
        stage(run, "created", target_name="<script>alert(1)</script>\u202eX")
    client.force_login(rita)
    page = client.get(at(run)).content.decode()
    assert "<script>alert" not in page
    assert "\u202e" not in page


def test_the_number_of_queries_does_not_grow_with_the_sample(
    client, anna, rita, settings, django_assert_max_num_queries, django_assert_num_queries
) -> None:
    run = brought(anna, 40, 10)
    client.force_login(rita)
    settings.REVIEW_SAMPLE = 6
    client.get(at(run))
    with django_assert_max_num_queries(24) as few:
        client.get(at(run))
    settings.REVIEW_SAMPLE = 50
    with django_assert_num_queries(len(few)):
        client.get(at(run))
