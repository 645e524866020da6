"""Mail about what is new: once to each person, never lost, never with somebody's header."""

from datetime import UTC, datetime, timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core.mail.backends.locmem import EmailBackend

from deals import journal, mail
from deals.actions import reports
from deals.models import MailChoice, Notification, Report
from tests.desk.runs import make_person
from tests.factories import make_deal

pytestmark = pytest.mark.django_db(transaction=False)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def rita(db):
    return person("rita")


def person(name):
    user = make_person(name, "reviewer")
    user.email = f"{name}@example.org"
    user.save()
    return user


def tell(*people, subject="Horizon", kind="to_decide", text="", at=NOON):
    journal.notify(
        [one.pk for one in people], kind, by=None, subject=subject, link="/desk/x/", text=text
    )
    Notification.objects.filter(mailed_at=None, at__gt=NOON).update(at=at)


def test_each_person_gets_one_mail_with_all_that_is_new(rita, mailoutbox, settings):
    settings.SITE_URL = "https://register.example"
    other = person("otto")
    tell(rita, other)
    tell(rita, subject="智行者", kind="commented", text="Is it\nso?")
    assert mail.send_due(NOON) == 2
    first = next(one for one in mailoutbox if one.to == ["rita@example.org"])
    assert first.subject == "InvestTrack: 2 things are new at the desk"
    assert "Horizon waits for a decision (22 Nov 2026)\nhttps://register.example/desk/x/" in (
        first.body
    )
    assert "A comment on 智行者" in first.body
    assert "    Is it\n    so?" in first.body
    assert "https://register.example/desk/notifications/" in first.body
    assert mail.send_due(NOON) == 0


def test_a_name_breaks_no_header_and_hides_nothing(rita, mailoutbox):
    tell(rita, subject="A\r\nBcc: all@example.org\u202egpj")
    assert mail.send_due(NOON) == 1
    (sent,) = mailoutbox
    assert sent.subject == (
        "InvestTrack: A Bcc: all@example.org⟨U+202E⟩gpj waits for a decision"
    )  # fmt: skip
    assert "Bcc" not in sent.message()
    assert "\u202e" not in sent.body


def test_a_daily_mail_comes_in_the_morning_with_what_came_before(rita, mailoutbox):
    MailChoice.objects.create(user=rita, when="daily")
    tell(rita, at=NOON)
    assert mail.send_due(NOON) == 0
    assert mail.send_due(NOON.replace(day=23, hour=4, minute=59)) == 0
    morning = NOON.replace(day=23, hour=5, minute=1)
    tell(rita, subject="Later", at=morning)
    assert mail.send_due(morning) == 1
    assert "Later" not in mailoutbox[0].body
    assert Notification.objects.get(subject="Later").mailed_at is None


def test_nothing_is_sent_to_whoever_wants_none_has_read_it_or_has_left(rita, mailoutbox):
    MailChoice.objects.create(user=rita, when="never")
    gone, without, reader = person("gone"), make_person("without"), person("reader")
    gone.is_active = False
    gone.save()
    tell(rita, gone, without, reader)
    Notification.objects.filter(user=reader).update(read_at=NOON)
    assert mail.send_due(NOON) == 0
    assert not Notification.objects.filter(mailed_at=None).exists(), "none waits for ever"


def refusing(error, monkeypatch, name="rita"):
    def send_messages(self, messages):
        if any(f"{name}@example.org" in message.to for message in messages):
            raise error
        return original(self, messages)

    original = EmailBackend.send_messages
    monkeypatch.setattr(EmailBackend, "send_messages", send_messages)


def test_a_refused_address_keeps_nobody_waiting_and_is_tried_for_some_days(
    rita, mailoutbox, monkeypatch
):
    refusing(SMTPRecipientsRefused({}), monkeypatch)
    tell(rita, person("otto"))
    assert mail.send_due(NOON) == 1
    assert [one.to for one in mailoutbox] == [["otto@example.org"]]
    assert Notification.objects.get(mailed_at=None).user == rita
    monkeypatch.undo()
    assert mail.send_due(NOON) == 1
    refusing(SMTPRecipientsRefused({}), monkeypatch)
    tell(rita)
    assert mail.send_due(NOON + timedelta(days=4)) == 0
    assert not Notification.objects.filter(mailed_at=None).exists()


def test_a_server_that_is_away_loses_nothing(rita, mailoutbox, monkeypatch):
    refusing(SMTPServerDisconnected("gone"), monkeypatch)
    tell(rita)
    assert mail.send_due(NOON) == 0
    monkeypatch.undo()
    assert mail.send_due(NOON) == 1


def test_no_server_is_asked_when_nothing_is_due(rita, monkeypatch):
    def opened(*args, **kwargs):
        raise AssertionError("A connection was opened for nothing.")

    monkeypatch.setattr(mail, "get_connection", opened)
    MailChoice.objects.create(user=rita, when="daily")
    tell(rita)
    assert mail.send_due(NOON) == 0


def test_a_reader_is_written_to_once_and_the_address_is_deleted(mailoutbox, settings):
    settings.SITE_URL = "https://register.example"
    version = make_deal()
    report = reports.send(deal=version.deal, text="x", address="::1", contact="r@example.org")
    assert mail.send_due() == 0, "not before there is an answer"
    reports.close(report=report, accepted=True, outcome="You are\nright.", by=None)
    assert mail.send_due() == 1
    (sent,) = mailoutbox
    assert sent.to == ["r@example.org"]
    assert "You are\nright." in sent.body
    assert f"https://register.example/reports/{report.token}/" in sent.body
    assert Report.objects.get().contact == ""
    assert mail.send_due() == 0


def test_what_was_read_long_ago_is_forgotten(rita):
    tell(rita)
    tell(rita, subject="Unread")
    Notification.objects.update(at=NOON)
    Notification.objects.filter(subject="Horizon").update(read_at=NOON)
    assert mail.forget_read(NOON + timedelta(days=179)) == 0
    assert mail.forget_read(NOON + timedelta(days=181)) == 1
    assert Notification.objects.get().subject == "Unread"
