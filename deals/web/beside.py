"""What stands beside a deal's own facts: a likely double, and evidence that disagrees with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from deals.models import Deal, DealSuggestion, DealVersion, Domicile
from deals.models.attribution import Evidence, OwnerBook, Seat
from deals.templatetags.formats import country
from deals.web.shown import Document


@dataclass(frozen=True, slots=True)
class Double:
    """Another live deal that may be the same one; nobody has decided yet (rule 18)."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Otherwise:
    """A country that a source stated, where evidence about the organization says another one."""

    name: str
    stated: str
    evidence: str


def doubles(found: Deal) -> list[Double]:
    """Live deals with which this one waits to be compared; one query."""
    pairs = DealSuggestion.objects.filter(state=DealSuggestion.State.OPEN).order_by()
    # Two conditions with OR between them would be looked for in every live version there is.
    others = pairs.filter(one=found).values("other").union(pairs.filter(other=found).values("one"))
    rows = DealVersion.objects.live().filter(deal__in=others).order_by("deal")
    return [Double(*row) for row in rows.values_list("deal__public_id", "target_name")]


def stated_otherwise(document: Document) -> list[Otherwise]:
    """Countries stated for this deal that our evidence does not bear out; one query."""
    sides = [document["target"], *document["investors"]]
    stated = [one for one in sides if one["id"] and one["country_basis"] == "stated"]
    book, pks = _seats(one["id"] for one in stated)
    days = _day(document["date"]["first"]), _day(document["date"]["last"])
    found = []
    for one in stated:
        seat = book.headquarters(pks[one["id"]], *days) if one["id"] in pks else None
        if seat and seat != one["country"]:
            name = one["name"] or _("an investor nobody names")
            found.append(Otherwise(name, country(one["country"]), country(seat)))
    return found


def _seats(ids: Iterable[str]) -> tuple[OwnerBook, dict[str, int]]:
    """Headquarters on evidence alone, without the undated country that files brought."""
    rows = Domicile.objects.filter(
        organization__public_id__in=list(ids), basis=Domicile.Basis.HEADQUARTERS
    ).values_list("pk", "organization__public_id", "organization", "country", "first", "last")
    seats, pks = {}, {}
    for pk, public_id, organization, code, first, last in rows:
        pks[public_id] = organization
        seats[pk] = Seat(organization, code, first, last)
    return OwnerBook(Evidence({}, seats, {})), pks


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
