"""A desk on which much waits: drafts, reviews of every kind, comments, merges, reports, and news.

Addresses come from the URL table by tests/desk/things.py; this puts a full page behind each.
"""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models import F, Value
from django.db.models.functions import Concat, Left
from django.urls import reverse

from deals import actions, journal
from deals.actions import reports
from deals.actions import reviews as acts
from deals.actions.evidence import propose
from deals.entry.evidence import difference, record
from deals.entry.typed import typed_of
from deals.feeds.publish import publish
from deals.models import Feed, ImportRun, Organization, Review, Upload
from deals.organizations import merge
from tests.desk.runs import make_person, make_run, row_error, stage
from tests.desk.things import make_things
from tests.desk.waiting import amount, hand_in, hand_in_new
from tests.factories import make_deal, make_organization, submit_version

SOURCE: dict[str, Any] = {
    "kind": "web", "url": "https://example.org/article", "title": "An article", "publisher": "",
    "published_on": None, "accessed_on": None, "field": "amount", "quote": "", "locator": "",
    "stated": "",
}  # fmt: skip


Addresses = dict[str, str]


def make_full_desk(monkeypatch: pytest.MonkeyPatch, person: User, hostile: str = "") -> Addresses:
    """Addresses by their names, with `person`'s own drafts; every name ends with `hostile`."""
    found = make_things(monkeypatch)
    writer = make_person("writer", "editor")
    found |= _drafts(person, hostile)
    found |= _reviews(person, writer, hostile)
    found |= _merged(person)
    found |= _imports()
    deal = make_deal(target="Reported").deal
    reports.send(deal=deal, field="amount", text=f"Wrong. {hostile}", address="::2")
    journal.notify([person.pk], "commented", by=writer, subject=f"Horizon {hostile}", link="/desk/")
    _rename(hostile)
    return found


def _drafts(person: User, hostile: str) -> Addresses:
    """An open draft with a fault in it, and one that somebody has overtaken."""
    version = make_deal(target="Horizon", amount="5", date="2021-09-09", investors=[("Fund", "DE")])
    typed = typed_of(actions.facts_of(version)) | {"amount": "USD 7 million", "notes": hostile}
    overtaken = actions.begin_draft(by=person, typed=typed, deal=version.deal)
    theirs = submit_version(version.deal, target="Horizon", amount="6", round_type="seed")
    actions.approve(version=theirs, by=make_person("decider", "reviewer"), reason="Filing")
    other = make_deal(target="智行者", investors=[("Bosch", "DE"), (None, None)], date="2018-06")
    typed = typed_of(actions.facts_of(other)) | {"amount": f"12 {hostile}", "reason": hostile}
    draft = actions.begin_draft(by=person, typed=typed, deal=other.deal)
    return {
        "desk-draft": reverse("desk-draft", args=[draft.pk]),
        "desk-draft-compare": reverse("desk-draft-compare", args=[overtaken.pk]),
    }


def _reviews(person: User, writer: User, hostile: str) -> Addresses:
    """An edit of many facts with a comment and a question, a new deal, evidence, an own one."""

    def change(facts: Any) -> None:
        facts["amount"] = amount("120000000.00", text="¥1.2亿")
        facts["notes"] = f"A long note {hostile}"
        facts["sources"].append(SOURCE | {"quote": f"近亿元 {hostile}", "title": f"An {hostile}"})

    edit = hand_in(writer, change=change, reason=f"The article says so. {hostile}")
    acts.comment(review=edit, by=person, text=f"Is that so? {hostile}")
    fresh = hand_in_new(writer)
    hand_in(person, notes="Mine.")
    fund = make_organization("Mover", "DE")
    make_deal(target="Moved", investors=[("Mover", "DE")], date="2020-01-01")
    moved = _evidence(writer, fund, hostile)
    return {
        "desk-review": reverse("desk-review", args=[edit.pk]),
        "desk-review of a new deal": reverse("desk-review", args=[fresh.pk]),
        "desk-review of evidence": reverse("desk-review", args=[moved.pk]),
    }


def _evidence(writer: User, fund: Organization, hostile: str) -> Review:
    """A move to another country, which makes a deal flip."""
    known = record(fund)
    seat = {
        "row": "", "basis": "headquarters", "country": "CN", "first": "2019-01-01", "last": "",
        "note": hostile, "url": SOURCE["url"], "title": "A register",
    }  # fmt: skip
    changes = difference(known, known | {"domiciles": [seat], "country": "CN"})
    edit = propose(organization=fund, changes=changes, reason=f"It moved. {hostile}", by=writer)
    return Review.objects.get(edit=edit)


def _merged(person: User) -> Addresses:
    """Deals and organizations that were taken out or merged, each with its way back."""
    gone = make_deal(target="Gone").deal
    actions.retract(deal=gone, by=person, reason="Entered twice.")
    twin, stays = make_organization("Double", "DE"), make_organization("Twin", "DE")
    merge(one=twin, into=stays, by=person, reason="One company.")
    return {
        "desk-deal-restore": reverse("desk-deal-restore", args=[gone.public_id]),
        "desk-organization-split": reverse("desk-organization-split", args=[twin.public_id]),
    }


def _imports() -> Addresses:
    """An import with errors and deals of every outcome, and one that was published."""
    run = make_run("review", rows_used=40, rows_rejected=3, deals_created=8, deals_conflict=1)
    for number in range(8):
        stage(run, "created", target_name=f"公司 {number}")
    stage(run, "conflict", fields=["notes"])
    for row in range(3):
        row_error(run, row + 2, "12 Mio." * (row + 1))
    done = make_run("published", deals_created=1)
    version = submit_version()
    version.import_run = done
    version.save(update_fields=["import_run"])
    publish([version.pk], by="system")
    stage(done, "created", version=version, deal=version.deal)
    return {
        "desk-import": reverse("desk-import", args=[run.pk]),
        "desk-import-decide": reverse("desk-import-decide", args=[run.pk]),
        "desk-import-sample": reverse("desk-import-sample", args=[run.pk]),
        "desk-import-undo": reverse("desk-import-undo", args=[done.pk]),
    }


def _rename(hostile: str) -> None:
    """What a supplier's file can hold, in every name that the desk shows."""
    names = {Organization: "name", Feed: "name", ImportRun: "file_name", Upload: "file_name"}
    for model, field in names.items():
        longest = model._meta.get_field(field).max_length
        longer = Left(Concat(F(field), Value(f" {hostile}")), longest)
        model.objects.update(**{field: longer})
