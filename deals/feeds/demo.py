"""A demonstration population: invented deals, shaped to published totals, always marked as such.

The shape follows published figures: 2,165 rounds into Chinese AI companies in 2017–2022, of which
81 with a European investor (MERICS), and about one in seven with a US investor (after CSET). The
reverse side and everything else is made up to be plausible. Only this generator knows the totals;
the register counts them like anybody's data.
"""

import csv
import io
from dataclasses import dataclass
from random import Random

from deals.feeds.demo_cast import ELSEWHERE, EUROPE, Funds, Investor, Round, companies

COLUMNS = (
    "external_id", "target_name", "target_country", "announced_on", "round_type", "kind", "status",
    "amount", "currency", "investor_name", "investor_country", "lead", "contribution",
    "investor_list", "sectors", "ai",
)  # fmt: skip

_TARGETS_EUROPE = {
    "GB": 30, "DE": 18, "FR": 16, "CH": 7, "NL": 6, "SE": 5, "ES": 5, "FI": 3, "NO": 2, "DK": 2,
    "IT": 2, "IE": 2, "BE": 1, "AT": 1, "PL": 1,
}  # fmt: skip
_YEARS = {2017: 20, 2018: 24, 2019: 16, 2020: 13, 2021: 19, 2022: 8}


@dataclass(frozen=True, slots=True)
class Flow:
    """Rounds into one side, and in how many of them investors of each origin take part.

    Whole numbers are numbers of rounds, met exactly, and the rounds they speak of do not overlap:
    ``with_partner`` has an investor of ``partners``, ``hong_kong`` one of Hong Kong, ``unknown``
    one without a country; ``without_list`` and ``partial`` are about the list of investors.
    ``us`` and ``elsewhere`` are probabilities over all rounds.
    """

    targets: dict[str, int]
    home: tuple[str, ...]
    rounds: int
    partners: tuple[str, ...]
    with_partner: int
    hong_kong: int = 0
    us: float = 0.14
    elsewhere: float = 0.04
    partial: int = 0
    without_list: int = 0
    unknown: int = 0


FLOWS: tuple[Flow, ...] = (
    Flow({"CN": 1}, ("CN",), 2165, EUROPE, 81, hong_kong=60, partial=22, without_list=6,
         unknown=32),
    Flow({"HK": 9, "MO": 1}, ("HK", "CN"), 75, EUROPE, 3, partial=1, unknown=1),
    Flow(_TARGETS_EUROPE, EUROPE, 2431, ("CN",), 57, hong_kong=9, us=0.24, partial=24,
         without_list=5, unknown=28),
)  # fmt: skip

# Deals of the same world that the headline does not count: (how many, what differs from a round).
ASIDES: tuple[tuple[int, dict[str, str]], ...] = (
    (24, {"kind": "acquisition", "round_type": ""}),
    (2, {"kind": "acquisition", "round_type": "", "status": "unwound"}),
    (2, {"kind": "acquisition", "round_type": "", "status": "divestment_ordered"}),
    (5, {"kind": "acquisition", "round_type": "", "status": "blocked"}),
    (3, {"kind": "acquisition", "round_type": "", "status": "withdrawn"}),
    (8, {"kind": "joint_venture", "round_type": ""}),
    (6, {"kind": "listed_stake", "round_type": ""}),
    (5, {"kind": "partnership", "round_type": "", "amount": ""}),
    (12, {"status": "announced"}),
    (6, {"status": "rumoured"}),
    (40, {"ai": "no", "sectors": "ecommerce"}),
    (10, {"ai": "unknown", "sectors": "other"}),
    (6, {"announced_on": ""}),
    (4, {"announced_on": "2016-11/2017-02"}),
    (5, {"target_country": ""}),
)


def demo_csv(seed: int = 20172022) -> str:
    """The demonstration feed as CSV text: one row per deal and investor, see ``demo.toml``.

    The same seed gives the same text.
    """
    rng = Random(seed)
    funds = Funds(rng)
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n", restval="")
    writer.writeheader()
    for number, (facts, investors) in enumerate(_all_deals(rng, funds), start=1):
        facts["external_id"] = f"DEMO-{number:05d}"
        writer.writerows(_rows(rng, facts, investors))
    return out.getvalue()


def _all_deals(rng: Random, funds: Funds) -> list[tuple[dict[str, str], list[Investor]]]:
    made: list[tuple[dict[str, str], list[Investor]]] = []
    first = 1
    for flow in FLOWS:
        rounds = _rounds(rng, flow, flow.rounds, first)
        first = _next_number(rounds)
        for one, (listing, investors) in zip(rounds, _casts(rng, funds, flow), strict=True):
            made.append((_facts(rng, one) | listing, investors))
    into_china, _, into_europe = FLOWS
    for count, differences in ASIDES:
        for flow, part in ((into_china, (count + 1) // 2), (into_europe, count // 2)):
            rounds = _rounds(rng, flow, part, first)
            first = _next_number(rounds)
            for one in rounds:
                pair = [funds.draw_from(flow.partners), funds.draw_from(flow.home)]
                facts = _facts(rng, one) | {"investor_list": "complete"} | differences
                made.append((facts, pair))
    return made


def _rounds(rng: Random, flow: Flow, count: int, first: int) -> list[Round]:
    return companies(rng, rounds=count, countries=flow.targets, years=_YEARS, first=first)


def _next_number(rounds: list[Round]) -> int:
    return int(rounds[-1].company.rsplit(" ", 1)[1]) + 1


def _casts(rng: Random, funds: Funds, flow: Flow) -> list[tuple[dict[str, str], list[Investor]]]:
    """How complete the list is, and the investors, of every round of a flow."""
    roles = (
        ["with_partner"] * flow.with_partner
        + ["hong_kong"] * flow.hong_kong
        + ["unknown"] * flow.unknown
        + ["without_list"] * flow.without_list
        + ["partial"] * flow.partial
    )
    roles += ["plain"] * (flow.rounds - len(roles))
    rng.shuffle(roles)
    return [_cast(rng, funds, flow, role) for role in roles]


def _cast(
    rng: Random, funds: Funds, flow: Flow, role: str
) -> tuple[dict[str, str], list[Investor]]:
    if role == "without_list":
        return {"investor_list": "none"}, []
    cast: list[Investor] = []
    if role == "with_partner":
        cast += [funds.draw_from(flow.partners) for _ in range(rng.choices((1, 2), (85, 15))[0])]
    if role == "hong_kong":
        cast.append(funds.draw("HK"))
    if role == "unknown":
        cast.append(funds.draw(""))
    if rng.random() < flow.us:
        cast += [funds.draw("US") for _ in range(rng.choices((1, 2), (75, 25))[0])]
    if rng.random() < flow.elsewhere:
        cast.append(funds.draw_from(ELSEWHERE))
    home = rng.choices((0, 1, 2, 3, 4), (6, 34, 30, 20, 10))[0]
    cast += [funds.draw_from(flow.home) for _ in range(home if cast else max(1, home))]
    rng.shuffle(cast)
    # A fund drawn twice for one round is one investor.
    return {"investor_list": "partial" if role == "partial" else "complete"}, list(
        dict.fromkeys(cast)
    )


def _facts(rng: Random, made: Round) -> dict[str, str]:
    amount, currency = _amount(rng, made)
    return {
        "target_name": made.company,
        "target_country": made.country,
        "announced_on": made.on.isoformat() if rng.random() < 0.93 else f"{made.on:%Y-%m}",
        "round_type": made.round_type,
        "kind": "funding_round",
        "status": "completed",
        "amount": amount,
        "currency": currency if amount else "",
        "sectors": made.sectors,
        "ai": "yes",
    }


def _amount(rng: Random, made: Round) -> tuple[str, str]:
    """The amount as a supplier would write it, and its currency; blank in four rounds of ten."""
    dollars = rng.lognormvariate(0, 0.8) * made.median * 1e6
    if made.country in ("CN", "HK", "MO"):
        currency, rate = rng.choices((("CNY", 6.7), ("USD", 1.0)), (60, 40))[0]
    elif made.country == "GB":
        currency, rate = rng.choices((("GBP", 0.77), ("USD", 1.0)), (70, 30))[0]
    else:
        currency, rate = rng.choices((("EUR", 0.88), ("USD", 1.0)), (80, 20))[0]
    value = _rounded(dollars * rate)
    form = rng.random()
    if form >= 0.6:
        return "", currency
    if form < 0.02 and 10_000_000 <= value < 100_000_000:
        return f"tens of millions {currency}", currency
    if form < 0.035 and value >= 1_000_000:
        millions = value // 1_000_000
        return f"{millions} to {2 * millions} million", currency
    return (f"about {value}" if form < 0.07 else str(value)), currency


def _rounded(value: float) -> int:
    """Two significant digits, as rounds are announced; at least 10,000."""
    whole = max(10_000, int(value))
    step = 10 ** (len(str(whole)) - 2)
    return whole // step * step


def _rows(rng: Random, facts: dict[str, str], investors: list[Investor]) -> list[dict[str, str]]:
    if not investors:
        return [facts]
    stated = facts["amount"].isdigit() and facts["investor_list"] == "complete"
    stated = stated and rng.random() < 0.04
    rows = []
    for position, investor in enumerate(investors):
        row = facts | {"investor_name": investor.name, "investor_country": investor.country}
        row["lead"] = "yes" if position == 0 else "no"
        if stated and position == 0:
            row["contribution"] = str(int(facts["amount"]) * rng.randrange(20, 61) // 100)
        rows.append(row)
    return rows
