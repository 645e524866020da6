"""Which deals a webhook is about, as a person says it: the address of a page, or its parameters."""

from urllib.parse import urlsplit

from django.core.exceptions import TooManyFieldsSent
from django.http import QueryDict
from django.utils.translation import gettext as _

from deals.flows.query import BadParameters, FlowQuery
from deals.flows.scope import resolve
from deals.webhooks.address import Refused

LONGEST = 2000
FIELD = "filter"
# How a page shows its deals, not which.
APPEARANCE = ("tab", "ordering", "page_size", "cursor")
HELD = ("release", "as_of")


def read_filter(typed: str) -> dict[str, str]:
    """Parameters of a question, {} for all deals. Raises `Refused` with what cannot be asked."""
    typed = typed.strip()
    if not typed:
        return {}
    if len(typed) > LONGEST:
        raise Refused(_("A filter has at most %(most)s characters.") % {"most": LONGEST}, FIELD)
    given = _parameters(typed)
    for name in APPEARANCE:
        given.pop(name, None)
    if given.get("place") == "flow":
        del given["place"]
    for name in ("q", "place"):
        if given.pop(name, ""):
            said = _("A webhook cannot follow “%(name)s”: leave it out of the filter.")
            raise Refused(said % {"name": name}, FIELD)
    if any(given.get(name) for name in HELD):
        said = _("A webhook tells what goes on, so it is not held to a point of the ledger.")
        raise Refused(said, FIELD)
    try:
        query = FlowQuery.from_params(given).but(compare=FlowQuery().compare)
        resolve(query)
    except BadParameters as error:
        said = " ".join(f"{one.parameter}: {one.message}" for one in error.problems)
        raise Refused(said, FIELD) from None
    # The bare register page shows funding rounds of AI companies, which is not all deals.
    return query.to_params() or {"kind": ",".join(query.kind)}


def _parameters(typed: str) -> dict[str, str]:
    try:
        parts = urlsplit(typed)
    except ValueError:
        raise Refused(_("This is not the address of a page: check its spelling."), FIELD) from None
    is_address = bool(parts.scheme) or typed.startswith("/")
    text = parts.query if is_address else typed.lstrip("?")
    if is_address and parts.path not in ("/deals/", "/flows/", "/api/v1/deals/"):
        said = _("Paste the address of a list of deals or of a flow, or its parameters.")
        raise Refused(said, FIELD)
    if not is_address and "=" not in text:
        said = _("Paste the address of a list of deals or of a flow, or its parameters.")
        raise Refused(said, FIELD)
    try:
        given = QueryDict(text)
    except TooManyFieldsSent:
        raise Refused(_("These are too many parameters."), FIELD) from None
    found = {name: ",".join(given.getlist(name)) for name in given}
    if (
        is_address
        and parts.path == "/flows/"
        and not (found.get("investor") or found.get("target"))
    ):
        said = _("Choose investors or companies on the page of flows first.")
        raise Refused(said, FIELD)
    return found
