"""`/deals/<id>/`: one deal, each fact with its source, and all its published versions."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from deals.flows.definition import joined
from deals.flows.query import BadParameters, Problem
from deals.models import Deal, DealVersion, OrganizationName, Release
from deals.rules.counting import KINDS, STATUSES
from deals.rules.vocab import ROUND_TYPES
from deals.templatetags.formats import country, deal_date, short_title, stake
from deals.web import evidence, shown
from deals.web.beside import doubles, stated_otherwise
from deals.web.counted import verdict
from deals.web.errors import bad_request
from deals.web.held import held
from deals.web.history import History, history
from deals.web.owners import owners
from deals.web.parameters import unknown_parameters
from deals.web.reports_shown import outcomes
from deals.web.shown import Document
from deals.web.spelled import short, spelled

DEAL = gettext_noop("deal")
AI = {
    "yes": gettext_noop("Yes"),
    "no": gettext_noop("No"),
    "unknown": gettext_noop("Unknown"),
}
DATE_BASES = {
    "announced": gettext_noop("announced"),
    "completed": gettext_noop("completed"),
}
# Said of a date that is not known to the day; of a range both ends stand there already.
PRECISIONS = {
    "month": gettext_noop("%(basis)s; known to the month"),
    "quarter": gettext_noop("%(basis)s; known to the quarter"),
    "year": gettext_noop("%(basis)s; known to the year"),
    "range": gettext_noop("%(basis)s; known to the range"),
}


@require_safe
def deal(request: HttpRequest, public_id: str) -> HttpResponse:
    """The live version; `?version=N` an older one, `?release=NAME` that of a release.

    A merged deal leads to the one that survived, except in a release from before.
    """
    try:
        asked, release = _asked(request)
    except BadParameters as error:
        return bad_request(request, error)
    written = spelled("D", public_id)
    found = Deal.objects.select_related("merged_into").filter(public_id=written).first()
    if found is None:
        raise Http404(_absent(short(public_id)))
    if written != public_id:
        more = f"?{request.GET.urlencode()}" if request.GET else ""
        return redirect(f"/deals/{written}/{more}", permanent=True)
    then = held(found, release) if release else None
    if found.merged_into and not then:
        return redirect(f"/deals/{found.merged_into.public_id}/", permanent=True)
    past = history(found)
    if not past.documents:
        raise Http404(_absent(written))
    if release and not then:
        words = {"id": written, "release": release.name}
        raise Http404(_("Deal %(id)s is not in release %(release)s.") % words)
    number = past.live if asked is None else asked
    if then:
        number, past.documents[then[0]] = then[0], then[1]
    if number is None:
        return render(request, "pages/retracted.html", _retracted(past), status=410)
    if number not in past.documents:
        said = _("Deal %(id)s has no version %(number)s. Its versions are: %(numbers)s.")
        numbers = ", ".join(str(n) for n in sorted(past.documents))
        raise Http404(said % {"id": written, "number": number, "numbers": numbers})
    context = _context(found, past, number) | {"release": release}
    return render(request, "pages/deal.html", context)


def _asked(request: HttpRequest) -> tuple[int | None, Release | None]:
    """The number of a version, or a release; raises `BadParameters`."""
    problems = unknown_parameters(request, ("version", "release"))
    name = request.GET.get("release", "").strip()
    release = None
    if name and not problems:
        release = Release.objects.filter(name=name).first()
        if release is None:
            said = _("There is no release “%(name)s”.") % {"name": name}
            problems.append(Problem("release", said))
        elif request.GET.get("version", "").strip():
            problems.append(Problem("version", _("Give either a version or a release, not both.")))
    text = request.GET.get("version", "").strip()
    # Nine digits hold more versions than a deal can ever have.
    if text and not (text.isascii() and text.isdigit() and len(text) <= 9):
        problems.append(Problem("version", _("This must be the number of a version, e.g. 1.")))
    if problems:
        raise BadParameters(problems)
    return (int(text) if text else None), release


def _absent(public_id: str) -> str:
    return _("There is no deal “%(id)s” in the register.") % {"id": public_id}


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
        "title": _title(document),
        "what": _what(document),
        "kind": _(KINDS[document["kind"]]),
        "round": shown.round_title(document),
        "ai": _(AI[document["ai"]]),
        "bases": _bases(document),
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
        "doubles": doubles(found) if number == past.live else [],
        "otherwise": stated_otherwise(document),
        "outcomes": outcomes(deal=found),
    }


def _what(document: Document) -> str:
    """ "Series A" for a round of that name, "Acquisition" for a takeover."""
    return shown.round_title(document) or short_title(KINDS[document["kind"]])


def _title(document: Document) -> str:
    return _("%(target)s: %(what)s, %(date)s") % {
        "target": document["target"]["name"],
        "what": _what(document),
        "date": deal_date(document["date"]),
    }


def _bases(document: Document) -> dict[str, str]:
    """How the target's country and the date are known."""
    date = document["date"]
    basis = _(DATE_BASES[date["basis"]])
    coarse = PRECISIONS.get(date["precision"])
    return {
        "target": _(shown.COUNTRY_BASES[document["target"]["country_basis"]]),
        "date": _(coarse) % {"basis": basis} if coarse else basis,
    }


def _parts(found: Deal) -> list[dict[str, str]]:
    live = DealVersion.objects.live().filter(part_of=found).order_by("date_first", "pk")
    rows = live.values_list("deal__public_id", "target_name", "round_type")
    return [
        {"id": public_id, "text": f"{name}, {_(ROUND_TYPES.get(round_type, DEAL))}"}
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
        "said": _said(stated["state"], stated, code),
        "converted": [
            _said("range" if stated["state"] == "range" else "exact", stated[c], c.upper())
            for c in ("eur", "usd", "cny")
            if shown.converted(document, c)
        ],
        "as_written": stated["text"] if not _is_plain(stated["text"]) else "",
    }


def _said(state: str, ends: dict[str, Any], currency: str | None) -> str:
    low, high = (shown.exactly(ends[end], currency) for end in ("low", "high"))
    return shown.stated_as(state, low, high)


def _is_plain(text: str) -> bool:
    """Digits alone say nothing that the amount does not say already."""
    return not text.strip("0123456789.,() '\"")


def _investors(document: Document, names: dict[str, list[str]]) -> list[dict[str, Any]]:
    ids = (investor["id"] for investor in document["investors"])
    chains = owners(ids, document["date"]["first"], document["date"]["last"])
    currency = document["amount"]["currency"]
    return [
        investor
        | {
            "shown": shown.named(investor),
            "other_names": names.get(investor["id"], []),
            "owners": chains.get(investor["id"], []),
            "paid": shown.exactly(investor["contribution"], currency),
            "stake": stake(investor["stake_percent"]) if investor["stake_percent"] else "",
            "basis": _(shown.COUNTRY_BASES[investor["country_basis"]]),
            "owners_countries": _countries(investor["ultimate_countries"]),
        }
        for investor in document["investors"]
    ]


def _countries(codes: list[str]) -> str:
    return joined([country(code) for code in codes]) if codes else _("country not known")


def _timeline(document: Document) -> list[dict[str, Any]]:
    """The recorded history; a deal without one has its status and its own date."""
    entries = document["status_history"]
    if not entries:
        return [{"title": _(STATUSES[document["status"]]), "date": deal_date(document["date"])}]
    return [
        {
            "title": _(STATUSES[entry["status"]]),
            "date": deal_date(entry) if entry.get("first") else _("date not known"),
            "authority": entry.get("authority"),
            "reason": entry.get("reason"),
        }
        for entry in entries
    ]
