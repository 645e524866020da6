"""`/deals/<id>/`: one deal, each fact with its source, and all its published versions."""

import re
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from deals.flows.query import BadParameters, Problem
from deals.models import Deal, DealVersion, OrganizationName
from deals.rules.counting import KINDS, STATUSES
from deals.rules.vocab import ROUND_TYPES
from deals.templatetags.formats import deal_date
from deals.web import evidence, shown
from deals.web.counted import verdict
from deals.web.errors import bad_request
from deals.web.history import History, history
from deals.web.owners import owners
from deals.web.shown import Document

PUBLIC_ID = re.compile(r"D-[0-9A-HJKMNP-TV-Z]{8}")
# Crockford's base 32 reads what people mistake: the letters O, I and L stand for digits.
MISREAD = str.maketrans("OIL", "011")
LONGEST_SHOWN = 40
ENDS = ("low", "high")


@require_safe
def deal(request: HttpRequest, public_id: str) -> HttpResponse:
    """The live version; `?version=N` an older one. A merged deal leads to the one that survived."""
    try:
        asked = _version(request)
    except BadParameters as error:
        return bad_request(request, error)
    spelled = _spelled(public_id)
    found = Deal.objects.select_related("merged_into").filter(public_id=spelled).first()
    if found is None:
        raise Http404(f"There is no deal “{_short(public_id)}” in the register.")
    if spelled != public_id:
        more = f"?{urlencode({'version': asked})}" if asked is not None else ""
        return redirect(f"/deals/{spelled}/{more}", permanent=True)
    if found.merged_into:
        return redirect(f"/deals/{found.merged_into.public_id}/", permanent=True)
    past = history(found)
    if not past.documents:
        raise Http404(f"There is no deal “{spelled}” in the register.")
    number = past.live if asked is None else asked
    if number is None:
        return render(request, "pages/retracted.html", _retracted(past), status=410)
    if number not in past.documents:
        numbers = ", ".join(str(n) for n in sorted(past.documents))
        raise Http404(f"Deal {spelled} has no version {number}. Its versions are: {numbers}.")
    context = _context(found, past, number)
    return render(request, "pages/deal.html", context)


def _version(request: HttpRequest) -> int | None:
    problems = [
        Problem(name, "There is no such parameter. Known is: version.")
        for name in request.GET
        if name != "version"
    ]
    text = request.GET.get("version", "").strip()
    # Nine digits hold more versions than a deal can ever have.
    if text and not (text.isascii() and text.isdigit() and len(text) <= 9):
        problems.append(Problem("version", "This must be the number of a version, e.g. 1."))
    if problems:
        raise BadParameters(problems)
    return int(text) if text else None


def _spelled(public_id: str) -> str:
    """An identifier as it is written here; what cannot be one stays as it is."""
    text = public_id.strip().upper()
    spelled = text[:2] + text[2:].translate(MISREAD)
    return spelled if PUBLIC_ID.fullmatch(spelled) else ""


def _short(text: str) -> str:
    shown_text = "".join(char if char.isprintable() else "·" for char in text)
    return shown_text if len(shown_text) <= LONGEST_SHOWN else f"{shown_text[:LONGEST_SHOWN]}…"


def _retracted(past: History) -> dict[str, Any]:
    newest = past.documents[max(past.documents)]
    return {
        "section": "deals",
        "id": newest["id"],
        "name": newest["target"]["name"],
        "entry": past.last,
        "entries": past.entries,
    }


def _context(found: Deal, past: History, number: int) -> dict[str, Any]:
    document = past.documents[number]
    parts = _parts(found)
    names = _names(document)
    return {
        "section": "deals",
        "deal": document,
        "title": f"{document['target']['name']}: {_what(document)}, {deal_date(document['date'])}",
        "what": _what(document),
        "kind": KINDS[document["kind"]],
        "round": ROUND_TYPES.get(document["round_type"] or "", ""),
        "status": shown.status(document),
        "marks": shown.marks(document),
        "amounts": _amounts(document),
        "sectors": shown.sectors(document),
        "other_names": names.get(document["target"]["id"], []),
        "investors": _investors(document, names),
        "timeline": _timeline(document),
        "verdict": verdict(document, len(parts)),
        "parts": parts,
        "supports": evidence.supports(document),
        "sources": evidence.numbered(document),
        "entries": past.entries,
        "number": number,
        "live": past.live,
        "retracted": past.last if past.live is None else None,
    }


def _what(document: Document) -> str:
    """ "Series A" for a round of that name, "Acquisition" for a takeover."""
    named = ROUND_TYPES.get(document["round_type"] or "")
    return named if named else KINDS[document["kind"]].partition(" (")[0]


def _parts(found: Deal) -> list[dict[str, str]]:
    live = DealVersion.objects.live().filter(part_of=found).order_by("date_first", "pk")
    rows = live.values_list("deal__public_id", "target_name", "round_type")
    return [
        {"id": public_id, "text": f"{name}, {ROUND_TYPES.get(round_type, 'deal')}"}
        for public_id, name, round_type in rows
    ]


def _names(document: Document) -> dict[str, list[str]]:
    """Other names of the target and the investors by their public id, in any script."""
    ids = [one["id"] for one in (document["target"], *document["investors"]) if one["id"]]
    names: dict[str, list[str]] = {}
    rows = OrganizationName.objects.filter(organization__public_id__in=ids).order_by("pk")
    for public_id, name in rows.values_list("organization__public_id", "name"):
        names.setdefault(public_id, []).append(name)
    for one in (document["target"], *document["investors"]):
        if one["name"] in names.get(one["id"], ()):
            names[one["id"]].remove(one["name"])
    return names


def _amounts(document: Document) -> dict[str, Any]:
    stated = document["amount"]
    code = stated["currency"]
    return {
        "short": shown.amount(document),
        "low": shown.exactly(stated["low"], code),
        "high": shown.exactly(stated["high"], code),
        "converted": [
            {"short": text, **{end: shown.exactly(stated[c][end], c.upper()) for end in ENDS}}
            for c in ("eur", "usd", "cny")
            if (text := shown.converted(document, c))
        ],
        "as_written": stated["text"] if not _is_plain(stated["text"]) else "",
    }


def _is_plain(text: str) -> bool:
    """Digits alone say nothing that the amount does not say already."""
    return not text.strip("0123456789.,() '\"")


def _investors(document: Document, names: dict[str, list[str]]) -> list[dict[str, Any]]:
    chains = owners(investor["id"] for investor in document["investors"])
    currency = document["amount"]["currency"]
    return [
        investor
        | {
            "shown": shown.named(investor),
            "other_names": names.get(investor["id"], []),
            "owners": chains.get(investor["id"], []),
            "paid": shown.exactly(investor["contribution"], currency),
            "stake": _percent(investor["stake_percent"]),
        }
        for investor in document["investors"]
    ]


def _percent(text: str | None) -> str:
    """ "12.5000" as "12.5"."""
    return f"{Decimal(text).normalize():f}" if text else ""


def _timeline(document: Document) -> list[dict[str, Any]]:
    """The recorded history; a deal without one has its status and its own date."""
    entries = document["status_history"]
    if not entries:
        return [{"title": STATUSES[document["status"]], "date": deal_date(document["date"])}]
    return [
        {
            "title": STATUSES[entry["status"]],
            "date": deal_date(entry) if entry.get("first") else "date not known",
            "authority": entry.get("authority"),
            "reason": entry.get("reason"),
        }
        for entry in entries
    ]
