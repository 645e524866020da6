"""A row's facts as the text that is staged: first what its deal is, then who took part in it.

Rows of one deal mostly differ in who took part only. Their first parts are then the same text, so
that they need neither be written nor be read nor be compared fact by fact.
"""

import orjson

from deals.feeds.facts import Facts
from deals.models.documents import dumps

# Quotation marks inside a text are escaped, so this stands nowhere but where that part begins.
PART = ',"investor_list":'
TAKING_PART = frozenset({"investor_list", "investors", "ids"})


def deal_text(facts: Facts) -> str:
    """The first part, from the facts of `deals.feeds.facts.of_deal`."""
    return dumps(facts)[:-1]


def row_text(deal: str, taking_part: Facts) -> str:
    """The whole text of a row, from the text of its deal and who took part."""
    return f"{deal},{dumps(taking_part)[1:]}"


def parts(text: str) -> tuple[str, str]:
    """The text of the deal, and that of who took part."""
    at = text.find(PART)
    return (text[:at], text[at:]) if at > 0 else (text, "")


def read(text: str) -> Facts:
    """All facts of a row."""
    facts: Facts = orjson.loads(text)
    return facts


def read_taking_part(text: str) -> Facts | None:
    """Who took part, from the second part; None where there is more in it."""
    facts: Facts = orjson.loads("{" + text[1:]) if text else {}
    return facts if facts.keys() == TAKING_PART else None
