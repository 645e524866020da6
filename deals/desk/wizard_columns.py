"""The wizard's step “Columns”: which column is which fact, and which rows are one deal."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from deals.desk import fact_choices as choices
from deals.desk.access import needs
from deals.desk.blame import blamed
from deals.desk.columns_form import CONSTANTS, ColumnsForm
from deals.desk.faults import Fault, by_field
from deals.desk.visible import visible
from deals.desk.wizard import Work, find, frame
from deals.feeds.profile_toml import load_profile
from deals.feeds.profile_write import profile_toml
from deals.feeds.refusals import Refused
from deals.rules.roles import BRING

STEP = "desk-file-columns"
SAMPLES = 3
SAMPLE_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file on the page. `why` says what speaks for the proposed fact."""

    at: int
    header: str
    samples: list[str]
    fact: str
    also: list[str]
    key: bool
    fill_down: bool
    why: str
    doubtful: bool
    fault: str

    @property
    def place(self) -> str:
        """For the ids of its fields."""
        return str(self.at)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(BRING)
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """The mapping as proposed or kept; what is sent is kept when it makes a valid profile."""
    work = find(request, pk)
    try:
        header, draft = list(work.detected.header), work.draft
    except Refused:
        # The step before says what is wrong with the file.
        return redirect("desk-file", pk)
    if request.method != "POST":
        return _page(request, work, ColumnsForm.of_draft(draft, header, _key(draft)), [])
    form = ColumnsForm.of_post(request.POST, header)
    faults = form.faults()
    if not faults:
        try:
            work.keep(form.written_into(draft))
            return redirect("desk-file-check", pk)
        except Refused as refusal:
            faults = [Fault(blamed(str(refusal), header, form.facts), str(refusal))]
    return _page(request, work, form, faults)


def _key(draft: dict[str, object]) -> tuple[str, ...]:
    """The headers that make the key; a draft that is not valid yet has none."""
    try:
        return load_profile(profile_toml(draft)).key
    except Refused:
        return ()


def _page(request: HttpRequest, work: Work, form: ColumnsForm, faults: list[Fault]) -> HttpResponse:
    fault = by_field(faults)
    context = frame(work, STEP) | {
        "form": form,
        "faults": faults,
        "fault": fault,
        "columns": list(_columns(work, form, fault)),
        "rows_fault": fault.get("rows-participation", ""),
        "constants": [_constant(name, work, form, fault) for name in CONSTANTS],
        "header": form.header,
        "groups": choices.FACT_GROUPS,
        "units": choices.UNITS,
        "other_unit": form.unit not in dict(choices.UNITS),
        "proposed": not work.upload.profile,
        "why": {} if work.upload.profile else work.proposal.why,
        "doubts": {} if work.upload.profile else dict.fromkeys(work.proposal.check, True),
        "notes": [] if work.upload.profile else [_here(note) for note in work.proposal.notes],
    }
    return render(request, "desk/wizard_columns.html", context)


def _columns(work: Work, form: ColumnsForm, fault: dict[str, str]) -> Iterator[Column]:
    proposed = work.proposal if not work.upload.profile else None
    for at, name in enumerate(form.header):
        facts = form.facts[at]
        whys = [proposed.why[fact] for fact in facts if fact in proposed.why] if proposed else []
        doubts = [fact for fact in facts if fact in proposed.check] if proposed else []
        yield Column(
            at=at,
            header=visible(name),
            samples=_samples(work.detected.rows, at),
            fact=facts[0] if facts else "",
            also=facts[1:],
            key=at in form.key,
            fill_down=at in form.fill_down,
            why="; ".join(dict.fromkeys(whys)),
            doubtful=bool(doubts),
            fault=fault.get(f"fact-{at}", ""),
        )


def _here(note: str) -> str:
    """A note speaks of the profile's tables, which the next step has as fields."""
    return re.sub(r"under \[(investors|ai)\]", "in the next step", note)


def _constant(name: str, work: Work, form: ColumnsForm, fault: dict[str, str]) -> dict[str, object]:
    """The field of a fact that is the same for every row."""
    proposed = not work.upload.profile and form.constants.get(name)
    options, value = choices.CODES.get(name), form.constants.get(name, "")
    return {
        "name": name,
        "id": f"constant-{name}",
        "title": choices.CONSTANT_TITLES[name],
        "blank": choices.CONSTANT_BLANKS.get(name, "not stated"),
        "options": options,
        "value": value,
        "other": bool(value) and options is not None and value not in options,
        "why": work.proposal.why.get(name, "") if proposed else "",
        "doubtful": bool(proposed) and name in work.proposal.check,
        "fault": fault.get(f"constant-{name}", ""),
    }


def _samples(rows: list[list[str]], at: int) -> list[str]:
    """The first cells of a column that differ and are not blank."""
    cells = (row[at].strip() for row in rows if at < len(row))
    return [visible(cell, SAMPLE_LENGTH) for cell in dict.fromkeys(cells) if cell][:SAMPLES]
