"""What no description can say of parameters: which of them go together."""

from typing import Any
from urllib.parse import urlencode

# Bytes of a question as it is sent: more is more than a web server takes, which says so itself.
LONGEST = 7_000


def contradicts(query: dict[str, Any]) -> bool:
    """Whether parameters that are right by themselves cannot be asked together, or one is empty or
    blank, as `str.strip` has it, which is as if it were not there."""
    texts = {name: _text(value) for name, value in query.items()}
    if any(not text.replace(",", " ").strip() for text in texts.values()):
        return True
    if len(urlencode(query, doseq=True, errors="replace")) > LONGEST:
        return True
    first, last = texts.get("from"), texts.get("to")
    low, high = texts.get("min_amount"), texts.get("max_amount")
    return (
        bool(first and last and first[:4] >= last[:4])
        or bool(low and high)
        or {"release", "as_of"} <= texts.keys()
        or ("side" in texts and texts.get("of") != "countries")
        or (texts.get("place") in ("as_target", "as_investor") and "organization" not in texts)
    )


def _text(value: Any) -> str:
    if isinstance(value, dict | list):
        return ",".join(map(_text, value))
    return "" if value is None else str(value)


def has_blank(body: Any) -> bool:
    """Whether a text in a body is empty, which is as if it were null."""
    if isinstance(body, dict):
        return any(map(has_blank, body.values()))
    if isinstance(body, list):
        return any(map(has_blank, body))
    return isinstance(body, str) and not body.strip()
