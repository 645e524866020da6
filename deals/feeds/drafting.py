"""What follows from a mapping for a profile's keys: investors, ids, money, rows and their key."""

import re
from collections.abc import Sequence

from deals.feeds import hints
from deals.feeds.content import Column
from deals.feeds.detect import Detected
from deals.feeds.headers import OURS, meanings
from deals.feeds.mapping import Mapping
from deals.feeds.proposal import Proposal
from deals.feeds.rows import Separators, deals_of, fill_down, separators
from deals.feeds.units import unit_of

ACQUISITION = re.compile(
    r"acquir|acquisi|buyer|purchaser|käufer|kaeufer|erwerb|übern|kaufpreis|acquéreur|acheteur|rachat"
    r"|收购|并购|买方|受让",
    re.IGNORECASE,
)
SURE = 0.9


def investors(draft: Proposal, mapping: Mapping) -> bool:
    """Whether cells list investors, and what follows from it for the facts beside them."""
    if "investor_name" not in mapping.columns and "lead" in mapping.columns:
        leads = mapping.columns["lead"]
        if leads.share("yes_no") < 0.5:
            mapping.drop("lead")
            mapping.take("investor_name", leads, f"header “{leads.header}” names lead investors")
            draft.constants["investor_list"] = "partial"
            draft.say("investor_list", "only lead investors are named")
    column = mapping.columns.get("investor_name")
    if column is None:
        return False
    listed = separators(column)
    ours = any(m.field == "investors" and m.language == OURS for m in meanings(column.header))
    if listed.lists or ours:
        draft.investors_separator = listed.marks or (";",)
        marks = " ".join(f"“{mark}”" for mark in draft.investors_separator)
        why = f"{listed.lists} of {listed.tried} cells list several investors with {marks}"
        draft.say("investors_separator", why, sure=listed.marks not in {(",",), (" / ",)})
    _beside(draft, mapping, listed, ours)
    return bool(listed.lists) or ours


def _beside(draft: Proposal, mapping: Mapping, listed: Separators, ours: bool) -> None:
    lists = bool(listed.lists) or ours
    lead = mapping.columns.get("lead")
    if lead is not None and lead.filled and (lead.share("yes_no") < SURE) != lists:
        mapping.drop("lead")
        draft.notes.append(
            f"“{lead.header}” is not used: with one investor a row it has to say yes or no, and "
            "with several in a cell it has to name the leads."
        )
    if not lists:
        return
    for fact in ("investor_country", "investor_id"):
        if fact in mapping.columns:
            header = mapping.columns[fact].header
            mapping.drop(fact)
            draft.notes.append(
                f"“{header}” is not used, since a cell names several investors: give countries by "
                "name under [investors], or as “Name [CC]” in the cell."
            )
    if listed.lists and (part := mapping.columns.get("contribution")) is not None and part.filled:
        mapping.drop("contribution")
        draft.notes.append(f"“{part.header}” is not used: it has to give one amount an investor.")


def ids(draft: Proposal, mapping: Mapping, columns: Sequence[Column]) -> None:
    """An address that is different in every row and is of the deal is its id as well."""
    if "external_id" not in mapping.columns and (url := mapping.columns.get("source_url")):
        own = re.search(r"/(?:funding_round|acquisition|deal|transaction|round)s?/", url.cells[0])
        if url.unique and own:
            mapping.take("external_id", url, "the address of each deal's own page identifies it")
    if {"target_id", "investor_id"} & mapping.columns.keys() and any(
        "crunchbase" in " ".join([column.header.casefold(), *column.cells[:5]])
        or (column.cells[:1] and column.cells[0].startswith("/organization/"))
        for column in columns
    ):
        draft.ids = "crunchbase"
        draft.say("ids", "the ids are Crunchbase's")


def money(draft: Proposal, detected: Detected, mapping: Mapping) -> None:
    money = hints.money_of(detected, mapping)
    column, currency = mapping.columns.get("amount"), mapping.columns.get("currency")
    draft.unit = money.unit
    if money.unit != 1:
        draft.say("unit", f"{money.why}: {money.unit:,} {money.currency or ''}".strip())
    if column is None:
        return
    stated = unit_of(column.header)[1]
    if currency is not None and stated and not {c.upper() for c in currency.counts} <= {stated}:
        mapping.drop("currency")
        draft.notes.append(
            f"“{currency.header}” is not used: “{column.header}” is in {stated} in every row."
        )
        currency = None
    if money.currency and (currency is None or stated):
        draft.constants["currency"] = money.currency
        draft.say("currency", money.why, sure=bool(stated) or not money.needed)
    elif currency is None and money.needed:
        draft.notes.append("Nothing names the currency of the amounts: choose one.")
        draft.check.add("currency")


def rows(draft: Proposal, mapping: Mapping, columns: Sequence[Column], lists: bool) -> None:
    draft.fill_down = fill_down(mapping)
    if draft.fill_down:
        draft.say("fill_down", "blank below a filled cell while the row has other cells")
    bought = acquisitions(mapping, columns)
    found = deals_of(mapping, draft.fill_down, lists=lists, acquisitions=bought)
    draft.rows, draft.key, draft.external_id = found.rows, found.key, found.external_id
    draft.say("rows", found.why_rows)
    draft.say("key", found.why_key, sure=bool(found.external_id) or len(found.key) > 1)
    if not found.external_id and "external_id" in mapping.columns:
        header = mapping.columns["external_id"].header
        mapping.drop("external_id")
        draft.notes.append(f"“{header}” is not used: it does not tell deals apart.")


def acquisitions(mapping: Mapping, columns: Sequence[Column]) -> bool:
    if "round_type" in mapping.columns or "kind" in mapping.columns:
        return False
    return any(ACQUISITION.search(column.header) for column in columns)
