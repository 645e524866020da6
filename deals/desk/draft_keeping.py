"""From what a form has sent to a draft that holds it: nothing is lost, and nothing doubled."""

import json
import re
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.http import QueryDict
from django.utils.translation import gettext as _

from deals import actions
from deals.desk.form_start import counted
from deals.entry.typed import Typed, complete, from_form, typed_of
from deals.models import Deal, DealVersion, Draft, Report
from deals.templatetags.formats import number

# A page of news pasted into each field is less.
LONGEST = 600_000
FORM = re.compile("[0-9a-f]{32}")


class TooLong(Exception):
    """More than a draft can hold; the message says how much that is."""

    def __init__(self) -> None:
        message = _("A draft holds %(most)s characters. Shorten the quotes or the notes.")
        super().__init__(message % {"most": number(LONGEST)})


class Closed(Exception):
    """The draft was handed in or thrown away, so that it takes nothing more."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        super().__init__(
            _("This draft has been submitted already.")
            if draft.state == Draft.State.SUBMITTED
            else _("This draft has been thrown away.")
        )


@dataclass(frozen=True, slots=True)
class Sent:
    """What a form has sent. `form` names the form that was shown, `revision` the save that it
    knew, -1 for none, and `seen` the number of the version that it was filled from."""

    typed: Typed
    form: str
    revision: int
    seen: int


def sent(data: QueryDict) -> Sent:
    """Only the named fields of a deal; everything else that is posted is left where it is."""
    typed = from_form(data)
    if len(json.dumps(typed, ensure_ascii=False)) > LONGEST:
        raise TooLong
    form = data.get("form", "")
    return Sent(
        typed=typed,
        form=form if FORM.fullmatch(form) else "",
        revision=counted(data.get("revision", "")),
        seen=counted(data.get("seen", "")),
    )


def keep_new(given: Sent, *, by: User, report: Report | None) -> Draft:
    """The draft of a new deal, begun by this form or by an earlier press of its button."""
    return keep(given, _begun(given, given.typed, by=by, report=report), by=by)


def keep_edit(given: Sent, deal: Deal, *, by: User, report: Report | None) -> Draft:
    """The draft of a change, begun now, or in another window, which then has been overtaken."""
    published = deal.versions.filter(state=DealVersion.State.PUBLISHED)
    seen = published.filter(number=given.seen).first()
    typed = dict(given.typed)
    if seen is not None:
        typed["population"] = typed_of(actions.facts_of(seen))["population"]
    return keep(given, _begun(given, typed, by=by, deal=deal, report=report, seen=seen), by=by)


def keep(given: Sent, draft: Draft, *, by: User) -> Draft:
    """Save what is new. Raises `Overtaken` where another window has saved something else."""
    if draft.state != Draft.State.OPEN:
        raise Closed(draft)
    typed = carried(given.typed, draft)
    if draft.typed == typed:
        return draft
    revision = given.revision
    if revision < 0 and given.form and given.form == draft.typed.get("form"):
        # The form that has begun it, and never heard of that.
        revision = 0
    return actions.save_draft(draft=draft, typed=typed, revision=revision, by=by)


def _begun(given: Sent, typed: Typed, **begin: Any) -> Draft:
    if given.form:
        return actions.begin_once(typed=typed, form=given.form, **begin)
    return actions.begin_draft(typed=typed, **begin)


def carried(typed: Typed, draft: Draft) -> Typed:
    """What was typed, with what a draft has that no form sends."""
    kept = complete(draft.typed)
    whole = typed | {"population": kept["population"]}
    return whole | {"form": kept["form"]} if "form" in kept else whole
