"""What is known about an organization, and changes of it, in the reader's words."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deals import localised
from deals.entry.evidence import ORGANIZATION, Change, Record, day
from deals.entry.evidence import share as share_of
from deals.models import Domicile, Organization

KINDS: dict[str, Promise] = {
    Organization.Kind.COMPANY: gettext_lazy("Company"),
    Organization.Kind.FUND: gettext_lazy("Fund"),
    Organization.Kind.GOVERNMENT: gettext_lazy("Government body"),
    Organization.Kind.UNIVERSITY: gettext_lazy("University"),
    Organization.Kind.CONSORTIUM: gettext_lazy("Consortium"),
    Organization.Kind.UNKNOWN: gettext_lazy("Kind not known"),
}
BASES: dict[str, Promise] = {
    Domicile.Basis.HEADQUARTERS: gettext_lazy("Headquarters"),
    Domicile.Basis.INCORPORATION: gettext_lazy("Incorporation"),
    Domicile.Basis.OPERATIONS: gettext_lazy("Operations"),
}
# ISO 15924 codes as the register uses them.
SCRIPTS: dict[str, Promise] = {
    "Latn": gettext_lazy("Latin script"),
    "Hans": gettext_lazy("simplified Chinese"),
    "Hant": gettext_lazy("traditional Chinese"),
    "Hani": gettext_lazy("Chinese characters"),
    "Jpan": gettext_lazy("Japanese"),
    "Kore": gettext_lazy("Korean"),
    "Cyrl": gettext_lazy("Cyrillic script"),
    "Grek": gettext_lazy("Greek script"),
    "Arab": gettext_lazy("Arabic script"),
    "Hebr": gettext_lazy("Hebrew script"),
    "Thai": gettext_lazy("Thai script"),
    "Deva": gettext_lazy("Devanagari"),
    "Zyyy": gettext_lazy("no letters"),
}
# What the numbers that others give are called.
SCHEMES = {"lei": "LEI", "wikidata": "Wikidata", "crunchbase": "Crunchbase"}
WHAT: dict[str, Promise] = {
    "name": gettext_lazy("Another name"),
    "identifier": gettext_lazy("Identifier"),
    "domicile": gettext_lazy("Place"),
    "owner": gettext_lazy("Owner"),
}
PLAIN: dict[str, Promise] = {
    "name": gettext_lazy("Name"),
    "kind": gettext_lazy("Kind"),
    "country": gettext_lazy("Country without dates"),
}
OPS: dict[str, Promise] = {
    "add": gettext_lazy("new"),
    "change": gettext_lazy("changed"),
    "remove": gettext_lazy("taken out"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One change: both sides in words ("" for none), and the source of the new one."""

    what: str
    op: str
    before: str
    after: str
    source: str
    url: str
    note: str = ""


def lines(changes: Iterable[Change]) -> list[Line]:
    """A line for each fact that changes."""
    found = []
    for change in changes:
        if change["what"] == ORGANIZATION:
            found += [
                Line(
                    str(PLAIN[name]),
                    "",
                    _plain(name, was),
                    _plain(name, change["after"][name]),
                    "",
                    "",
                )
                for name, was in change["before"].items()
            ]
        else:
            found.append(_line(change))
    return found


def said(what: str, side: Record) -> str:
    """One side of a change: "Headquarters in Germany, from 1 Jan 2019"; "" for none."""
    if not side:
        return ""
    match what:
        case "name":
            return f"{side['name']} ({SCRIPTS.get(side['script'], side['script'])})"
        case "identifier":
            return f"{SCHEMES.get(side['scheme'], side['scheme'])} {side['value']}"
        case "domicile":
            place = _("%(basis)s in %(country)s") % {
                "basis": BASES[side["basis"]],
                "country": localised.country_name(side["country"]),
            }
            return ", ".join([place, *_days(side)])
    return ", ".join([_owner(side), *_held(side), *_days(side)])


def stands(change: Change, now: Record | None) -> str:
    """What stands where a change was to be made, because somebody else was faster."""
    if change["what"] == ORGANIZATION:
        return ", ".join(_plain(name, value) for name, value in (now or {}).items())
    return said(change["what"], now or {}) or _("nothing any more")


def _line(change: Change) -> Line:
    after = change["after"]
    return Line(
        what=str(WHAT[change["what"]]),
        op=str(OPS[change["op"]]),
        before=said(change["what"], change["before"]),
        after=said(change["what"], after),
        source=after.get("title", ""),
        url=after.get("url", ""),
        note=after.get("note", ""),
    )


def _plain(name: str, value: str) -> str:
    if name == "kind":
        return str(KINDS.get(value, value))
    if name == "country":
        return localised.country_name(value) if value else _("not known")
    return value


def _owner(side: Record) -> str:
    if not side["country"]:
        return str(side["name"])
    return f"{side['name']} ({localised.country_name(side['country'])})"


def _held(side: Record) -> Iterable[str]:
    value = share_of(side["share"])
    if value is not None:
        yield localised.percent(value)
    if side["controlling"]:
        yield _("controls")
    if side["state_linked"]:
        yield _("state-linked")


def _days(side: Record) -> Iterable[str]:
    if first := day(side["first"]):
        yield _("from %(day)s") % {"day": localised.day(first)}
    if last := day(side["last"]):
        yield _("until %(day)s") % {"day": localised.day(last)}
