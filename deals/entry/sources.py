"""Sources of the form: pages with what they say, and why one of two that disagree was believed."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deals import localised
from deals.entry.facts import CITABLE, SOURCE, Facts
from deals.entry.reading_dates import single_day
from deals.entry.reading_faults import Faults
from deals.entry.reading_texts import line, lines
from deals.feeds import fields

PAGE, FEED_FILE = "page", "feed_file"
MOST_SOURCES = 30
LONGEST_QUOTE = 5_000
LONGEST_WHY = 1_000
# A title and an address stand together in an index, whose entries PostgreSQL limits.
LONGEST_TITLE, LONGEST_TITLE_BYTES = 500, 1_500
# Of columns of a file, which the sources of imports name, the facts that they belong to.
FACT_OF = {
    **dict.fromkeys(("target_name", "target_id", "target_country"), "target"),
    **dict.fromkeys(("announced_on", "date_basis", "recorded_on"), "date"),
    **dict.fromkeys(("investor_name", "investor_id", "investor_country"), "investors"),
    **dict.fromkeys(("investor_list", "lead", "contribution", "stake"), "investors"),
    "currency": "amount",
    "status_history": "status",
    "ai_basis": "ai",
}
LIMITS = {"title": LONGEST_TITLE, "publisher": 200, "locator": 100, "stated": 300}


def read_sources(
    rows: Sequence[Mapping[str, str]], before: Sequence[tuple[Any, Facts]], faults: Faults
) -> list[Facts]:
    """The citations of a form, notes what is wrong.

    `before` are the citations of the version before, each as typed and as facts: what is typed as
    before stays as it is, and rows of files stay in any case, since nobody types them.
    """
    known = list(before)
    found: list[Facts] = []
    for at, row in enumerate(rows):
        same = next((pair for pair in known if pair[0] == row), None)
        if same is not None:
            known.remove(same)
            found.append(same[1])
        elif row["kind"] != FEED_FILE and _is_filled(row):
            found.append(_source(f"sources-{at}", row, faults))
    found = [facts for _typed, facts in known if facts["kind"] == FEED_FILE] + found
    most = max(MOST_SOURCES, len(before))
    if len(found) > most:
        faults.note(f"sources-{most}-url", _too_many(len(found), most))
    if not found:
        faults.note("sources-0-url", _("Name at least one source: a page’s address or a title."))
    return found


def typed_source(source: Mapping[str, Any]) -> dict[str, str]:
    """A citation as a person would type it."""
    typed = {name: source[name] or "" for name in SOURCE}
    return typed | {"field": FACT_OF.get(typed["field"], typed["field"])}


def read_choices(
    typed: Mapping[str, str], sources: Sequence[Mapping[str, Any]], faults: Faults
) -> dict[str, str]:
    """{fact: why} for the facts of which a source says something else; a reason is needed there."""
    found = {}
    disputed = {source["field"] for source in sources if source["stated"]}
    for fact in (fact for fact in CITABLE if fact in disputed):
        field = f"choice-{fact}"
        found[fact] = lines(field, typed.get(fact, ""), LONGEST_WHY, faults)
        if not found[fact] and not faults.among(field):
            faults.note(
                field, _("A source says something else here: say why this value was chosen.")
            )
    return found


def _is_filled(row: Mapping[str, str]) -> bool:
    return any(row[name].strip() for name in SOURCE if name not in ("kind", "field", "accessed_on"))


def _source(field: str, row: Mapping[str, str], faults: Faults) -> Facts:
    texts = {
        name: line(f"{field}-{name}", row[name], limit, faults) for name, limit in LIMITS.items()
    }
    address = faults.take(f"{field}-url", fields.url, row["url"].strip(), "")
    if not address and not texts["title"] and not faults.among(f"{field}-url", f"{field}-title"):
        faults.note(f"{field}-url", _("This source needs a page’s address or a title."))
    days = {
        name: faults.take(f"{field}-{name}", single_day, row[name], None)
        for name in ("published_on", "accessed_on")
    }
    about = row["field"].strip()
    if about and about not in CITABLE:
        faults.note(f"{field}-field", _("Choose the fact that this source speaks of."))
    if texts["stated"] and not about:
        faults.note(
            f"{field}-field",
            _("Choose the fact of which this source says “%(stated)s”.")
            % {"stated": texts["stated"]},
        )
    return {
        **texts,
        "kind": PAGE,
        "url": address,
        "title": _short(texts["title"] or address),
        **{name: day.isoformat() if day else None for name, day in days.items()},
        "field": about,
        "quote": lines(f"{field}-quote", row["quote"], LONGEST_QUOTE, faults),
    }


def _short(title: str) -> str:
    return title[:LONGEST_TITLE].encode()[:LONGEST_TITLE_BYTES].decode(errors="ignore")


def _too_many(count: int, most: int) -> str:
    return ngettext(
        "The form has %(count)s source, more than %(most)s: keep those that matter.",
        "The form has %(count)s sources, more than %(most)s: keep those that matter.",
        count,
    ) % {"count": localised.decimal(count), "most": localised.decimal(most)}
