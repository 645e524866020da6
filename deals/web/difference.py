"""A published figure and ours side by side, and in words why they differ."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from deals.flows import links
from deals.flows.definition import window_phrase
from deals.flows.figures import Compared, Ours
from deals.flows.scope import Scope
from deals.localised import NARROW
from deals.models import PublishedFigure
from deals.rules.counting import share
from deals.templatetags.formats import money, number, percent
from deals.web.behind import short

NOUNS = {"deals": "deals", "companies": "companies", "investors": "investors"}
MONEY_UNITS = {"EUR bn": "EUR", "USD bn": "USD"}
BILLION = Decimal(10) ** 9


@dataclass(frozen=True, slots=True)
class OurSide:
    """What stands on our side: a number or its absence, and sentences that say how it compares."""

    big: str
    small: str
    sentences: tuple[str, ...]
    answered: bool
    deals: str
    page: str


def theirs(figure: PublishedFigure) -> str:
    """The value as published, with its unit: "3.7 %", "€11.16 bn", "64 companies"."""
    try:
        value = Decimal(figure.value)
    except InvalidOperation:
        return f"{figure.value} {figure.unit}".strip()
    if figure.unit == "percent":
        return f"{value}{NARROW}%"
    if currency := MONEY_UNITS.get(figure.unit):
        return f"{'€' if currency == 'EUR' else 'US$'}{value}{NARROW}bn"
    if figure.unit == "year":
        return figure.value
    if figure.unit == "rank":
        return f"rank {figure.value}"
    noun = NOUNS.get(figure.measure, "") if figure.unit == "count" else figure.unit
    return f"{number(value)} {noun}".strip()


def fraction(figure: PublishedFigure) -> str:
    """ "81 of 2,165" where both were published as plain numbers."""
    try:
        parts = [number(Decimal(text)) for text in (figure.numerator, figure.denominator)]
    except InvalidOperation:
        return ""
    return f"{parts[0]} of {parts[1]}"


def our_side(compared: Compared, scope: Scope) -> OurSide | None:
    """None where no question of ours answers the figure at all."""
    figure, ours = compared.figure, compared.ours
    if ours is None:
        return None
    deals = links.deals(ours.query)
    page = links.page(ours.query) if ours.query.investor and ours.query.target else ""
    if scope.population is None and not ours.covered:
        return OurSide("Not answered here", "", (_coverage(ours),), False, deals, page)
    if scope.population is not None and ours.N == 0:
        none = f"The population “{scope.population.title}” holds no such deals."
        return OurSide("Not answered here", "", (none,), False, deals, page)
    reader = {"share": _share, "amount": _amount}.get(figure.measure, _count)
    big, small, sentences = reader(figure, ours, scope)
    return OurSide(big, small, tuple(sentences), True, deals, page)


def _coverage(ours: Ours) -> str:
    """Why the case list does not answer, with what it does hold."""
    held = f"{number(ours.n)} {_deals(ours.n)}" if ours.n else "no deals"
    whose = (
        f" with an investor from {short(ours.query.investor, '')}" if ours.query.investor else ""
    )
    return (
        f"The register collects deals between Europe and China. It documents {held} into"
        f" {short(ours.query.target, 'any country')}{whose} {window_phrase(ours.query)}, and only"
        " because they also cross that border. This is our coverage, not an answer."
    )


def _share(figure: PublishedFigure, ours: Ours, scope: Scope) -> tuple[str, str, list[str]]:
    if scope.population is not None:
        ratio = percent(share(ours.n, ours.N))
        return ratio, f"{number(ours.n)} of {number(ours.N)} deals", []
    said = ["No share is computed: this is a case list, not a complete population."]
    if figure.numerator.isdigit():
        said.insert(0, _compared(ours.n, int(figure.numerator), "deals"))
    return f"{number(ours.n)} {_deals(ours.n)}", "documented", said


def _count(figure: PublishedFigure, ours: Ours, scope: Scope) -> tuple[str, str, list[str]]:
    noun = NOUNS.get(figure.measure, "deals")
    value = {"companies": ours.companies, "investors": ours.investors}.get(noun, ours.n)
    said = [_compared(value, int(figure.value), noun)] if figure.value.isdigit() else []
    small = "documented" if scope.population is None else f"in {number(ours.N)} deals"
    return f"{number(value)} {_singular(noun) if value == 1 else noun}", small, said


def _amount(figure: PublishedFigure, ours: Ours, scope: Scope) -> tuple[str, str, list[str]]:
    flow = ours.cells.at("flow")
    currency = ours.query.currency
    low, high = flow.money("low"), flow.money("high")
    disclosed, ranges = flow.count("disclosed"), flow.count("ranges")
    if low is None or high is None:
        return "Not disclosed", "", [f"None of {number(ours.n)} {_deals(ours.n)} has an amount."]
    band = f"{money(low, currency)} to {money(high, currency)}"
    big = (band if low else f"up to {money(high, currency)}") if ours.query.investor else ""
    said = [f"Disclosed for {number(disclosed)} of {number(ours.n)} {_deals(ours.n)}."]
    if ranges:
        said.append(f"{number(ranges)} more with a range in place of an amount, left out here.")
    published = _published(figure)
    if published and currency == MONEY_UNITS.get(figure.unit):
        part = percent(high / published)
        said.append(f"Our upper end is {part} of the published value.")
    return big or money(high, currency), "full value of the deals" if big else "disclosed", said


def _published(figure: PublishedFigure) -> Decimal | None:
    try:
        return Decimal(figure.value) * BILLION or None
    except InvalidOperation:
        return None


def _compared(ours: int, published: int, noun: str) -> str:
    """The difference of two counts in words."""
    gap = abs(published - ours)
    if not gap:
        return f"As many as the {number(published)} published."
    few = _singular(noun) if gap == 1 else noun
    more = "fewer" if ours < published else "more"
    why = " Only deals with a public source are in the register." if ours < published else ""
    return f"{number(gap)} {more} {few} than the {number(published)} published.{why}"


def _deals(count: int) -> str:
    return "deal" if count == 1 else "deals"


def _singular(noun: str) -> str:
    return {"companies": "company"}.get(noun, noun.removesuffix("s"))
