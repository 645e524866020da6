"""What is told: everything, in order, once, exactly as the API has it, and signed."""

import json
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from deals import actions, tasks
from deals.models import Change, Delivery, Webhook, ledger
from deals.webhooks import acts, making, messages, sending, signing
from tests.desk.runs import make_person
from tests.factories import make_deal, make_deals, make_population

pytestmark = pytest.mark.django_db


def told(receiver) -> list[int]:
    return [change["seq"] for one in receiver.received for change in one.data["changes"]]


def test_a_publication_is_told_signed_and_as_the_api_has_it(hook, receiver, client) -> None:
    webhook = hook()
    after = ledger.head()
    make_deal(target="Horizon")
    assert tasks.tell_webhooks() == 1
    (one,) = receiver.received
    assert one.is_signed_by(signing.secret_of(webhook))
    assert not one.is_signed_by("whsec_" + "A" * 43 + "=")
    body = json.loads(one.body)
    assert body["type"] == "deals.changed"
    assert body["timestamp"].endswith("Z")
    answer = client.get(f"/api/v1/changes/?after={after}").json()
    assert body["data"]["changes"] == answer["results"]
    assert (body["data"]["after"], body["data"]["head"]) == (after, answer["head"])
    assert body["data"]["more"] is False
    assert one.headers["content-type"] == "application/json"


def test_the_secret_has_32_bytes_and_is_nowhere_kept(hook) -> None:
    webhook = hook()
    secret = signing.secret_of(webhook)
    assert secret.startswith("whsec_")
    assert len(signing.b64decode(secret.removeprefix("whsec_"))) == 32
    assert secret not in str(Webhook.objects.values().get())


def test_everything_is_told_in_order_and_once(hook, receiver) -> None:
    hook()
    after = ledger.head()
    for number in range(5):
        make_deal(target=f"Deal {number}")
        tasks.tell_webhooks()
        tasks.tell_webhooks()
    assert told(receiver) == list(range(after + 1, after + 6))
    ends = [(one.data["after"], one.data["head"]) for one in receiver.received]
    assert [after for after, _ in ends[1:]] == [head for _, head in ends[:-1]]


def test_nothing_from_before_a_webhook_was_made_is_told(hook, receiver) -> None:
    make_deal()
    hook()
    assert tasks.tell_webhooks() == 0
    assert receiver.received == []


def test_what_is_published_while_a_message_waits_goes_into_the_next_one(hook, receiver) -> None:
    hook()
    receiver.answers(503, 200)
    make_deal()
    tasks.tell_webhooks()
    make_deal()
    make_deal()
    making.make_out()
    assert Delivery.objects.count() == 1
    Delivery.objects.update(next_at=timezone.now())
    tasks.tell_webhooks()
    assert [len(one.data["changes"]) for one in receiver.received] == [1, 1, 2]
    assert receiver.received[0].id == receiver.received[1].id != receiver.received[2].id


def test_a_large_publication_is_told_with_the_way_to_the_rest(
    hook, receiver, client, django_assert_num_queries
) -> None:
    """A thousand deals of an import are fewer here, but as many as need more than one message."""
    fields = Webhook.objects.values("user_id", "name", "url", "told_seq", "created_at").get(
        pk=hook().pk
    )
    Webhook.objects.bulk_create(Webhook(**fields, public_id=str(n)) for n in range(49))
    after = ledger.head()
    make_deals([{"target": f"Deal {number}"} for number in range(130)])
    # The head, who is behind, a savepoint and its end, rows, who is busy, entries, and two writes.
    with django_assert_num_queries(9):
        assert making.make_out() == 50
    tasks.tell_webhooks()
    assert len(receiver.received) == 50
    data = receiver.received[0].data
    assert (len(data["changes"]), data["more"], data["head"]) == (100, True, after + 130)
    assert data["url"].endswith(f"/api/v1/changes/?after={after + 100}")
    rest = client.get(data["url"][data["url"].index("/api/") :]).json()
    assert [one["seq"] for one in data["changes"] + rest["results"]] == list(
        range(after + 1, after + 131)
    )


def test_a_filter_means_deals_before_or_after_the_change(hook, receiver) -> None:
    hook(wanted="/deals/?investor=europe&target=CN")
    mine = make_deal(target="Mine", target_country="CN", investors=[("Bosch", "DE")])
    make_deal(target="Another", target_country="US", investors=[("Bosch", "DE")])
    boss = make_person("boss", "manager")
    tasks.tell_webhooks()
    actions.retract(deal=mine.deal, by=boss, reason="Wrong.")
    tasks.tell_webhooks()
    changes = [change for one in receiver.received for change in one.data["changes"]]
    assert [(one["kind"], one["deal"]) for one in changes] == [
        ("created", mine.deal.public_id),
        ("retracted", mine.deal.public_id),
    ]


def test_one_message_begins_where_the_last_ended_whatever_else_was_published(
    hook, receiver
) -> None:
    hook(wanted="target=CN")
    for country in ("CN", "US", "CN", "US"):
        make_deal(target_country=country, investors=[("Bosch", "DE")])
        tasks.tell_webhooks()
    first, second = (one.data for one in receiver.received)
    assert second["after"] == first["head"]
    assert second["head"] == first["head"] + 2


def test_an_erasure_is_told_to_everybody_since_anybody_may_hold_a_copy(hook, receiver) -> None:
    hook(wanted="target=JP")
    version = make_deal(target_country="CN")
    with transaction.atomic():
        ledger.append(Change.Kind.PURGED, by="admin", reason="A court’s order.", deal=version.deal)
    tasks.tell_webhooks()
    (one,) = receiver.received
    assert [change["kind"] for change in one.data["changes"]] == ["purged"]


def test_a_message_stays_small_however_much_an_entry_names(hook, receiver, monkeypatch) -> None:
    monkeypatch.setattr(messages, "MOST_BYTES", 500)
    hook()
    after = ledger.head()
    make_deals([{"target": f"Deal {number}"} for number in range(5)])
    tasks.tell_webhooks()
    data = receiver.received[0].data
    assert 1 <= len(data["changes"]) < 5
    assert data["more"] is True
    assert data["url"].endswith(f"?after={after + len(data['changes'])}")


def test_a_publication_that_concerns_nobody_sends_nothing_and_is_done_with(hook, receiver) -> None:
    webhook = hook(wanted="target=JP")
    make_deal(target_country="CN")
    assert tasks.tell_webhooks() == 0
    webhook.refresh_from_db()
    assert webhook.told_seq == ledger.head()


def test_a_filter_that_cannot_be_asked_any_more_switches_the_webhook_off(hook, receiver) -> None:
    population = make_population("gone")
    webhook = hook(wanted="population=gone")
    population.delete()
    make_deal()
    tasks.tell_webhooks()
    webhook.refresh_from_db()
    assert not webhook.active
    assert webhook.problem


def test_while_an_earlier_key_of_the_server_is_good_its_secrets_sign_along(
    hook, receiver, vera, settings
) -> None:
    webhook = hook()
    old = signing.secret_of(webhook)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another " * 8
    new = signing.secret_of(webhook)
    assert new != old
    acts.test(webhook=webhook, by=vera)
    tasks.tell_webhooks()
    assert receiver.received[0].is_signed_by(old)
    assert receiver.received[0].is_signed_by(new)
    settings.SECRET_KEY_FALLBACKS = []
    assert " " not in signing.headers(webhook, "msg_1", b"{}", timezone.now())["webhook-signature"]


def test_a_new_secret_signs_and_the_old_one_along_for_a_day(hook, receiver, vera) -> None:
    webhook = hook()
    old = signing.secret_of(webhook)
    acts.rotate(webhook=webhook, turn=1, by=vera)
    webhook.refresh_from_db()
    new = signing.secret_of(webhook)
    assert new != old
    acts.test(webhook=webhook, by=vera)
    tasks.tell_webhooks()
    assert receiver.received[0].is_signed_by(old)
    assert receiver.received[0].is_signed_by(new)
    later = timezone.now() + timedelta(hours=25)
    assert " " not in signing.headers(webhook, "msg_1", b"{}", later)["webhook-signature"]


def test_a_webhook_that_is_off_is_told_of_everything_when_it_is_on_again(
    hook, receiver, vera
) -> None:
    webhook = hook()
    acts.pause(webhook=webhook, by=vera)
    make_deal()
    assert tasks.tell_webhooks() == 0
    acts.resume(webhook=webhook, by=vera)
    assert tasks.tell_webhooks() == 1
    assert len(told(receiver)) == 1


def test_nobody_is_told_whose_account_is_closed(hook, receiver, vera) -> None:
    hook()
    vera.is_active = False
    vera.save()
    make_deal()
    assert tasks.tell_webhooks() == 0
    assert receiver.received == []


def test_what_waits_is_not_sent_once_the_account_is_closed(hook, receiver, vera) -> None:
    waiting = acts.test(webhook=hook(), by=vera)
    vera.is_active = False
    vera.save()
    tasks.tell_webhooks()
    waiting.refresh_from_db()
    assert (receiver.received, waiting.state) == ([], "waiting")


def test_messages_are_forgotten_after_a_month(hook, receiver) -> None:
    hook()
    make_deal()
    tasks.tell_webhooks()
    assert sending.forget_old(timezone.now() + timedelta(days=29)) == 0
    assert sending.forget_old(timezone.now() + timedelta(days=31)) == 1


@pytest.mark.django_db(transaction=True)
def test_publishing_rings_once_and_only_where_somebody_listens(hook, monkeypatch) -> None:
    rung: list[int] = []
    monkeypatch.setattr(tasks.tell_webhooks, "delay", rung.append)
    make_deal()
    assert rung == []
    hook()
    make_deals([{"target": "One"}, {"target": "Two"}])
    assert len(rung) == 1
