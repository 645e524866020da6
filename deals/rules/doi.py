"""Digital object identifiers: what an archive gives to a release, so that it can be cited."""

import re

from deals.rules.errors import RuleError

RESOLVER = "https://doi.org/"
LONGEST = 200
_PREFIX = re.compile(r"^(?:(?:https?://)?(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
# ISO 26324: a registrant below "10.", then a name of any printable signs. Those that would end an
# address, or an attribute that holds one, occur in no DOI given since 2008.
_DOI = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/[A-Za-z0-9.;()/:_-]+")


def doi(text: str) -> str:
    """A DOI as it is stored, without its resolver's address; "" for none.

    Takes it as people copy it: with "https://doi.org/" or "doi:" in front. Raises RuleError
    "bad_doi".
    """
    bare = _PREFIX.sub("", text.strip())
    if not bare:
        return ""
    if len(bare) > LONGEST or not _DOI.fullmatch(bare):
        raise RuleError(
            "bad_doi",
            f"A DOI looks like 10.5281/zenodo.1234567, with {LONGEST} characters at most.",
        )
    return bare.lower()


def address(stored: str) -> str:
    """Where a stored DOI leads."""
    return f"{RESOLVER}{stored}" if stored else ""
