"""A desk on which every form of it is shown to one administrator who wrote none of what waits."""

from datetime import timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deals import actions, organizations
from deals.actions import evidence
from deals.entry.evidence import difference, record
from deals.entry.typed import typed_of
from deals.feeds.receive import receive
from deals.models import FeedRecord, FeedSlot, Suggestion
from tests.desk.forms import sent
from tests.desk.rendered import Form, forms_of
from tests.desk.routes import DESK
from tests.desk.runs import FACTS, make_person, make_run, stage
from tests.desk.things import make_things
from tests.factories import make_deal, make_organization, submit_version
from tests.feeds.scheduled import scheduled

# What scripts send: parts of the form of a deal, to addresses without a form of their own.
SCRIPTED = {
    "desk-deal-here": {},
    "desk-draft-save": {},
    "desk-lookup-deals": {},
    "desk-read": {"of": "amount,date,investors-0"},
    "desk-read-investors": {"line": "led by GV"},
}
# What `SCRIPTED` has no form for, and pages that are no part of the desk, but take what is typed.
READERS = ("report-deal", "report-organization")


class World:
    """`forms` are those that the administrator is shown; `addresses` by their names."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, client: Client) -> None:
        self.client = client
        self.person = make_person("ada", "administrator")
        self.deal = make_deal(target="Horizon", investors=[("Demo Fund", "DE")])
        self.organization = make_organization("Demo Fund", "DE")
        self.addresses = make_things(monkeypatch) | {
            "report-deal": reverse("report-deal", args=[self.deal.deal.public_id]),
            "report-organization": reverse(
                "report-organization", args=[self.organization.public_id]
            ),
        }
        client.force_login(self.person)
        self.pages = [
            address
            for name, address in self.addresses.items()
            if name in READERS or (name in DESK and "GET" in DESK[name][1])
        ] + self._more()
        self.forms = [form for form in forms_of(client, self.pages) if form.route in self._known()]
        self.forms += [self._preview(), *self._scripted()]
        missing = sorted(unreached(self.forms))
        assert not missing, f"No page here shows the form of {missing}."

    def _known(self) -> tuple[str, ...]:
        return (*DESK, *READERS)

    def _more(self) -> list[str]:
        """Pages whose forms show only in some state."""
        return [*self._drafts(), *self._imports(), *self._undone(), *self._organizations()]

    def _drafts(self) -> list[str]:
        live = make_deal(target="Overtaken", amount="5")
        typed = typed_of(actions.facts_of(live)) | {"amount": "USD 7 million", "reason": "Read"}
        self.draft = actions.begin_draft(by=self.person, typed=typed, deal=live.deal)
        theirs = submit_version(live.deal, target="Overtaken", amount="6")
        actions.approve(version=theirs, by=None)
        own = actions.begin_draft(by=self.person, typed=typed_of(actions.facts_of(self.deal)))
        known = record(self.organization)
        changes = difference(known, known | {"kind": "company"})
        edit = evidence.propose(
            organization=self.organization, changes=changes, reason="Read", by=self.person
        )
        pages = [reverse("desk-draft", args=[one.pk]) for one in (self.draft, own)]
        pages.append(reverse("desk-draft-compare", args=[self.draft.pk]))
        return [*pages, reverse("desk-review", args=[edit.review.pk])]

    def _imports(self) -> list[str]:
        run = make_run("published", deals_conflict=1)
        deal = self.deal.deal
        FeedRecord.objects.create(feed=run.feed, key="a", deal=deal, facts=FACTS)
        stage(run, "conflict", "a", fields=["amount"], deal=deal)
        looked_at = make_run("review", deals_created=8)
        for _ in range(8):
            stage(looked_at, "created")
        states = [make_run(state) for state in ("running", "failed", "published")]
        pages = [reverse("desk-import", args=[run.pk]) for run in states]
        undo = reverse("desk-import-undo", args=[states[2].pk])
        self._held()
        return [*pages, undo, reverse("desk-import-sample", args=[looked_at.pk])]

    def _held(self) -> None:
        file = receive("rounds.csv", b"deal_id;company;country\n1;Horizon;CN\n")
        now, why = timezone.now(), "The file has shrunk by 50 %."
        schedule = scheduled(first_at=now - timedelta(hours=1), held=why, rows=20)
        FeedSlot.objects.create(
            schedule=schedule, due_at=schedule.first_at, started_at=now, finished_at=now,
            state="held", said=why, file_name=file.name, file_sha256=file.sha256, rows=10,
            bytes=file.size, http_status=200, attempt=1,
        )  # fmt: skip

    def _undone(self) -> list[str]:
        gone = make_deal().deal
        actions.retract(deal=gone, by=None, reason="Wrong")
        return [reverse("desk-deal-restore", args=[gone.public_id])]

    def _organizations(self) -> list[str]:
        names = ("Fosun", "Fosun Group", "Fosun Intl")
        trio = [make_organization(name, "CN") for name in names]
        for one, other in pairwise(trio):
            Suggestion.objects.create(
                one=one, other=other, score=95, created_at=timezone.now(), reasons=[]
            )
        merged, into = make_organization("Alpha", "CN"), make_organization("Alpha One", "CN")
        organizations.merge(one=merged, into=into, by=None, reason="One")
        return [reverse("desk-organization-split", args=[merged.public_id])]

    def _preview(self) -> Form:
        """The form below the preview of a change of an organization."""
        address = self.addresses["desk-organization-edit"]
        form = next(f for f in forms_of(self.client, [address]) if "opened" in f.fields)
        return Form(address, form.fields | {"reason": "Read", "action": "submit"}, form.typed)

    def _scripted(self) -> list[Form]:
        fields = sent(exclude=self.deal.deal.public_id)
        here = self.addresses | {
            "desk-draft-save": reverse("desk-draft-save", args=[self.draft.pk])
        }
        texts = [name for name in fields if fields[name] and name != "form"]
        return [Form(here[name], fields | more, [*texts, *more]) for name, more in SCRIPTED.items()]

    def post(self, form: Form, fields: dict[str, Any], client: Client | None = None) -> Any:
        """As a browser sends it; texts may be bytes that are no UTF-8."""
        body = urlencode(fields, doseq=True)
        kind = "application/x-www-form-urlencoded"
        return (client or self.client).post(form.action, body, content_type=kind)


def unreached(forms: list[Form]) -> set[str]:
    """Addresses of the desk that take a form and that no form here is sent to."""
    taking = {name for name, (_needs, methods, *_codes) in DESK.items() if "POST" in methods}
    return taking - {form.route for form in forms}
