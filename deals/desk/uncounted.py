"""Why a deal moves no headline number, in the words of the rules of counting (/methods/)."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from deals.entry.facts import Facts
from deals.rules.counting import EVER_COMPLETED_STATUSES
from deals.rules.regions import side
from deals.templatetags.formats import words

FUNDING_ROUND = "funding_round"


def why_uncounted(deal: Facts) -> list[str]:
    """One sentence for each reason for which a deal with these facts is in no headline flow.

    [] where it may be in one, so that a change of it just changes nothing that is counted there.
    """
    reasons = [*_target(deal), *_investors(deal)]
    if deal["kind"] != FUNDING_ROUND:
        said = _("The headline numbers count funding rounds only; this is: %(kind)s.")
        reasons.append(said % {"kind": words(deal["kind"])})
    steps = {step["status"] for step in deal["status_history"]}
    if not {deal["status"], *steps} & EVER_COMPLETED_STATUSES:
        said = _("Only deals that were completed count; this one is: %(status)s.")
        reasons.append(said % {"status": words(deal["status"])})
    if deal["ai"] == "no":
        reasons.append(_("Its target is not an AI company."))
    elif deal["ai"] != "yes":
        reasons.append(_("It is not known whether its target is an AI company."))
    return reasons


def _target(deal: Facts) -> Iterable[str]:
    country = deal["target"]["country"]
    if not country:
        yield _("The country of the target is not known; the deal is in no flow until it is.")
    elif _side(country) == "":
        yield _("The target is neither in Europe nor in China.")


def _investors(deal: Facts) -> Iterable[str]:
    """Nobody from the other side; somebody of whom nothing is known may be from there."""
    into, found = _side(deal["target"]["country"] or ""), deal["investors"]
    countries = [one["country"] for one in found]
    if not into or any(_side(code or "") not in (into, "") for code in countries):
        return
    if not found:
        yield _("It names no investor.")
    elif None in countries or "" in countries:
        yield (
            _("No investor is known to be from Europe; the country of some is not known.")
            if into == "china"
            else _("No investor is known to be from China; the country of some is not known.")
        )
    else:
        yield (
            _("No investor is from Europe.") if into == "china" else _("No investor is from China.")
        )


def _side(country: str) -> str:
    """ "europe" or "china", as the headline questions mean them; "" for everywhere else."""
    if country in side("europe").always:
        return "europe"
    return "china" if country in side("china-hk-mo").always else ""
