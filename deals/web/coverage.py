"""Coverage and growth in words and rows, for the page of status."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from deals.flows.coverage import MEASURES
from deals.templatetags.formats import day, number, percent


@dataclass(frozen=True, slots=True)
class Line:
    """A period and its cells: all deals first, then those of which each measure holds."""

    title: str
    n: int
    deals: str
    cells: tuple[Mapping[str, Any], ...]


def lines(found: Mapping[str, Any]) -> list[Line]:
    """Years in order, then deals without a single one, then everything."""
    return [_line(row) for row in (*found["rows"], found["total"])]


def _line(row: Mapping[str, Any]) -> Line:
    titles = {
        None: _("All"),
        "several_years": _("Several years"),
        "no_date": _("No date"),
    }
    title = titles.get(row["period"], row["period"])
    return Line(str(title), row["n"], row["deals"], tuple(row[name] for name in MEASURES))


def grown(found: Mapping[str, Any]) -> list[str]:
    """ "2023 grew by 12 % in its second year: from 100 to 112 deals", newest first."""
    return [_sentence(one) for one in reversed(found["second_years"])]


def _sentence(one: Mapping[str, Any]) -> str:
    words = {
        "year": str(one["year"]),
        "first": number(one["first"]),
        "second": number(one["second"]),
    }
    growth = one["growth"]
    if growth is None or one["first"] == one["second"]:
        return _("%(year)s: %(first)s deals at its end, %(second)s a year later.") % words
    if one["second"] < one["first"]:
        words["percent"] = percent(growth.removeprefix("-"), 0)
        return (
            _("%(year)s shrank by %(percent)s in its second year: from %(first)s to %(second)s"
              " deals.") % words
        )  # fmt: skip
    words["percent"] = percent(growth, 0)
    return (
        _("%(year)s grew by %(percent)s in its second year: from %(first)s to %(second)s deals.")
        % words
    )


def points(found: Mapping[str, Any]) -> list[str]:
    """The headings of the table: days, and today."""
    *past, _now = found["points"]
    return [*(day(one) for one in past), _("today")]
