"""A deal's place in the ledger: its live version, its older ones, and what changed between them."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from deals.models import Change, Deal, DealDocument, DealVersion
from deals.web.shown import Document


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the ledger about this deal; `number` is empty for a retraction or merge."""

    kind: str
    number: int | None
    at: datetime
    by: str
    reason: str
    fields: tuple[str, ...]
    differences: tuple["Difference", ...]
    import_id: int | None
    seq: int

    @property
    def kind_word(self) -> str:
        """What happened, in a word: "retracted"."""
        return _(KINDS.get(self.kind, self.kind))

    @property
    def field_words(self) -> list[str]:
        """The fields that changed, where no two documents can be compared."""
        return [_fact(name) for name in self.fields]


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact before and after, as short texts."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class History:
    """Everything the ledger says about one deal, oldest first."""

    entries: tuple[Entry, ...]
    documents: dict[int, Document]
    live: int | None

    @property
    def last(self) -> Entry:
        return self.entries[-1]


def history(deal: Deal) -> History:
    """Two queries, however many versions there are."""
    rows = DealVersion.objects.filter(deal=deal, published_seq__isnull=False)
    numbers: dict[int, int] = {}
    live = None
    for pk, own, superseded in rows.values_list("pk", "number", "superseded_seq"):
        numbers[pk] = own
        live = own if superseded is None else live
    texts = DealDocument.objects.filter(version__in=numbers).values_list("version_id", "json")
    documents = {numbers[pk]: json.loads(text) for pk, text in texts}
    entries = []
    before: Document | None = None
    for change in Change.objects.filter(deal=deal).order_by("seq"):
        # A retraction names the version that it ended; it is not that version's own entry.
        number = numbers.get(change.version_id or 0) if change.kind in WROTE else None
        after = documents.get(number) if number else None
        differences = _differences(before, after) if before and after else ()
        entries.append(_entry(change, number, differences))
        before = after or before
    return History(tuple(entries), documents, live)


def _entry(change: Change, number: int | None, differences: tuple[Difference, ...]) -> Entry:
    return Entry(
        kind=change.kind,
        number=number,
        at=change.at,
        by=change.by,
        reason=change.reason,
        fields=tuple(change.fields),
        differences=differences,
        import_id=change.import_run_id,
        seq=change.seq,
    )


WROTE = (Change.Kind.PUBLISHED, Change.Kind.RESTORED)
# Facts that are compared; the others belong to the version and differ always.
COMPARED = {
    "target": gettext_noop("target"),
    "investors": gettext_noop("investors"),
    "investor_list": gettext_noop("investor list"),
    "date": gettext_noop("date"),
    "amount": gettext_noop("amount"),
    "kind": gettext_noop("kind"),
    "round_type": gettext_noop("round type"),
    "status": gettext_noop("status"),
    "status_history": gettext_noop("status history"),
    "ai": gettext_noop("AI"),
    "ai_basis": gettext_noop("AI basis"),
    "sectors": gettext_noop("sectors"),
    "part_of": gettext_noop("part of"),
    "population": gettext_noop("population"),
    "notes": gettext_noop("notes"),
    "sources": gettext_noop("sources"),
    "recorded_on": gettext_noop("recorded on"),
    "external_id": gettext_noop("external id"),
}
KINDS = {
    "published": gettext_noop("published"),
    "retracted": gettext_noop("retracted"),
    "merged": gettext_noop("merged"),
    "restored": gettext_noop("restored"),
    "purged": gettext_noop("purged"),
}
LONGEST = 160


def _fact(name: str) -> str:
    return _(COMPARED.get(name, name.replace("_", " ")))


def _differences(before: Document, after: Document) -> tuple[Difference, ...]:
    return tuple(
        Difference(_fact(name), _brief(before.get(name)), _brief(after.get(name)))
        for name in COMPARED
        if before.get(name) != after.get(name)
    )


def _brief(value: Any) -> str:
    """A fact of a document as one short line; "–" where there is none."""
    if value in (None, "", [], {}):
        return "–"
    if isinstance(value, list):
        text = "; ".join(_brief(item) for item in value)
    elif isinstance(value, dict):
        text = _brief_record(value)
    else:
        text = str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _brief_record(value: dict[str, Any]) -> str:
    """The parts of a target, investor, date, amount, status or source that a person reads."""
    if "title" in value:
        about = f"{value['field']}: " if value.get("field") else ""
        return f"{about}{value['title']}"
    names = (
        "name", "country", "status", "first", "last", "authority", "reason", "state", "currency",
        "low", "high", "contribution", "stake_percent",
    )  # fmt: skip
    shown = [str(value[name]) for name in names if value.get(name)]
    return " ".join(dict.fromkeys(shown)) or "–"
