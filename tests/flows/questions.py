"""Random questions, built from parameters as readers build them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from deals.flows.query import AI_ANSWERS, FlowQuery
from deals.rules.counting import KINDS, STATUSES
from deals.rules.countries import COUNTRIES
from deals.rules.regions import REGIONS
from deals.rules.vocab import ROUND_TYPES, SECTORS

SIDES = (
    "europe", "eu", "eu27", "CN", "china", "china-hk-mo", "greater-china", "GB", "HR", "HK",
    "FR", "JP", "eu,GB", "CN,HK", "US,CN", "CN,US,HK,MO", "north-america",
)  # fmt: skip
# Most deals of a random register go there.
BUSY = ("CN", "china-hk-mo", "europe", "eu")
EDGES = (
    "", "2013", "2013-07", "2016", "2017", "2017-01-01", "2018-05-13", "2019", "2020-01",
    "2020-02", "2020-02-01", "2022", "2022-06", "2023-01-01", "2025",
)  # fmt: skip


def _several(words: tuple[str, ...]) -> st.SearchStrategy[str]:
    listed = st.lists(st.sampled_from(words), min_size=1, max_size=3).map(",".join)
    return st.one_of(st.just("all"), st.just("all"), listed)


def _no_contradiction(params: dict[str, str]) -> bool:
    first, last = params.get("from", ""), params.get("to", "")
    low, high = params.get("min_amount"), params.get("max_amount")
    return not (first and last and first[:4] >= last[:4]) and not (
        low and high and Decimal(low) > Decimal(high)
    )


def _narrowings(organizations: tuple[str, ...]) -> dict[str, st.SearchStrategy[str]]:
    """One parameter each, that widens or narrows what the defaults count."""
    amounts = st.sampled_from(("0", "1000000", "2500000.5", "9000000"))
    return {
        "kind": _several(tuple(KINDS)[:5]),
        "status": _several(("ever_completed", *STATUSES)),
        "ai": _several(AI_ANSWERS),
        "sector": st.sampled_from(("robotics", "ai_chips,lidar", "all")),
        "round": st.sampled_from(("seed", "seed,series_a")),
        "min_amount": amounts,
        "max_amount": amounts,
        "organization": st.sampled_from(
            (*organizations, ",".join(organizations[:2])) if organizations else ("",)
        ),
        "known_by": st.sampled_from(("2021-03", "2023")),
        "state_linked": st.sampled_from(("yes", "no")),
    }


def questions(organizations: tuple[str, ...] = ()) -> st.SearchStrategy[FlowQuery]:
    """For a register of `random_register`; at most two parameters narrow it, so deals are left."""
    sides = st.sampled_from(SIDES)
    base = st.fixed_dictionaries(
        {
            "investor": sides,
            "target": st.sampled_from((*BUSY, *BUSY, *SIDES)),
            "attribution": st.sampled_from(("immediate", "ultimate")),
            "currency": st.sampled_from(("EUR", "USD", "CNY")),
            "population": st.sampled_from(("", "", "supplier", "supplier", "invented")),
            "compare": st.sampled_from(("", "none", "GB,JP", "europe,US,HR,eu")),
        },
        optional={"from": st.sampled_from(EDGES), "to": st.sampled_from(EDGES)},
    )
    narrowed = st.lists(
        st.one_of(
            *(
                values.map(lambda text, name=name: (name, text))
                for name, values in _narrowings(organizations).items()
            )
        ),
        max_size=2,
    ).map(dict)
    params = st.builds(lambda one, more: one | more, base, narrowed)
    return params.filter(_no_contradiction).map(FlowQuery.from_params)


def one_sided(organizations: tuple[str, ...] = ()) -> st.SearchStrategy[FlowQuery]:
    """Questions as `questions` has, some of them for anyone, some into anywhere."""
    left_open = st.sampled_from(((), (), ("investor",), ("target",), ("investor", "target")))
    return st.builds(
        lambda query, sides: query.but(**dict.fromkeys(sides, ())),
        questions(organizations),
        left_open,
    )


def any_question() -> st.SearchStrategy[FlowQuery]:
    """Every value that a parameter allows, for round trips that need no database."""
    codes = st.lists(st.sampled_from([*REGIONS, *COUNTRIES]), max_size=4).map(",".join)
    edges = st.dates().filter(lambda d: 1900 <= d.year <= 2100).map(str)
    windows = st.builds(lambda day, size: day[:size], edges, st.sampled_from((4, 7, 10)))
    numbers = st.decimals("0", "1e15", allow_nan=False, allow_infinity=False, places=2).map(
        lambda value: format(value, "f")
    )

    def words(allowed: tuple[str, ...]) -> st.SearchStrategy[str]:
        listed = st.lists(st.sampled_from(allowed), max_size=4).map(",".join)
        return st.one_of(listed, st.just("all"), st.just(""))

    names = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,40}", fullmatch=True)
    points = st.one_of(
        st.integers(0, 10**18 - 1).map(str),
        st.dates(max_value=datetime.now(UTC).date() - timedelta(days=1)).map(str),
    )
    moments = st.one_of(
        st.builds(lambda name: {"release": name}, names),
        st.builds(lambda point: {"as_of": point}, points),
        st.just({}),
    )
    plain = st.fixed_dictionaries(
        {},
        optional={
            "investor": codes,
            "target": codes,
            "compare": st.one_of(codes, st.just("none")),
            "from": windows.filter(lambda text: text < "2000"),
            "to": windows.filter(lambda text: text >= "2000"),
            "ai": words(AI_ANSWERS),
            "sector": words(tuple(SECTORS)),
            "round": words(tuple(ROUND_TYPES)),
            "kind": words(tuple(KINDS)),
            "status": words(("ever_completed", *STATUSES)),
            "attribution": st.sampled_from(("immediate", "ultimate", "Ultimate")),
            "currency": st.sampled_from(("EUR", "usd", "CNY")),
            "min_amount": numbers,
            "organization": st.lists(names, max_size=5).map(",".join),
            "state_linked": st.sampled_from(("yes", "no", "Yes")),
            "population": names,
            "known_by": windows,
        },
    )
    return st.builds(lambda one, moment: one | moment, plain, moments).map(FlowQuery.from_params)
