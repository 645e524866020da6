"""The rows of every chart once more: plain loops over versions, one set of deals a row.

`naive_rows` gives for each row the deals themselves, so that a test can also hold the row's link
against them. Order, names and links are not here.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from deals.flows.query import FlowQuery
from deals.models import DealVersion, Organization, Participation
from deals.rules.counting import share
from tests.flows.naive import COUNTED, Register, codes_of, is_held, pick, places_of, seen_on
from tests.flows.naive_money import amount_block, flow_band

Key = tuple[str, ...] | str
Versions = list[DealVersion]
UNNAMED = ""


@dataclass
class Rows:
    """Numbers by row and in total, deals of the flow by row, and n and N of what is beside."""

    rows: dict[Key, dict[str, Any]] = field(default_factory=dict)
    deals: dict[Key, set[int]] = field(default_factory=dict)
    total: dict[str, Any] = field(default_factory=dict)
    beside: dict[str, tuple[int, int]] = field(default_factory=dict)


@dataclass
class Asked:
    """One question over one register."""

    query: FlowQuery
    register: Register
    today: date

    def __post_init__(self) -> None:
        self.places = places_of(self.query, self.register, self.today)
        self.flow = pick(self.places, "flow")
        self.counted = pick(self.places, *COUNTED)

    def parts(self, version: DealVersion) -> list[Participation]:
        return self.register.parts[version.pk]

    def from_x(self, part: Participation, version: DealVersion) -> bool:
        return is_held(self.query.investor_side, self.query, part, version) is True

    def countries(self, version: DealVersion) -> set[str]:
        """Countries of the investors from X, those that are in X on the deal's date."""
        side = self.query.investor_side
        return {
            code
            for part in self.parts(version)
            for code in codes_of(self.query, part)
            if side.contains(code, version.date_first, version.date_last) is True
        }

    def sectors(self, version: DealVersion) -> set[str]:
        """Those asked for, or all; a deal without any is under ""."""
        if not version.sectors:
            return {""}
        asked = set(self.query.sector) or set(version.sectors)
        return asked & set(version.sectors)

    def numbers(
        self,
        flow: Iterable[DealVersion],
        N: int,
        whose: Callable[[Participation, DealVersion], bool] | None = None,
    ) -> dict[str, Any]:
        """n, N, share and the band of the investors that `whose` chooses; else those from X."""
        anyone = whose is None and not self.query.investor
        whose = whose or self.from_x
        priced = [
            flow_band(
                version,
                self.parts(version),
                [whose(part, version) for part in self.parts(version)],
                self.query.currency,
                self.today,
                anyone=anyone,
            )
            for version in flow
        ]
        money = amount_block(self.query, priced, [], False)
        return {
            "n": len(priced),
            "N": N,
            "share": share(len(priced), N) if self.query.population else None,
            **{name: money[name] for name in ("low", "split", "high", "disclosed_n")},
        }

    def answer(self, rows: dict[Key, dict[str, Any]], deals: dict[Key, Versions]) -> Rows:
        beside = {
            place: (0, len(self.places.get(place, [])))
            for place in ("too_coarse", "undated", "unknown_target")
        }
        return Rows(
            rows,
            {key: {v.deal_id for v in versions} for key, versions in deals.items()},
            self.numbers(self.flow, len(self.counted)),
            beside,
        )


def grouped(
    versions: Versions, keys: Callable[[DealVersion], Iterable[Any]]
) -> dict[Any, Versions]:
    found: dict[Any, Versions] = defaultdict(list)
    for version in versions:
        for key in keys(version):
            found[key].append(version)
    return found


def naive_rows(name: str, query: FlowQuery, *, today: date, register: Register) -> Rows:
    """The rows of a question of `deals.flows.asked`."""
    return NAIVE[name](Asked(query, register, today))


# Over time ---------------------------------------------------------------------------------------


def period_of(day: date, by: str) -> str:
    if by == "year":
        return str(day.year).zfill(4)
    if by == "month":
        return f"{day:%Y-%m}"
    return f"{day.year}-Q{(day.month - 1) // 3 + 1}"


def _periods(version: DealVersion, by: str) -> list[str]:
    if version.date_first is None or version.date_last is None:
        return []
    found = {period_of(day, by) for day in (version.date_first, version.date_last)}
    return list(found) if len(found) == 1 else []


def series(asked: Asked, by: str) -> Rows:
    flow = grouped(asked.flow, lambda v: _periods(v, by))
    counted = grouped(asked.counted, lambda v: _periods(v, by))
    rows = {key: asked.numbers(flow.get(key, []), len(N)) for key, N in counted.items()}
    answer = asked.answer(dict(rows), {key: flow.get(key, []) for key in rows})
    none = [[v for v in versions if not v.date_first] for versions in (asked.flow, asked.counted)]
    several = [
        [v for v in versions if v.date_first and not _periods(v, by)]
        for versions in (asked.flow, asked.counted)
    ]
    answer.beside["several_periods"] = (len(several[0]), len(several[1]))
    windowed = answer.beside["undated"][1]
    answer.beside["undated"] = (len(none[0]), len(none[1]) + windowed)
    return answer


def is_provisional(period_last: date, asked: Asked) -> bool:
    """Younger than 24 months on the day up to which the data could know anything."""
    day = seen_on(asked.query, asked.today)
    months = (day.year - period_last.year) * 12 + day.month - period_last.month
    return months <= 24


# Countries, sectors, rounds ----------------------------------------------------------------------


def countries(asked: Asked) -> Rows:
    groups = grouped(asked.flow, asked.countries)
    N = len(asked.counted)
    rows = {
        code: asked.numbers(flow, N, lambda part, _, code=code: code in codes_of(asked.query, part))
        for code, flow in groups.items()
    }
    answer = asked.answer(dict(rows), groups)
    return _nobody(asked, answer)


def _nobody(asked: Asked, answer: Rows) -> Rows:
    if not asked.query.investor:
        n = sum(not asked.countries(version) for version in asked.flow)
        answer.beside["no_country"] = (n, n)
    return answer


def _nowhere(asked: Asked, answer: Rows) -> Rows:
    if not asked.query.target:
        n = sum(version.target_country is None for version in asked.flow)
        N = sum(version.target_country is None for version in asked.counted)
        answer.beside["unknown_target"] = (n, N)
    return answer


def _with_own_N(asked: Asked, keys: Callable[[DealVersion], Iterable[str]]) -> Rows:
    flow, counted = grouped(asked.flow, keys), grouped(asked.counted, keys)
    rows = {key: asked.numbers(flow.get(key, []), len(N)) for key, N in counted.items()}
    return asked.answer(dict(rows), {key: flow.get(key, []) for key in rows})


def target_countries(asked: Asked) -> Rows:
    rows = _with_own_N(asked, lambda v: [v.target_country] if v.target_country else [])
    return _nowhere(asked, rows)


def sectors(asked: Asked) -> Rows:
    return _with_own_N(asked, asked.sectors)


def rounds(asked: Asked) -> Rows:
    return _with_own_N(asked, lambda version: [version.round_type])


# Organizations -----------------------------------------------------------------------------------


def survivor(pk: int | None) -> str:
    """The public id of what an organization was merged into, step by step."""
    if pk is None:
        return UNNAMED
    found = Organization.objects.get(pk=pk)
    while found.merged_into is not None:
        found = found.merged_into
    return found.public_id


def survivors(asked: Asked) -> dict[int | None, str]:
    pks = {version.target_id for version in asked.flow + asked.counted}
    pks |= {part.investor_id for version in asked.flow for part in asked.parts(version)}
    return {pk: survivor(pk) for pk in pks}


def investors(asked: Asked) -> Rows:
    ids = survivors(asked)

    def counts(part: Participation, version: DealVersion) -> bool:
        return not asked.query.investor or asked.from_x(part, version)

    groups = grouped(
        asked.flow,
        lambda v: {ids[part.investor_id] for part in asked.parts(v) if counts(part, v)},
    )
    N = len(asked.counted)
    rows = {
        code: asked.numbers(
            flow,
            N,
            lambda part, v, code=code: ids[part.investor_id] == code and counts(part, v),
        )
        for code, flow in groups.items()
    }
    return asked.answer(dict(rows), groups)


def targets(asked: Asked) -> Rows:
    ids = survivors(asked)
    answer = _with_own_N(asked, lambda version: [ids[version.target_id]])
    for code in [code for code, row in answer.rows.items() if not row["n"]]:
        del answer.rows[code], answer.deals[code]
    return answer


# Pairs and chains --------------------------------------------------------------------------------


def matrix(asked: Asked) -> Rows:
    groups = grouped(
        asked.flow,
        lambda v: [(c, v.target_country) for c in asked.countries(v) if v.target_country],
    )
    into = grouped(asked.counted, lambda v: [v.target_country])
    rows = {
        (code, target): asked.numbers(
            flow,
            len(into[target]),
            lambda part, _, code=code: code in codes_of(asked.query, part),
        )
        for (code, target), flow in groups.items()
    }
    return _nowhere(asked, _nobody(asked, asked.answer(dict(rows), groups)))


def diagram(asked: Asked) -> Rows:
    """Rows by (investor, target, sector), nodes by ("investors", code), links by a pair."""
    at = [version for version in asked.flow if version.target_country]

    def everywhere(version: DealVersion) -> Iterable[Key]:
        target = version.target_country or ""
        own, into = asked.countries(version), asked.sectors(version)
        yield "node", "targets", target
        for sector in into:
            yield "node", "sectors", sector
            yield "link", target, sector, "target_sector"
        for country in own:
            yield "node", "investors", country
            yield "link", country, target, "investor_target"
            for sector in into:
                yield "row", country, target, sector

    groups = grouped(at, everywhere)
    rows = {key: {"n": len(versions)} for key, versions in groups.items()}
    answer = _nowhere(asked, _nobody(asked, asked.answer(dict(rows), groups)))
    answer.total = {name: answer.total[name] for name in ("n", "N", "share")}
    return answer


NAIVE: dict[str, Callable[[Asked], Rows]] = {
    "series": lambda asked: series(asked, "year"),
    "series-quarter": lambda asked: series(asked, "quarter"),
    "series-month": lambda asked: series(asked, "month"),
    "top-investors": investors,
    "top-targets": targets,
    "top-sectors": sectors,
    "top-countries": countries,
    "top-target-countries": target_countries,
    "top-rounds": rounds,
    "matrix": matrix,
    "diagram": diagram,
}
