"""The flow answer once more, from the rules of counting alone: plain loops over versions.

Nothing here reads the facts table or asks the database to count. It shares with the product only
small rules that have tests of their own: who is in a region, what a band is, which rate applies,
and how a share is written. `tests/flows/naive_money.py` has the value of a flow.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from deals.flows.query import FlowQuery
from deals.models import (
    Change,
    DealVersion,
    Organization,
    Ownership,
    Participation,
    Population,
    Release,
)
from deals.rules.counting import EVER_COMPLETED_STATUSES, share
from deals.rules.dates import parse_edge
from deals.rules.regions import REGIONS, Side, side, swap_china
from tests.flows.naive_money import Priced, amount_block, convert, flow_band

COUNTED = ("flow", "target_side_only", "other_foreign_only", "unknown")


@dataclass(frozen=True)
class Register:
    """The versions that were live at one point of the ledger, with their investors."""

    versions: list[DealVersion]
    parts: dict[int, list[Participation]]
    umbrellas: set[int]
    owners: dict[int, list[Ownership]] = field(default_factory=dict)


def load_register(as_of: int | None = None) -> Register:
    """Everything live now, or when the ledger stood at `as_of`."""
    chosen = DealVersion.objects.live() if as_of is None else DealVersion.objects.as_of(as_of)
    versions = list(chosen.select_related("deal", "target", "population").order_by("pk"))
    parts: dict[int, list[Participation]] = {version.pk: [] for version in versions}
    for part in Participation.objects.filter(version__in=versions).select_related("investor"):
        parts[part.version_id].append(part)
    umbrellas = {version.part_of_id for version in versions if version.part_of_id}
    owners: dict[int, list[Ownership]] = defaultdict(list)
    for stake in Ownership.objects.all():
        owners[stake.owned_id].append(stake)
    return Register(versions, parts, umbrellas, owners)


def ledger_point(query: FlowQuery) -> int | None:
    """The number of the ledger that the question is held to; None for the live state."""
    if query.release:
        return Release.objects.get(name=query.release).seq
    if isinstance(query.as_of, date):
        over = [entry.seq for entry in Change.objects.all() if entry.at.date() <= query.as_of]
        return max(over)
    return query.as_of


def naive_share(
    query: FlowQuery, *, today: date, register: Register | None = None
) -> dict[str, Any]:
    """Every counted field of the contract's answer; `register` saves reading it again."""
    register = register or load_register(ledger_point(query))
    places = places_of(query, register, today)
    flow, counted = pick(places, "flow"), pick(places, *COUNTED)
    is_share = bool(query.population)
    priced = {v.pk: priced_deal(query, register, v, today) for v in counted}
    return {
        "deals": _counts(register, places, is_share),
        "compare": [_compared(query, register, counted, code, is_share) for code in query.compare],
        "with_hk_mo": _swapped(query, register, today, with_hk_mo=True),
        "without_hk_mo": _swapped(query, register, today, with_hk_mo=False),
        "amount": amount_block(
            query, [priced[v.pk] for v in flow], [priced[v.pk] for v in counted], is_share
        ),
        "companies": len({v.target_id for v in flow}),
        "investors": len(
            {
                part.investor_id
                for v in flow
                for part in register.parts[v.pk]
                if part.investor_id and is_held(query.investor_side, query, part, v) is True
            }
        ),
        "by_year": _by_year(query, flow, counted, priced, seen_on(query, today)),
        "investor_countries": _countries(query.investor),
        "target_countries": _countries(query.target),
    }


def places_of(query: FlowQuery, register: Register, today: date) -> dict[str, list[DealVersion]]:
    """Every deal that is asked about, under the one place where it is counted or printed."""
    places: dict[str, list[DealVersion]] = defaultdict(list)
    organizations = [_organizations(code) for code in query.organization.split(",") if code]
    for version in register.versions:
        if _asked(query, register, version, today, organizations):
            places[_place(query, register, version)].append(version)
    return places


def pick(places: dict[str, list[DealVersion]], *names: str) -> list[DealVersion]:
    return [version for name in names for version in places.get(name, [])]


# Which deals are meant ---------------------------------------------------------------------------


def _asked(
    query: FlowQuery,
    register: Register,
    version: DealVersion,
    today: date,
    organizations: list[set[int]],
) -> bool:
    """Whether a deal passes every filter, wherever and whenever it was."""
    if version.deal_id in register.umbrellas:
        return False
    if query.kind != ("all",) and version.kind not in query.kind:
        return False
    if query.status != ("all",) and not _status(query, version):
        return False
    if query.ai != ("all",) and version.ai not in query.ai:
        return False
    if query.sector and not set(query.sector) & set(version.sectors):
        return False
    if query.round and version.round_type not in query.round:
        return False
    if query.known_by:
        last = parse_edge(query.known_by, end=True)
        if version.recorded_on is None or version.recorded_on > last:
            return False
    if query.state_linked and (query.state_linked == "yes") != _state_linked(register, version):
        return False
    involved = {version.target_id} | {p.investor_id for p in register.parts[version.pk]}
    if not all(involved & together for together in organizations):
        return False
    return _in_population(query, version) and _in_size(query, version, today)


def _status(query: FlowQuery, version: DealVersion) -> bool:
    ever = {version.status, *(entry["status"] for entry in version.status_history)}
    if "ever_completed" in query.status and ever & EVER_COMPLETED_STATUSES:
        return True
    return version.status in query.status


def _in_population(query: FlowQuery, version: DealVersion) -> bool:
    population = version.population
    if query.population:
        return population is not None and population.code == query.population
    return population is None or not population.generated


def _in_size(query: FlowQuery, version: DealVersion, today: date) -> bool:
    """All of a range must lie inside; what is not disclosed or not convertible lies nowhere."""
    if query.min_amount is None and query.max_amount is None:
        return True
    low = convert(version.amount_low, version, query.currency, today)
    high = convert(version.amount_high, version, query.currency, today)
    if low is None or high is None:
        return False
    return (query.min_amount is None or low >= query.min_amount) and (
        query.max_amount is None or high <= query.max_amount
    )


def _state_linked(register: Register, version: DealVersion) -> bool:
    """Whether a state has any stake, however small, in whoever is above any of the investors."""
    return any(
        _has_state_above(register, part.investor_id, version, frozenset())
        for part in register.parts[version.pk]
    )


def _has_state_above(
    register: Register, organization: int | None, version: DealVersion, below: frozenset[int]
) -> bool:
    if organization is None or organization in below:
        return False
    for stake in register.owners.get(organization, []):
        begun = not stake.first or (version.date_first and version.date_first >= stake.first)
        lasts = not stake.last or (version.date_last and version.date_last <= stake.last)
        above = below | {organization}
        if (begun and lasts) and (
            stake.state_linked or _has_state_above(register, stake.owner_id, version, above)
        ):
            return True
    return False


def _organizations(public_id: str) -> set[int]:
    """The organization asked for and all that were ever merged with it."""
    found = Organization.objects.get(public_id=public_id)
    while found.merged_into is not None:
        found = found.merged_into
    group = {found.pk}
    while more := set(
        Organization.objects.filter(merged_into__in=group)
        .exclude(pk__in=group)
        .values_list("pk", flat=True)
    ):
        group |= more
    return group


# Where a deal is counted -------------------------------------------------------------------------


def _place(query: FlowQuery, register: Register, version: DealVersion) -> str:
    first, last = version.date_first, version.date_last
    start, end = query.window
    windowed = start is not None or end is not None
    inside = not windowed or bool(
        first and last and (not start or start <= first) and (not end or last <= end)
    )
    touches = bool(first and last and (not end or first <= end) and (not start or last >= start))
    if version.target_country is None and query.target:
        return "unknown_target" if inside else "elsewhere"
    into = query.target_side.contains(version.target_country or "", first, last)
    if into is False:
        return "elsewhere"
    if windowed and first is None:
        return "undated"
    if not inside:
        return "too_coarse" if touches else "elsewhere"
    return "too_coarse" if into is None else _place_by_investors(query, register, version)


def _place_by_investors(query: FlowQuery, register: Register, version: DealVersion) -> str:
    parts = register.parts[version.pk]
    answers = [is_held(query.investor_side, query, part, version) for part in parts]
    # A question for anyone has no side that an investor could be outside of.
    if True in answers or not query.investor:
        return "flow"
    if None in answers:
        return "too_coarse"
    if version.investor_list == "none" or not parts or not all(codes_of(query, p) for p in parts):
        return "unknown"
    domestic = all(
        query.target_side.contains(code, version.date_first, version.date_last) is True
        for part in parts
        for code in codes_of(query, part)
    )
    return "target_side_only" if domestic else "other_foreign_only"


def codes_of(query: FlowQuery, part: Participation) -> list[str]:
    """Countries of one investor under the attribution asked for; none when it is not known."""
    if query.attribution == "ultimate":
        return list(part.ultimate)
    return [part.country] if part.country else []


def is_held(held: Side, query: FlowQuery, part: Participation, version: DealVersion) -> bool | None:
    """Whether an investor is from a side: surely, surely not, or too coarse to say (None)."""
    answers = [
        held.contains(code, version.date_first, version.date_last) for code in codes_of(query, part)
    ]
    return True if True in answers else None if None in answers else False


# What is said about them -------------------------------------------------------------------------


def _counts(
    register: Register, places: dict[str, list[DealVersion]], is_share: bool
) -> dict[str, Any]:
    size = {name: len(places.get(name, [])) for name in (*COUNTED, "too_coarse", "undated")}
    n, N, u = size["flow"], sum(size[name] for name in COUNTED), size["unknown"]
    rest = pick(places, "target_side_only", "other_foreign_only")
    partial = sum(version.investor_list == "partial" for version in rest)
    return {
        "n": n,
        "N": N,
        "share": share(n, N) if is_share else None,
        "unknown": u,
        "share_max": share(n + u, N) if is_share else None,
        "partial": partial,
        "share_max_partial": share(n + u + partial, N) if is_share else None,
        "too_coarse": size["too_coarse"],
        "undated": size["undated"],
        "unknown_target": len(places.get("unknown_target", [])),
        "composition": {
            "target_side_only": size["target_side_only"],
            "with_investor": n,
            "other_foreign_only": size["other_foreign_only"],
            "unknown": u,
        },
    }


def _compared(
    query: FlowQuery, register: Register, counted: list[DealVersion], code: str, is_share: bool
) -> dict[str, Any]:
    held = side(code)
    n = sum(
        any(is_held(held, query, part, version) is True for part in register.parts[version.pk])
        for version in counted
    )
    return {"investor": code, "n": n, "share": share(n, len(counted)) if is_share else None}


def _swapped(
    query: FlowQuery, register: Register, today: date, *, with_hk_mo: bool
) -> dict[str, Any] | None:
    investor = swap_china(query.investor_side, with_hk_mo)
    target = swap_china(query.target_side, with_hk_mo)
    if investor is None and target is None:
        return None
    other = query.but(
        investor=investor.codes if investor else query.investor,
        target=target.codes if target else query.target,
    )
    places = places_of(other, register, today)
    n, N = len(pick(places, "flow")), len(pick(places, *COUNTED))
    return {"n": n, "N": N, "share": share(n, N) if query.population else None}


def priced_deal(query: FlowQuery, register: Register, version: DealVersion, today: date) -> Priced:
    parts = register.parts[version.pk]
    from_x = [is_held(query.investor_side, query, part, version) is True for part in parts]
    return flow_band(version, parts, from_x, query.currency, today, anyone=not query.investor)


def _by_year(
    query: FlowQuery,
    flow: list[DealVersion],
    counted: list[DealVersion],
    priced: dict[int, Priced],
    seen_on: date,
) -> dict[int, dict[str, Any]]:
    """Rows of the years that have a counted deal; a deal is in a year when all its days are."""
    rows = {}
    for year in sorted({v.date_first.year for v in counted if v.date_first and v.date_last}):
        N = [v for v in counted if _is_of(v, year)]
        n = [v for v in flow if _is_of(v, year)]
        if not N:
            continue
        start, end = query.window
        whole = (not start or start <= date(year, 1, 1)) and (not end or end >= date(year, 12, 31))
        money = amount_block(query, [priced[v.pk] for v in n], [], False)
        rows[year] = {
            "year": year,
            "n": len(n),
            "N": len(N),
            "share": share(len(n), len(N)) if query.population else None,
            "low": money["low"],
            "split": money["split"],
            "high": money["high"],
            # A year is old enough 24 months after its last day.
            "complete": whole and seen_on > date(year + 2, 12, 31),
        }
    return rows


def _is_of(version: DealVersion, year: int) -> bool:
    first, last = version.date_first, version.date_last
    return bool(first and last and first.year == year == last.year)


def seen_on(query: FlowQuery, today: date) -> date:
    """The day up to which the data could have known anything."""
    days = [today]
    if query.population:
        accessed = Population.objects.get(code=query.population).accessed_on
        days += [accessed] if accessed else []
    point = ledger_point(query)
    if point is not None:
        entry = Change.objects.filter(seq__lte=point).order_by("seq").last()
        days += [entry.at.date()] if entry else []
    return min(days)


def _countries(codes: tuple[str, ...]) -> list[str]:
    """Every country that a side has on some day."""
    found: set[str] = set()
    for code in codes:
        if code in REGIONS:
            found |= {member.country for member in REGIONS[code].members}
        else:
            found.add(code)
    return sorted(found)
