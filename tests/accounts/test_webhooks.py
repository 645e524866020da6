"""Pages about webhooks: one's own, in words, and never twice."""

import json

import pytest
from django.test import Client

from deals import tasks
from deals.models import Activity, Delivery, Webhook, ledger
from deals.webhooks import acts, making, signing
from deals.webhooks.address import Refused
from tests.desk.runs import make_person
from tests.factories import make_deal
from tests.webhooks.receiver import receiving

pytestmark = pytest.mark.django_db
URL = "https://example.org/hook"
LIST = "/account/webhooks/"


@pytest.fixture
def vera(client):
    user = make_person("vera", "reader")
    client.force_login(user)
    return user


@pytest.fixture
def hook(vera) -> Webhook:
    return acts.add(name="Copy", url=URL, wanted="investor=europe&target=CN", by=vera)


def page_of(hook: Webhook) -> str:
    return f"{LIST}{hook.public_id}/"


def test_a_person_adds_a_webhook_and_sees_what_it_is_told_of(client, vera) -> None:
    make_deal()
    sent = {
        "name": "  Our  copy ",
        "url": URL,
        "filter": "/deals/?investor=europe&target=CN&ordering=date",
    }
    response = client.post(LIST, sent)
    made = Webhook.objects.get(user=vera)
    assert (response.status_code, response["Location"]) == (302, page_of(made))
    assert (made.name, made.query) == ("Our copy", {"investor": "europe", "target": "CN"})
    assert made.told_seq == ledger.head()
    page = client.get(page_of(made)).content.decode()
    assert "investor from Europe" in page
    assert "investor=europe&amp;target=CN" in page
    assert signing.secret_of(made) not in page
    assert Activity.objects.get().verb == "webhook_made"


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", "", "name"),
        ("name", "x" * 10_000, "100 characters"),
        ("name", "a\x00b", "name"),
        ("url", "", "https://"),
        ("url", "http://example.org/", "https://"),
        ("url", "https://127.0.0.1/", "inside"),
        ("url", "https://" + "x" * 10_000, "1000 characters"),
        ("filter", "nonsense", "Paste the address"),
        ("filter", "/methods/", "Paste the address"),
        ("filter", "https://[x/?a=1", "spelling"),
        ("filter", "/flows/", "Choose investors"),
        ("filter", "investor=atlantis", "investor"),
        ("filter", "colour=red", "colour"),
        ("filter", "/deals/?q=bosch", "“q”"),
        ("filter", "/deals/?place=partial", "“place”"),
        ("filter", "target=CN&as_of=3", "goes on"),
        ("filter", "population=nowhere", "population"),
        ("filter", "organization=O-00000000", "organization"),
        ("filter", "from=\x00", "NUL"),
        ("filter", "&".join(f"a{n}=1" for n in range(300)), "no such parameter"),
        ("filter", "x" * 10_000, "2000 characters"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(client, vera, field, value, says) -> None:
    sent = {"name": "Copy", "url": URL, "filter": ""} | {field: value}
    response = client.post(LIST, sent)
    page = response.content.decode()
    assert response.status_code == 400
    assert "<title>Error: " in page
    assert says in page
    assert f'href="#{field}"' in page
    assert not Webhook.objects.exists()
    for name, text in sent.items():
        if name != field:
            assert f'name="{name}"' in page
            assert f'value="{text}"' in page


def test_a_form_that_came_twice_makes_one(client, vera) -> None:
    sent = {"name": "Copy", "url": URL, "filter": ""}
    assert [client.post(LIST, sent).status_code for _ in range(2)] == [302, 400]
    assert Webhook.objects.count() == 1


def test_the_bare_register_is_a_filter_and_nothing_is_none(client, vera) -> None:
    for name, typed in (
        ("all", ""),
        ("register", "/deals/"),
        ("flow", "/deals/?target=CN&place=flow"),
    ):
        client.post(LIST, {"name": name, "url": URL, "filter": typed})
    found = dict(Webhook.objects.values_list("name", "query"))
    assert found == {"all": {}, "register": {"kind": "funding_round"}, "flow": {"target": "CN"}}


def test_there_are_ten_at_most(client, vera) -> None:
    for number in range(acts.MOST):
        acts.add(name=str(number), url=URL, wanted=f"from={2000 + number}", by=vera)
    assert "Add it" not in client.get(LIST).content.decode()
    assert client.post(LIST, {"name": "more", "url": URL, "filter": ""}).status_code == 400


def test_nobody_sees_or_moves_what_is_somebody_elses(client, vera, hook) -> None:
    delivery = acts.test(webhook=hook, by=vera)
    other = Client()
    other.force_login(make_person("other", "administrator"))
    base = page_of(hook)
    for path in (base, f"{base}delete/", f"{base}messages/{delivery.pk}/"):
        assert other.get(path).status_code == 404
        assert other.post(path).status_code == 404
    for verb in ("pause", "resume", "rotate", "test", "nothing"):
        assert other.post(f"{base}{verb}/").status_code == 404
    hook.refresh_from_db()
    assert (hook.active, hook.turn, Delivery.objects.count()) == (True, 1, 1)
    assert page_of(hook) not in other.get(LIST).content.decode()


def test_a_message_of_another_webhook_is_not_there(client, vera, hook) -> None:
    second = acts.add(name="Second", url=URL, wanted="", by=vera)
    delivery = acts.test(webhook=second, by=vera)
    assert client.get(f"{page_of(hook)}messages/{delivery.pk}/").status_code == 404
    assert client.get(f"{page_of(hook)}messages/{'9' * 30}/").status_code == 404


def test_the_secret_is_shown_when_asked_for_and_kept_by_nobody(client, hook) -> None:
    response = client.post(page_of(hook))
    assert signing.secret_of(hook) in response.content.decode()
    assert "no-store" in response["Cache-Control"]


def test_a_new_secret_is_made_once_however_often_the_form_comes(client, hook) -> None:
    for _ in range(2):
        client.post(f"{page_of(hook)}rotate/", {"turn": "1"})
    client.post(f"{page_of(hook)}rotate/", {"turn": "x"})
    hook.refresh_from_db()
    assert hook.turn == 2


def test_off_and_on_again(client, hook) -> None:
    base = page_of(hook)
    said = client.post(f"{base}pause/", follow=True).content.decode()
    assert "Switch it on again" in said
    assert "off already" in client.post(f"{base}pause/", follow=True).content.decode()
    assert "Switch it off" in client.post(f"{base}resume/", follow=True).content.decode()
    assert list(Activity.objects.order_by("pk").values_list("verb", flat=True)) == [
        "webhook_made", "webhook_off", "webhook_on",
    ]  # fmt: skip


def test_a_test_message_and_a_replay_stand_in_the_log_with_their_answers(
    client, vera, settings
) -> None:
    with receiving() as receiver:
        settings.WEBHOOK_ALLOW_INSIDE = [receiver.place]
        hook = acts.add(name="Copy", url=receiver.url, wanted="", by=vera)
        receiver.answers(500, 200)
        client.post(f"{page_of(hook)}test/")
        tasks.tell_webhooks()
        (first,) = Delivery.objects.all()
        page = client.get(page_of(hook)).content.decode()
        assert "given up" in page
        assert "500 The receiver did not take the message." in page
        one = f"{page_of(hook)}messages/{first.pk}/"
        assert "webhook.test" in client.get(one).content.decode()
        assert client.post(one).status_code == 302
        tasks.tell_webhooks()
        assert "delivered" in client.get(page_of(hook)).content.decode()
        assert len(receiver.received) == 2


def test_asking_has_an_end_also_for_who_begins_anew_or_hurries_what_waits(vera, hook) -> None:
    waiting = acts.test(webhook=hook, by=vera)
    for _ in range(acts.ASKED_PER_HOUR - 1):
        acts.replay(delivery=waiting, by=vera)
    acts.delete(webhook=hook, by=vera)
    again = acts.add(name="Copy", url=URL, wanted="", by=vera)
    with pytest.raises(Refused, match="30 times within an hour"):
        acts.test(webhook=again, by=vera)
    other = make_person("oskar", "reader")
    assert acts.test(webhook=acts.add(name="Mine", url=URL, wanted="", by=other), by=other)


def test_deleting_asks_first_and_forgets_everything(client, hook) -> None:
    path = f"{page_of(hook)}delete/"
    assert "Delete it" in client.get(path).content.decode()
    assert Webhook.objects.exists()
    assert client.post(path, follow=True).status_code == 200
    assert not Webhook.objects.exists()
    assert client.post(path).status_code == 404


def test_names_and_reasons_are_text(client, vera) -> None:
    hostile = "<script>alert(1)</script>\u202e"
    hook = acts.add(name=hostile, url=URL, wanted="", by=vera)
    make_deal(target=hostile, reason=hostile)
    making.make_out()
    delivery = Delivery.objects.get()
    assert hostile in json.loads(delivery.body)["data"]["changes"][0]["reason"]
    paths = [LIST, page_of(hook), f"{page_of(hook)}delete/"]
    for path in [*paths, f"{page_of(hook)}messages/{delivery.pk}/"]:
        page = client.get(path).content.decode()
        assert "<script>alert" not in page
        assert "\u202e" not in page


def test_pages_cost_the_same_however_much_there_is(
    client, vera, hook, django_assert_max_num_queries
) -> None:
    for number in range(8):
        acts.add(name=str(number), url=URL, wanted=f"from={2000 + number}", by=vera)
    for _ in range(25):
        acts.test(webhook=hook, by=vera)
    with django_assert_max_num_queries(7):
        client.get(LIST)
    with django_assert_max_num_queries(9):
        client.get(page_of(hook))


def test_older_messages_are_found_by_a_link(client, hook) -> None:
    for _ in range(60):
        delivery = making.make_test(hook, hook.created_at)
    page = client.get(page_of(hook)).content.decode()
    assert page.count("/messages/") == 50
    assert client.get(f"{page_of(hook)}?before={delivery.pk - 49}").content.decode().count(
        "/messages/"
    ) == 10  # fmt: skip


def test_the_account_page_counts_webhooks(client, hook) -> None:
    assert "1 webhook" in client.get("/account/").content.decode()
