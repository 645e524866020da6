"""The same Idempotency-Key has one effect, however often a request is sent, and all at once."""

import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from deals import actions, tasks
from deals.api import write
from deals.models import ApiWrite, DealVersion
from tests.api.proposals import DEALS, Writer, body, pointers
from tests.factories import make_deal

pytestmark = pytest.mark.django_db
KEY = {"idempotency_key": "night-1"}


@pytest.fixture
def writer(db) -> Writer:
    return Writer()


def test_sent_again_it_has_one_effect_and_the_same_answer(writer) -> None:
    first = writer.propose(body(), **KEY)
    assert first.status_code == 202
    assert "Idempotent-Replayed" not in first
    again = writer.propose(body(), **KEY)
    assert again.status_code == 202
    assert again["Idempotent-Replayed"] == "true"
    assert again.content == first.content
    assert (again["Location"], again["Content-Type"]) == (first["Location"], "application/json")
    assert DealVersion.objects.count() == 1


def test_the_same_body_in_another_hand_is_the_same_request(writer) -> None:
    first = writer.propose(body(), **KEY)
    written = json.dumps(dict(reversed(body().items())), indent=2, ensure_ascii=False)
    again = writer.propose(written.encode(), **KEY)
    assert again["Idempotent-Replayed"] == "true"
    assert again.content == first.content


def test_without_a_key_nothing_is_kept(writer) -> None:
    writer.propose(body())
    assert not ApiWrite.objects.exists()


def test_the_same_key_with_another_request_is_refused(writer) -> None:
    live = make_deal()
    writer.propose(body(), **KEY)
    refused = [
        writer.propose(body(date="2023"), **KEY),
        writer.patch(live.deal.public_id, body(), if_match="*", **KEY),
        writer.propose(body(), if_match="*", **KEY),
    ]
    for answer in refused:
        assert answer.status_code == 422
        assert answer.json()["type"].endswith("#problem-key-reused")
    assert DealVersion.objects.filter(published_seq=None).count() == 1


def test_a_key_of_another_partner_is_another_key(writer) -> None:
    writer.propose(body(), **KEY)
    assert "Idempotent-Replayed" not in Writer("other").propose(body(), **KEY)
    assert DealVersion.objects.count() == 2


def test_a_refused_request_leaves_its_key_free(writer) -> None:
    assert pointers(writer.propose(body(kind="nonsense"), **KEY)) == ["/kind"]
    assert pointers(writer.propose(b"{", **KEY)) == [""]
    assert writer.propose(body(), **KEY).status_code == 202


def test_a_change_is_sent_again_safely_although_its_deal_has_moved_on(writer) -> None:
    live = make_deal()
    tag = writer.client.get(f"{DEALS}{live.deal.public_id}/")["ETag"]
    sent = ({"reason": "x", "ai": "no"},)
    first = writer.patch(live.deal.public_id, *sent, if_match=tag, **KEY)
    actions.approve(version=DealVersion.objects.get(pk=first.json()["id"]), by=None)
    again = writer.patch(live.deal.public_id, *sent, if_match=tag, **KEY)
    assert again["Idempotent-Replayed"] == "true"
    assert again.content == first.content


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "é", "a\tb"])
def test_a_key_is_up_to_255_visible_characters(writer, key) -> None:
    refused = writer.propose(body(), idempotency_key=key)
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["parameter"] == "Idempotency-Key"
    assert not DealVersion.objects.exists()


def test_the_longest_key_is_taken(writer) -> None:
    assert writer.propose(body(), idempotency_key="~" * 255).status_code == 202


def test_a_process_that_died_leaves_a_key_that_the_next_one_takes(writer, monkeypatch) -> None:
    def die(*_: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as broken:
        broken.setattr(write, "_hand_in", die)
        with pytest.raises(SystemExit):
            writer.propose(body(), **KEY)
    assert ApiWrite.objects.get().status is None
    assert not DealVersion.objects.exists()
    answer = writer.propose(body(), **KEY)
    assert answer.status_code == 202
    assert "Idempotent-Replayed" not in answer


def test_answers_are_forgotten_after_thirty_days(writer) -> None:
    writer.propose(body(), **KEY)
    assert tasks.tidy()["answers"] == 0
    ApiWrite.objects.update(created_at=timezone.now() - timedelta(days=31))
    assert tasks.tidy()["answers"] == 1


def at_once(number: int, send: Callable[[int], Any]) -> list[Any]:
    """The answers of so many threads that start together."""
    gate = Barrier(number)

    def one(index: int) -> Any:
        try:
            gate.wait(20)
            return send(index)
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(one, range(number)))


@pytest.mark.django_db(transaction=True)
def test_a_storm_of_retries_has_one_effect() -> None:
    writer = Writer()

    def send(_: int) -> Any:
        return Writer.propose(writer, body(), **KEY)

    answers = at_once(50, send)
    codes = Counter(answer.status_code for answer in answers)
    assert set(codes) <= {202, 409}
    first = [a for a in answers if a.status_code == 202 and "Idempotent-Replayed" not in a]
    assert len(first) == 1
    # Who was told to ask again does, and everybody has the one answer.
    again = [send(0) for a in answers if a.status_code == 409]
    done = [a for a in answers if a.status_code == 202] + again
    assert len(done) == 50
    assert {a.content for a in done} == {first[0].content}
    assert DealVersion.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_while_the_first_is_at_work_others_are_told_to_ask_again() -> None:
    writer = Writer()
    begun, end = Event(), Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                ApiWrite.objects.select_for_update().get()
                begun.set()
                end.wait(20)
        finally:
            connection.close()

    pointers(writer.propose(body(kind="nonsense"), **KEY))
    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(hold)
        begun.wait(20)
        told = writer.propose(body(), **KEY)
        end.set()
        holding.result()
    assert told.status_code == 409
    assert told["Retry-After"] == "1"
    assert told.json()["type"].endswith("#problem-still-running")
    assert not DealVersion.objects.exists()
    assert writer.propose(body(), **KEY).status_code == 202
