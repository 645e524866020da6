"""Receivers that are slow, dead, gone or hostile; workers that crash or come twice."""

import socket
import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from deals import tasks
from deals.feeds import addresses
from deals.mail import send_due
from deals.models import Delivery, Notification
from deals.webhooks import acts, making, post, sending
from deals.webhooks.address import Refused, check_address
from deals.webhooks.post import Answer
from tests.desk.runs import make_person
from tests.factories import make_deal
from tests.processes import PATIENCE
from tests.webhooks.receiver import receiving

pytestmark = pytest.mark.django_db
WELL, ILL = Answer(200, 0.1), Answer(503, 0.1, post.NOT_TAKEN)


@pytest.fixture
def waiting(hook):
    """A message that waits to be sent."""
    hook()
    make_deal()
    making.make_out()
    return Delivery.objects.get()


def claimed() -> Delivery:
    (delivery,) = sending._claim(timezone.now())
    return delivery


def fail(delivery: Delivery, answer: Answer, now) -> Delivery:
    Delivery.objects.filter(pk=delivery.pk).update(next_at=now, claimed_until=None)
    (row,) = sending._claim(now)
    sending.record(row, answer, now)
    delivery.refresh_from_db()
    return delivery


# --- workers ---------------------------------------------------------------------------------


def test_a_worker_that_dies_after_sending_sends_again_under_the_same_number(
    waiting, receiver, monkeypatch
) -> None:
    monkeypatch.setattr(sending, "record", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        sending.send_some()
    monkeypatch.undo()
    assert sending.send_some() == 0, "it is still claimed"
    later = timezone.now() + sending.CLAIM
    assert sending.send_some(later) == 1
    first, second = receiver.received
    assert (first.id, first.body) == (second.id, second.body)
    waiting.refresh_from_db()
    assert waiting.state == "delivered"


def test_what_a_late_worker_says_after_its_claim_ran_out_is_not_believed(waiting) -> None:
    late = claimed()
    (again,) = sending._claim(timezone.now() + sending.CLAIM)
    assert sending.record(again, WELL)
    assert not sending.record(late, ILL)
    waiting.refresh_from_db()
    assert (waiting.state, len(waiting.attempts)) == ("delivered", 1)


def test_a_task_that_came_twice_delivers_once(waiting, receiver) -> None:
    tasks.tell_webhooks()
    tasks.tell_webhooks()
    assert len(receiver.received) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_the_same_instant_deliver_once(hook, receiver) -> None:
    hook()
    make_deal()
    begin = threading.Barrier(2)

    def work() -> None:
        begin.wait()
        tasks.tell_webhooks()
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(receiver.received) == 1
    assert Delivery.objects.get().state == "delivered"


# --- receivers -------------------------------------------------------------------------------


def test_attempts_come_later_and_later_and_end_after_a_day(waiting) -> None:
    now, pauses = waiting.created_at, []
    while waiting.state == "waiting":
        fail(waiting, ILL, now)
        if waiting.next_at:
            pauses.append((waiting.next_at - now).total_seconds())
            now = waiting.next_at
    assert waiting.state == "failed"
    assert timedelta(hours=24) <= now - waiting.created_at < timedelta(hours=30)
    assert 8 <= len(pauses) <= 20
    assert all(0.79 * step <= pause <= 1.21 * step
               for step, pause in zip(sending.STEPS, pauses, strict=False))  # fmt: skip
    assert waiting.webhook.active


def test_three_days_of_nothing_switch_it_off_and_tell_its_owner(
    waiting, vera, mailoutbox, hook
) -> None:
    vera.email = "vera@example.org"
    vera.save()
    begin = waiting.created_at
    fail(waiting, ILL, begin)
    fail(waiting, ILL, begin + timedelta(days=1, minutes=1))
    assert waiting.state == "failed"
    make_deal()
    making.make_out(begin + timedelta(days=3))
    later = Delivery.objects.get(state="waiting")
    fail(later, ILL, begin + timedelta(days=3, minutes=1))
    webhook = later.webhook
    webhook.refresh_from_db()
    assert (later.state, webhook.active, webhook.problem) == (
        "failed", False, sending.SILENT_FOR_DAYS,
    )  # fmt: skip
    notice = Notification.objects.get(user=vera)
    assert notice.link == f"/account/webhooks/{webhook.public_id}/"
    assert send_due() == 1
    assert "Copy was switched off" in mailoutbox[0].subject


def test_one_message_that_is_taken_ends_the_silence(waiting) -> None:
    fail(waiting, ILL, timezone.now())
    assert waiting.webhook.failing_since
    fail(waiting, WELL, timezone.now())
    waiting.webhook.refresh_from_db()
    assert waiting.webhook.failing_since is None


def test_a_receiver_that_is_gone_is_left_alone(waiting, receiver) -> None:
    receiver.answers(410)
    tasks.tell_webhooks()
    waiting.refresh_from_db()
    waiting.webhook.refresh_from_db()
    assert (waiting.state, waiting.webhook.active) == ("failed", False)
    make_deal()
    tasks.tell_webhooks()
    assert len(receiver.received) == 1


def test_a_receiver_may_ask_for_more_time(waiting, receiver) -> None:
    receiver.answers(429, Retry_After="7200")
    tasks.tell_webhooks()
    waiting.refresh_from_db()
    assert waiting.next_at - timezone.now() > timedelta(minutes=115)


def test_a_dead_receiver_is_an_attempt_with_a_sentence(hook, settings) -> None:
    with receiving() as gone:
        url, place = gone.url, gone.place
    settings.WEBHOOK_ALLOW_INSIDE = [place]
    hook(url=url)
    make_deal()
    tasks.tell_webhooks()
    (attempt,) = Delivery.objects.get().attempts
    assert (attempt["status"], attempt["problem"]) == (None, post.UNREACHED)


def test_slow_receivers_are_given_up_and_keep_nobody_else_waiting(
    receiver, hook, monkeypatch, settings
) -> None:
    def hurried(url: str, *given: Any) -> post.Answer:
        return post.post(url, *given, seconds=2 if url.startswith(slow.url) else PATIENCE)

    monkeypatch.setattr(sending, "post", hurried)
    with receiving() as slow:
        settings.WEBHOOK_ALLOW_INSIDE = [receiver.place, slow.place]
        slow.answer = lambda handler: slow.over.wait(PATIENCE)
        for number in range(5):
            hook(name=f"Slow {number}", url=f"{slow.url}/{number}")
        quick = hook()
        make_deal()
        began = time.monotonic()
        making.make_out()
        sending.send_some()
        # One after the other they take ten.
        assert time.monotonic() - began < 9
    assert quick.deliveries.get().state == "delivered"
    problems = {row.attempts[0]["problem"] for row in Delivery.objects.filter(state="waiting")}
    assert problems == {post.TOO_SLOW}


def test_an_answer_that_drips_or_never_ends_is_an_answer(receiver, vera) -> None:
    def drip(handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000000000")
        handler.end_headers()
        while not receiver.over.is_set():
            handler.wfile.write(b"x" * 20_000)
            time.sleep(0.01)

    receiver.answer = drip
    found = post.post(receiver.url, b"{}", {}, seconds=PATIENCE)
    assert found.delivered
    assert found.seconds < PATIENCE / 2


def test_a_redirect_is_not_followed_not_even_to_a_public_address(waiting, receiver) -> None:
    receiver.answers(307, Location=receiver.url)
    tasks.tell_webhooks()
    assert len(receiver.received) == 1
    waiting.refresh_from_db()
    assert waiting.attempts[0]["status"] == 307
    assert waiting.attempts[0]["problem"] == post.REDIRECTED


# --- where it may go -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/hook",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://2130706433/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://169.254.169.254/latest/",
        "https://10.1.2.3/",
        "https://user:secret@example.org/",
        "https://example.org:22/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "//example.org/",
        "example.org",
        "https://",
        "https://exa mple.org/",
        "https://example.org/\x00",
        "https://example.org/\u202e",
        "https://" + "a" * 10_000,
        "",
    ],
)
def test_such_an_address_is_refused_in_words(url) -> None:
    with pytest.raises(Refused) as refusal:
        check_address(url)
    assert refusal.value.field == "url"
    assert str(refusal.value).endswith((".", "hook."))


def test_a_public_address_is_taken() -> None:
    assert check_address("https://example.org/hook?key=1") == "https://example.org/hook?key=1"


def test_a_name_that_turns_inside_when_it_counts_is_not_reached(receiver, monkeypatch) -> None:
    """DNS rebinding: public when it was checked, ours when the connection is made."""
    real = socket.getaddrinfo
    port = int(receiver.place.rpartition(":")[2])

    def resolver(host, *args, **kwargs):
        if host == "rebind.example":
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
        return real(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    monkeypatch.setattr(addresses, "USUAL_PORTS", {80, 443, port})
    monkeypatch.setattr("deals.webhooks.address.USUAL_PORTS", {80, 443, port})
    found = post.post(f"https://rebind.example:{port}/", b"{}", {}, seconds=3)
    assert found.status is None
    assert "inside address" in found.problem
    assert receiver.received == []


def test_a_setting_that_was_taken_back_holds_for_webhooks_that_exist(
    waiting, receiver, settings
) -> None:
    settings.WEBHOOK_ALLOW_INSIDE = []
    tasks.tell_webhooks()
    assert receiver.received == []
    waiting.refresh_from_db()
    assert waiting.attempts[0]["status"] is None


# --- what a person asks for ------------------------------------------------------------------


def test_a_test_is_sent_once_even_while_switched_off_and_not_tried_again(
    hook, receiver, vera
) -> None:
    webhook = hook()
    acts.pause(webhook=webhook, by=vera)
    receiver.answers(500)
    delivery = acts.test(webhook=webhook, by=vera)
    tasks.tell_webhooks()
    delivery.refresh_from_db()
    assert (delivery.state, len(receiver.received)) == ("failed", 1)
    assert b'"webhook.test"' in receiver.received[0].body
    webhook.refresh_from_db()
    assert webhook.failing_since is None


def test_a_replay_is_the_same_message_under_the_same_number(waiting, receiver, vera) -> None:
    tasks.tell_webhooks()
    waiting.refresh_from_db()
    acts.replay(delivery=waiting, by=vera)
    tasks.tell_webhooks()
    first, second = receiver.received
    assert (first.id, first.body) == (second.id, second.body)


def test_a_message_that_waits_is_sent_at_once_when_asked_for(waiting, receiver, vera) -> None:
    receiver.answers(503, 200)
    tasks.tell_webhooks()
    acts.replay(delivery=waiting, by=vera)
    tasks.tell_webhooks()
    waiting.refresh_from_db()
    assert (waiting.state, Delivery.objects.count()) == ("delivered", 1)


def test_nobody_can_have_others_flooded(hook, vera) -> None:
    webhook = hook()
    for _ in range(acts.ASKED_PER_HOUR):
        acts.test(webhook=webhook, by=vera)
    with pytest.raises(Refused):
        acts.test(webhook=webhook, by=vera)


def test_a_person_has_ten_webhooks_at_most(hook) -> None:
    other = make_person("other", "reader")
    for number in range(acts.MOST):
        hook(name=str(number), wanted=f"from={2000 + number}")
    with pytest.raises(Refused):
        hook(name="one more")
    hook(by=other)
