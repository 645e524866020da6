"""The sources of a deal, numbered, and which of them stand behind each fact."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from deals.web.shown import Document

# The fact on the page under which a source about a field of the register stands.
FACT_OF = {
    "target_name": "target",
    "target_country": "target",
    "announced_on": "date",
    "date_basis": "date",
    "recorded_on": "date",
    "round_type": "kind",
    "currency": "amount",
    "status_history": "status",
    "ai_basis": "ai",
    "sectors": "ai",
    "investor_name": "investors",
    "investor_country": "investors",
    "investor_list": "investors",
    "lead": "investors",
    "contribution": "investors",
    "stake": "investors",
}
FACTS = {
    "target": gettext_noop("target"),
    "investors": gettext_noop("investors"),
    "date": gettext_noop("date"),
    "kind": gettext_noop("kind"),
    "amount": gettext_noop("amount"),
    "status": gettext_noop("status"),
    "ai": gettext_noop("AI"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """What one source says about one fact; `stated` is its value where another one was chosen."""

    number: int
    quote: str
    locator: str
    stated: str


@dataclass(frozen=True, slots=True)
class Support:
    """Sources of one fact; `own` are about this very fact, else the deal's general ones stand in.

    `numbers` are of those that bear the value out. `differ` is true when two of its own sources are
    quoted with different words, `disagree` when one states another value; `why` is the desk's
    reason for the value that was chosen.
    """

    numbers: tuple[int, ...]
    said: tuple[Said, ...]
    own: bool
    differ: bool
    disagree: bool
    why: str


@dataclass(frozen=True, slots=True)
class NumberedSource:
    """A source with its number; `about` are the facts it is cited for, empty for the whole deal."""

    number: int
    title: str
    url: str
    publisher: str
    published_on: str | None
    accessed_on: str | None
    about: tuple[str, ...]
    said: tuple[Said, ...]

    @property
    def about_words(self) -> str:
        """The facts in words, "for the date, amount"."""
        facts = ", ".join(_(FACTS[name]) for name in self.about)
        return _("for the %(facts)s") % {"facts": facts}


def fact_of(field: str | None) -> str:
    """The fact on the page for a field of the register; "" for the deal as a whole."""
    name = FACT_OF.get(field or "", field or "")
    return name if name in FACTS else ""


def safe_url(url: str | None) -> str:
    """Only web addresses become links: a file of a supplier may contain anything."""
    return url if url and url.startswith(("https://", "http://")) else ""


def numbered(document: Document) -> list[NumberedSource]:
    """Each source once, in the order of the document."""
    grouped: dict[tuple[str, str | None], list[dict[str, Any]]] = {}
    for source in document["sources"]:
        grouped.setdefault((source["title"], source["url"]), []).append(source)
    return [_source(number, cited) for number, cited in enumerate(grouped.values(), 1)]


def _source(number: int, cited: list[dict[str, Any]]) -> NumberedSource:
    first = cited[0]
    about = dict.fromkeys(fact_of(source["field"]) for source in cited if source["field"])
    return NumberedSource(
        number=number,
        title=first["title"],
        url=safe_url(first["url"]),
        publisher=first["publisher"] or "",
        published_on=first["published_on"],
        accessed_on=first["accessed_on"],
        about=tuple(name for name in about if name),
        said=tuple(_said(number, source) for source in cited if not fact_of(source["field"])),
    )


def _said(number: int, source: dict[str, Any]) -> Said:
    return Said(number, source["quote"] or "", source["locator"] or "", source.get("stated") or "")


def supports(document: Document) -> dict[str, Support]:
    """For every fact of the page its sources."""
    numbers = {(source.title, source.url): source.number for source in numbered(document)}
    cited: dict[str, list[Said]] = {name: [] for name in ("", *FACTS)}
    for source in document["sources"]:
        number = numbers[(source["title"], safe_url(source["url"]))]
        cited[fact_of(source["field"])].append(_said(number, source))
    whys: dict[str, list[str]] = {name: [] for name in ("", *FACTS)}
    for field, why in (document.get("choices") or {}).items():
        whys[fact_of(field)].append(why)
    return {name: _support(cited[name], cited[""], whys[name]) for name in FACTS}


def _support(own: list[Said], general: list[Said], whys: list[str]) -> Support:
    used = [said for said in own if not said.stated] or general
    quotes = {said.quote for said in own if said.quote}
    return Support(
        numbers=tuple(dict.fromkeys(said.number for said in used)),
        said=tuple(_quoted(own)),
        own=bool(own),
        differ=len(quotes) > 1,
        disagree=any(said.stated for said in own),
        why=" ".join(whys),
    )


def _quoted(said: Iterable[Said]) -> Iterable[Said]:
    return (one for one in said if one.quote or one.locator or one.stated)
