"""A row's facts as the text that is staged: first what its deal is, then who took part in it.

Rows of one deal mostly differ in who took part only. The first part is then left out where it is
that of the row before, so that it need not be written, read and compared fact by fact.
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
    """The text of a row, from that of its deal and who took part.

    `deal` is "" where the row before, which has the same key, says the same of it.
    """
    return f"{deal},{dumps(taking_part)[1:]}"


def parts(text: str, before: str) -> tuple[str, str]:
    """The text of the deal, and that of who took part; `before` is that of the row before."""
    if text[0] == ",":
        return before, text
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
