"""What a person is told: on the page, in the desk's head, and how often by mail."""

from datetime import timedelta

import pytest
from django.utils import timezone

from deals import journal
from deals.models import MailChoice, Notification
from tests.desk.runs import make_person

pytestmark = pytest.mark.django_db
PAGE = "/desk/notifications/"
SCRIPT = "<script>window.ran=1</script>\u202e"


@pytest.fixture
def rita(client):
    user = make_person("rita", "reviewer")
    client.force_login(user)
    return user


def tell(*people, subject="Horizon", text=""):
    journal.notify(
        [one.pk for one in people], "commented", by=None, subject=subject, link="/desk/", text=text
    )


def test_the_head_of_every_desk_page_counts_what_is_unread(client, rita):
    assert "Notifications, none unread" in client.get("/desk/imports/").content.decode()
    tell(rita), tell(rita), tell(make_person("otto"))
    assert "2 unread notifications" in client.get("/desk/imports/").content.decode()


def test_names_and_comments_are_shown_and_never_run(client, rita):
    tell(rita, subject=SCRIPT, text=f"one\n{SCRIPT}")
    text = client.get(PAGE).content.decode()
    assert "<script>window" not in text
    assert "\u202e" not in text
    assert "A comment on &lt;script&gt;" in text
    assert "⟨U+202E⟩" in text


def test_one_or_all_are_read_and_only_ones_own(client, rita):
    otto = make_person("otto")
    tell(rita, otto), tell(rita), tell(rita)
    own = Notification.objects.filter(user=rita, read_at=None)
    client.post(PAGE, {"read": own.first().pk})
    assert own.count() == 2
    others = Notification.objects.get(user=otto)
    for sent in (others.pk, "x", "9" * 30, "-1"):
        client.post(PAGE, {"read": sent})
    assert own.count() == 2
    client.post(PAGE, {"read": "all"})
    assert own.count() == 0
    others.refresh_from_db()
    assert others.read_at is None
    assert "You have read everything" in client.get(PAGE).content.decode()
    assert "A comment on Horizon" in client.get(f"{PAGE}?show=all").content.decode()


def test_the_choice_of_mail_is_kept_and_nothing_else(client, rita):
    assert 'value="at_once" checked' in client.get(PAGE).content.decode()
    client.post(PAGE, {"when": "daily"})
    client.post(PAGE, {"when": "hourly"})
    assert MailChoice.objects.get().when == "daily"
    assert 'value="daily" checked' in client.get(PAGE).content.decode()


def test_older_ones_are_a_page_further_and_each_is_there_once(client, rita):
    for number in range(70):
        tell(rita, subject=f"no. {number} ")
    Notification.objects.filter(subject__endswith="5 ").update(
        at=timezone.now() - timedelta(days=3)
    )
    seen, address = [], f"{PAGE}?show=all"
    while address:
        response = client.get(address)
        seen += [row.subject for row, _ in response.context["news"]]
        following = response.context["next"]
        address = f"{PAGE}{following}" if following else ""
    assert len(seen) == len(set(seen)) == 70
    assert client.get(f"{PAGE}?before=zzz&show=9").status_code == 200


def test_the_page_costs_a_fixed_number_of_queries(client, rita, django_assert_num_queries):
    tell(rita)
    client.get(PAGE)
    for number in range(2):
        with django_assert_num_queries(8):
            client.get(PAGE)
        for more in range(20):
            tell(rita, subject=f"{number} {more}")
