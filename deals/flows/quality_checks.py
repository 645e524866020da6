"""What a live deal can lack, as conditions over its facts; each is a work list of the desk."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop

from deals.rules.counting import VALUE_KINDS
from deals.rules.fx import LAST_RATE_DAY
from deals.rules.rates import quoted


@dataclass(frozen=True, slots=True)
class Check:
    """`condition` is SQL over the facts `f`; `cheap` ones need no other table.

    `common` is what many deals lack, so that the first are found without looking at all of them.
    `headline` ones are asked only of deals between Europe and China.
    """

    code: str
    title: str
    why: str
    condition: str
    cheap: bool = False
    common: bool = False
    headline: bool = False


ONE_SOURCE = (
    "(SELECT count(DISTINCT c.source_id) FROM deals_citation c WHERE c.version_id = f.version_id)"
    " < 2"
)
# As arrays, so that the few sources and evidence are looked at first, and then their deals.
NO_ADDRESS = """f.version_id = ANY(ARRAY(
    SELECT c.version_id FROM deals_citation c JOIN deals_source s ON s.id = c.source_id
    WHERE s.kind = 'page' AND s.url = ''))"""
NO_BASIS = """f.ai = 'yes' AND EXISTS (
    SELECT FROM deals_dealversion v WHERE v.id = f.version_id AND v.ai_basis = '')"""
# Evidence of headquarters on the deal's whole date, and another country stated by the source.
OTHERWISE = """f.version_id = ANY(ARRAY(
    SELECT p.version_id FROM deals_domicile d
    JOIN deals_participation p ON p.investor_id = d.organization_id
    JOIN deals_dealversion v ON v.id = p.version_id
    WHERE d.basis = 'headquarters' AND p.country_basis = 'stated' AND p.country <> d.country
      AND (d.first IS NULL OR d.first <= v.date_first)
      AND (d.last IS NULL OR d.last >= v.date_last)))"""

CHECKS = {
    check.code: check
    for check in (
        Check(
            "headline-single-source",
            gettext_noop("Between Europe and China, with one source"),
            gettext_noop(
                "These deals make the headline numbers, and one source stands behind each."
            ),
            ONE_SOURCE,
            headline=True,
        ),
        Check(
            "single-source",
            gettext_noop("No second source"),
            gettext_noop("One source alone can be wrong; a second one shows where."),
            ONE_SOURCE,
            common=True,
        ),
        Check(
            "coarse-date",
            gettext_noop("Date known to the year, or worse"),
            gettext_noop("A deal without a finer date is in no quarter, and perhaps in no year."),
            "(f.date_first IS NULL OR f.date_last - f.date_first >= 359)",
            cheap=True,
        ),
        Check(
            "investor-country",
            gettext_noop("Country of an investor not known"),
            gettext_noop("Such a deal widens the range of every share that it may belong to."),
            "f.investor_list <> 'none' AND '' = ANY(f.hq_parts)",
            cheap=True,
        ),
        Check(
            "target-country",
            gettext_noop("Country of the target not known"),
            gettext_noop("Such a deal is in no flow; it is printed beside the numbers."),
            "f.target_country IS NULL",
            cheap=True,
        ),
        Check(
            "no-investors",
            gettext_noop("No list of investors"),
            gettext_noop("Nobody knows whether the deal crosses a border."),
            "f.investor_list = 'none'",
            cheap=True,
        ),
        Check(
            "undisclosed",
            gettext_noop("Amount not disclosed"),
            gettext_noop("Values say for how many deals an amount is known; this is the rest."),
            "f.amount_state = 'undisclosed' AND f.kind = ANY(%(value_kinds)s::varchar[])",
            cheap=True,
            common=True,
        ),
        Check(
            "rate-pending",
            gettext_noop("Exchange rate pending"),
            gettext_noop(
                "The rates end before the deal’s date, so its amount is not in euros yet."
            ),
            "f.amount_state <> 'undisclosed' AND f.eur_per_unit IS NULL"
            " AND f.currency = ANY(%(quoted)s::varchar[]) AND f.date_last > %(last_rate)s::date",
            cheap=True,
        ),
        Check(
            "ai-basis",
            gettext_noop("No word on why it is AI"),
            gettext_noop("That a deal is AI is a judgement, and a judgement has its basis."),
            NO_BASIS,
        ),
        Check(
            "no-address",
            gettext_noop("A source without an address"),
            gettext_noop("Nobody can open what has no address."),
            NO_ADDRESS,
        ),
        Check(
            "country-against-evidence",
            gettext_noop("Country stated against our evidence"),
            gettext_noop(
                "A source says another country of an investor than the register’s own evidence on"
                " that day. What the source says stands until somebody has looked."
            ),
            OTHERWISE,
        ),
    )
}


def parameters() -> dict[str, Any]:
    """What the conditions name."""
    return {
        "value_kinds": sorted(VALUE_KINDS),
        "quoted": sorted(quoted()),
        "last_rate": LAST_RATE_DAY(),
    }
