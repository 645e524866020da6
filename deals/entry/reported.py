"""What a reader can say is wrong: facts of a deal or an organization by their name and title."""

from django.utils.translation import gettext_noop

# The page as a whole.
WHOLE = ""
# Names as in `deals.entry.facts`.
DEAL = {
    WHOLE: gettext_noop("Something else, or the deal as a whole"),
    "target": gettext_noop("The target or its country"),
    "investors": gettext_noop("The investors or their countries"),
    "date": gettext_noop("The date"),
    "amount": gettext_noop("The amount"),
    "kind": gettext_noop("The kind of deal or the round"),
    "status": gettext_noop("The status"),
    "ai": gettext_noop("Whether it is AI"),
    "sectors": gettext_noop("The sectors"),
    "sources": gettext_noop("The sources"),
}
# Names as the edits of an organization say what they change.
ORGANIZATION = {
    WHOLE: gettext_noop("Something else, or the organization as a whole"),
    "name": gettext_noop("Its names"),
    "domicile": gettext_noop("Where it is"),
    "owner": gettext_noop("Who owns it"),
    "identifier": gettext_noop("Its identifiers"),
}


def title(field: str) -> str:
    """The English title of a fact in either list; the whole for a name that neither knows."""
    return DEAL.get(field) or ORGANIZATION.get(field) or DEAL[WHOLE]
