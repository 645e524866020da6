"""Numbers that others give to organizations: legal entity identifiers, Wikidata, Crunchbase."""

import re
from collections.abc import Callable

from deals.rules.errors import RuleError, quoted

LEI, WIKIDATA, CRUNCHBASE = "lei", "wikidata", "crunchbase"
_ADDRESS = re.compile(r"^https?://[^/]+/(?:wiki/|organization/|entity/|#/record/|record/)*")


def identifier(scheme: str, text: str) -> str:
    """An identifier of one of `SCHEMES` as it is stored; its page's address is taken, too.

    Raises RuleError "bad_identifier", or "unknown_scheme".
    """
    rule = SCHEMES.get(scheme)
    if rule is None:
        raise RuleError(
            "unknown_scheme", f"{quoted(scheme)} is not one of {', '.join(sorted(SCHEMES))}."
        )
    return rule(_ADDRESS.sub("", text.strip()).rstrip("/"))


def lei(text: str) -> str:
    """ISO 17442: 18 letters and digits, then two check digits by ISO 7064 (MOD 97-10)."""
    code = text.replace(" ", "").upper()
    if not re.fullmatch(r"[0-9A-Z]{18}[0-9]{2}", code):
        raise RuleError(
            "bad_identifier",
            f"{quoted(text)} is not an LEI: it has 18 letters and digits and then two digits.",
        )
    if int("".join(str(int(char, 36)) for char in code)) % 97 != 1:
        raise RuleError(
            "bad_identifier",
            f"{quoted(text)} is not an LEI: its check digits do not fit. Compare it letter by "
            "letter.",
        )
    return code


def wikidata(text: str) -> str:
    """Q and a number."""
    code = text.upper()
    if not re.fullmatch(r"Q[1-9][0-9]{0,11}", code):
        raise RuleError(
            "bad_identifier", f"{quoted(text)} is not a Wikidata item: write it like Q95."
        )
    return code


def crunchbase(text: str) -> str:
    """The last part of the address of the organization's page."""
    code = text.lower()
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,199}", code):
        raise RuleError(
            "bad_identifier",
            f"{quoted(text)} is not a Crunchbase name: take the last part of the page’s address, "
            "like agile-robots.",
        )
    return code


SCHEMES: dict[str, Callable[[str], str]] = {LEI: lei, WIKIDATA: wikidata, CRUNCHBASE: crunchbase}
