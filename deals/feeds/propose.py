"""A profile for a file never seen before: a draft with reasons, for a person to check."""

import re
from collections.abc import Callable, Sequence

from deals.feeds import drafting, hints, translations
from deals.feeds.content import Column, columns_of
from deals.feeds.detect import Detected, title_of
from deals.feeds.fields import FIELDS
from deals.feeds.mapping import Mapping, fit, map_columns
from deals.feeds.marks import DAYS
from deals.feeds.proposal import Proposal

FUNDING = re.compile(
    r"rais|fund|financ|series|invest|runde|finanz|levé|tour|融资|投资|轮", re.IGNORECASE
)
DATED = re.compile(r"[\s_-]*(?:19|20)[0-9]{2}(?:[-_. ]?[0-9]{2}){0,2}\s*$")
SOURCES = (" | ", "|", ";", "\n", ",", " ")
SURE = 0.9


def propose(detected: Detected) -> Proposal:
    """The likeliest profile of a file. Never raises for what stands in it."""
    draft = _beginning(detected)
    columns = columns_of(detected.header, detected.rows, detected.decimal, detected.date_order)
    mapping = map_columns(columns)
    draft.skip_when = hints.no_deals(detected, mapping)
    if draft.skip_when:
        columns = _without_skipped(detected, draft.skip_when)
        mapping = map_columns(columns)
        shown = ", ".join(f"“{word}”" for word in draft.skip_when[1][:3])
        draft.say("skip_when", f"rows with {shown} in “{draft.skip_when[0]}” are not deals")
    draft.unknown = hints.unknown_words(detected, mapping)
    lists = drafting.investors(draft, mapping)
    drafting.ids(draft, mapping, columns)
    drafting.money(draft, detected, mapping)
    drafting.rows(draft, mapping, columns, lists)
    _words(draft, mapping)
    _ai(draft, mapping, columns)
    _constants(draft, mapping, columns)
    _sources(draft, mapping)
    _finish(draft, mapping)
    return draft


def _beginning(detected: Detected) -> Proposal:
    # Half a second, which a process that only shows the page should not pay.
    from pypinyin import lazy_pinyin

    title = title_of(detected.name)
    # Files of one feed differ in their date, which is no part of the feed's name.
    name = (
        re.sub(r"[\s_-]*(?:19|20)[0-9]{2}(?:[-_.]?[0-9]{2}){0,2}\s*$", "", title).strip() or title
    )
    slug = re.sub(r"[^a-z0-9]+", "-", " ".join(lazy_pinyin(name)).casefold()).strip("-")[:64]
    universal = detected.encoding.replace("_", "-").casefold().startswith("utf")
    return Proposal(
        name=name[:200],
        code=slug.strip("-") or "feed",
        encoding="auto" if universal else detected.encoding,
        delimiter="tab" if detected.delimiter == "\t" else detected.delimiter,
        skip_rows=detected.skip_rows,
        decimal=detected.decimal,
        date_order=detected.date_order,
    )


def _without_skipped(detected: Detected, rule: tuple[str, tuple[str, ...]]) -> list[Column]:
    at = detected.header.index(rule[0])
    words = {word.casefold() for word in rule[1]}
    rows = [
        row
        for row in detected.rows
        if (row[at].strip() if at < len(row) else "").casefold() not in words
    ]
    return columns_of(detected.header, rows, detected.decimal, detected.date_order)


def _words(draft: Proposal, mapping: Mapping) -> None:
    """The supplier's words as ours, where the register does not know them."""
    makers: dict[str, Callable[[Column], dict[str, str]]] = {
        "round_type": translations.round_types,
        "kind": translations.kinds,
        "status": translations.statuses,
        "target_country": translations.countries,
        "investor_country": translations.countries,
    }
    rounds = None if "kind" in mapping.columns else mapping.columns.get("round_type")
    if rounds is not None and (found := translations.kinds_in_rounds(rounds)):
        mapping.take("kind", rounds, f"“{rounds.header}” also names kinds of deals")
        draft.values["kind"] = found
        makers.pop("kind")
    for fact, make in makers.items():
        column = mapping.columns.get(fact)
        if column is not None and (words := make(column)):
            draft.values[fact] = words
    if (tags := mapping.columns.get("sectors")) is not None:
        dropped = translations.sectors(tags)
        if dropped is None:
            mapping.drop("sectors")
            draft.notes.append(
                f"“{tags.header}” is not used for sectors: too few of its words are ours."
            )
        elif dropped:
            draft.values["sectors"] = dropped
            draft.say("values.sectors", "words that are no sectors of ours are left out")


def _ai(draft: Proposal, mapping: Mapping, columns: Sequence[Column]) -> None:
    if "ai" in mapping.columns:
        return
    hint = hints.ai_of(columns)
    if hint is None:
        draft.check.add("ai")
        draft.notes.append(
            "Nothing in the first rows tells which deals are about AI: say it under [ai], or they "
            "stay unknown."
        )
    elif hint.values:
        mapping.take("ai", hint.column, f"tags in “{hint.column.header}” name AI", sure=False)
        draft.values["ai"] = hint.values
    else:
        draft.ai_when = hint.column.header, hint.words
        shown = ", ".join(hint.words[:3])
        draft.say("ai", f"“{hint.column.header}” speaks of {shown} …", sure=hint.tags)


def _constants(draft: Proposal, mapping: Mapping, columns: Sequence[Column]) -> None:
    if "kind" not in mapping.columns:
        told = "round_type" in mapping.columns
        bought = drafting.acquisitions(mapping, columns)
        draft.constants["kind"] = "acquisition" if bought else "funding_round"
        speaks = bought or told or any(FUNDING.search(column.header) for column in columns)
        what = "acquisitions" if bought else "funding rounds"
        draft.say("kind", f"the headers speak of {what}" if speaks else "not said", sure=speaks)
    if not {"status", "status_history"} & mapping.columns.keys():
        draft.constants["status"] = "completed"
        draft.say("status", "no column has a status")
    if "investor_list" in mapping.columns or "investor_list" in draft.constants:
        return
    if "investor_name" in mapping.columns:
        word, why = _completeness(draft, mapping)
        draft.constants["investor_list"] = word
        draft.say("investor_list", why, sure=draft.constants.get("kind") == "acquisition")


def _completeness(draft: Proposal, mapping: Mapping) -> tuple[str, str]:
    target = mapping.columns.get("target_name")
    single = draft.rows == "participation" and target and len(target.cells) >= 20
    if (
        single
        and draft.constants.get("kind") != "acquisition"
        and "several" not in draft.why["rows"]
    ):
        return "partial", "every deal names one investor only"
    return "complete", "nothing says that investors are missing"


def _sources(draft: Proposal, mapping: Mapping) -> None:
    column = mapping.columns.get("source_url")
    several = [c for c in column.filled if c.casefold().count("http") > 1] if column else []
    for mark in SOURCES if several else ():
        if all(mark in cell for cell in several):
            draft.sources_separator = mark
            break


def _finish(draft: Proposal, mapping: Mapping) -> None:
    ordered = sorted(mapping.columns.items(), key=lambda item: FIELDS.index(item[0]))
    for fact, column in ordered:
        # A list of investors is another fact than an investor.
        name = "investors" if fact == "investor_name" and draft.investors_separator else fact
        draft.columns[name] = column.header
        draft.why[name] = mapping.why[fact]
        if fact in mapping.check or (column.filled and not _fits(draft, fact, column)):
            draft.check.add(name)
    dates = mapping.columns.get("announced_on")
    if draft.date_order is None and dates and any(map(DAYS.fullmatch, dates.filled)):
        draft.say("date_order", "nothing tells whether days or months come first", sure=False)
    if "target_name" not in draft.columns:
        draft.notes.append("No column seems to name the target: choose one.")
    if "target_country" not in draft.columns:
        draft.check.add("target_country")
        draft.notes.append(
            "No column has the targets’ country: if it is the same for all, give target_country "
            "under [constants]; deals without one are in no flow."
        )
    named = {"investor_name", "investors"} & draft.columns.keys()
    if named and "investor_country" not in draft.columns and "[" not in _cells_of(mapping):
        draft.notes.append(
            "No column has the investors’ countries: give those that you know by name under "
            "[investors]; the others stay unknown."
        )


def _fits(draft: Proposal, fact: str, column: Column) -> bool:
    """Whether nearly all cells can be read as this fact, or are translated."""
    return fit(column, fact) >= SURE or fact in draft.values


def _cells_of(mapping: Mapping) -> str:
    return " ".join(mapping.columns["investor_name"].cells[:50])
