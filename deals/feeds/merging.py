"""What two rows of one deal say together, fact by fact; see `deals.feeds.facts` for their form."""

from hashlib import blake2b
from typing import Any

import orjson

from deals.feeds.contradiction import Contradiction
from deals.feeds.facts import Facts
from deals.rules.names import normalise

# Lists that add up, and what follows from another fact.
APART = frozenset(
    {
        "amount", "amount_text", "date", "ids", "investor_list", "investors", "notes", "sources",
        "target_country_basis",
    }
)  # fmt: skip
DAYS = ("first", "last", "precision")


def same_row(facts: Facts, partial: bool) -> bytes:
    """Equal for two rows that say the same, however the amount was written."""
    text = orjson.dumps([{**facts, "amount_text": ""}, partial], option=orjson.OPT_SORT_KEYS)
    return blake2b(text, digest_size=20).digest()


def merge_facts(earlier: Facts, later: Facts) -> Facts:
    """What changes in `earlier`: blanks yield to values. Raises Contradiction.

    Investors are left to `deals.feeds.roster`.
    """
    merged: Facts = {}
    for name, here in later.items():
        there = earlier[name]
        if name in APART or here == there or _blank(here):
            continue
        if _blank(there):
            merged[name] = here
        elif name != "target_name" or normalise(there) != normalise(here):
            raise Contradiction(name, there, here)
    if "target_country" in merged:
        merged["target_country_basis"] = later["target_country_basis"]
    merged |= _amount(earlier, later) | _date(earlier["date"], later["date"])
    merged |= _target_id(earlier["ids"], later["ids"])
    merged |= _lists(earlier, later)
    return merged


def _blank(value: Any) -> bool:
    return value in (None, "", [], "unknown")


def _amount(earlier: Facts, later: Facts) -> Facts:
    there, here = earlier["amount"], later["amount"]
    if here == there:
        return {}
    if here["low"] is None:
        # Its currency is that of a contribution, which the deal may not have had yet.
        currency = there["currency"] or here["currency"]
        return {"amount": {**there, "currency": currency}} if not there["currency"] else {}
    if there["low"] is None:
        return {"amount": here, "amount_text": later["amount_text"]}
    raise Contradiction("amount", there, here)


def _date(there: Facts, here: Facts) -> Facts:
    if here["basis"] != there["basis"]:
        raise Contradiction("date_basis", there["basis"], here["basis"])
    if here["first"] is None or all(here[part] == there[part] for part in DAYS):
        return {}
    if there["first"] is None:
        return {"date": here}
    raise Contradiction("date", there, here)


def _target_id(there: Facts, here: Facts) -> Facts:
    if there["target"] and here["target"] and there["target"] != here["target"]:
        raise Contradiction("target_id", there["target"], here["target"])
    return {} if there["target"] else {"ids": {**there, "target": here["target"]}}


def _lists(earlier: Facts, later: Facts) -> Facts:
    """Pages and notes, in the order of the file, each once."""
    merged: Facts = {}
    added = [source for source in later["sources"] if source not in earlier["sources"]]
    if added:
        merged["sources"] = earlier["sources"] + added
    if later["notes"] and later["notes"] not in earlier["notes"].split("\n"):
        merged["notes"] = "\n".join(filter(None, [earlier["notes"], later["notes"]]))
    return merged
