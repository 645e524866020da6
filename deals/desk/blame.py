"""Which field of the wizard a refusal of the profile is about, so that its sentence stands there.

A refusal names the key and the table: “Profile: currency in [columns] is …”.
"""

import re
from collections.abc import Sequence

WHERE = re.compile(r"^Profile: (?P<key>.+?) in (?P<table>\[[\w.]+\]|the profile) ")
# Places of the two pages by the profile's tables.
TABLES = {"[deal]": "columns", "[skip_when]": "skip_column", "[amounts]": "unit", "[ai]": "ai"}


def blamed(sentence: str, header: Sequence[str], facts: Sequence[Sequence[str]]) -> str:
    """The id of a field of the step “Columns”; "columns" when the sentence names none."""
    found = WHERE.match(sentence)
    if not found:
        return "columns"
    key, table = found["key"], found["table"]
    if table == "[columns]":
        places = (at for at in range(len(header)) if key in facts[at])
        return next((f"fact-{at}" for at in places), "columns")
    if table == "[constants]":
        return f"constant-{key}"
    if table == "the profile":
        return {"investors_separator": "separators", "rows": "rows-deal"}.get(key, "columns")
    return TABLES.get(table, "columns")


def blamed_in_check(sentence: str) -> str:
    """The id of a field of the step “Check”; "" for the page as a whole."""
    found = WHERE.match(sentence)
    if not found:
        return ""
    key, table = found["key"], found["table"]
    if table == "[population]":
        return f"population-{key}"
    return {"[ai]": "ai_words", "the profile": key if key == "name" else ""}.get(table, "")
