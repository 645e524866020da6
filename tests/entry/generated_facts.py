"""Facts of deals as Hypothesis makes them up: whole by the rules, organizations all new."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from deals.entry.facts import CITABLE, Facts
from deals.rules.counting import KINDS, STATUSES
from deals.rules.names import normalise
from deals.rules.vocab import ROUND_TYPES, SECTORS

# On a busy machine the making of examples takes its time, which is no fault of theirs.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
FIRST, LAST = date(1995, 1, 1), date(2025, 12, 31)
CENT = Decimal("0.01")


TEXTS = ("", "a", "UK government, NSI Act", "红杉中国", "“x” & <b>y</b>", "=1+1", "q " * 4 + "z")
NAMES = (
    "Horizon", "红杉中国", "Bosch & Söhne GmbH", "Foo Co., Ltd.", "a and b", "(DE)", "<script>",
    "=cmd", "GV", "7", "领投方", "Ö", "[CN]", "led by X",
)  # fmt: skip
LINES = st.sampled_from(TEXTS)


def names(least: int, most: int) -> st.SearchStrategy[list[str]]:
    found = st.sampled_from(NAMES)
    return st.lists(found, min_size=least, max_size=most, unique_by=normalise)


DAYS = st.dates(FIRST, LAST)
ISO = st.none() | DAYS.map(date.isoformat)


@st.composite
def intervals(draw: st.DrawFn) -> dict[str, str | None]:
    """Days by precision, worked out without the rule that reads them."""
    precision = draw(st.sampled_from(["none", "day", "month", "quarter", "year", "range"]))
    day = draw(DAYS)
    first = last = day
    if precision == "month":
        first = day.replace(day=1)
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    elif precision == "quarter":
        first = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        last = (first + timedelta(days=95)).replace(day=1) - timedelta(days=1)
    elif precision == "year":
        first, last = date(day.year, 1, 1), date(day.year, 12, 31)
    elif precision == "range":
        last = day + timedelta(days=draw(st.integers(1, 400)))
    ends = (None, None) if precision == "none" else (first.isoformat(), last.isoformat())
    return {"first": ends[0], "last": ends[1], "precision": precision}


MONEY = st.decimals(1, 10**11, places=2)


@st.composite
def amounts(draw: st.DrawFn) -> dict[str, Any]:
    state = draw(st.sampled_from(["exact", "approximate", "range", "undisclosed"]))
    low = draw(MONEY)
    high = low + draw(MONEY) if state == "range" else low
    stated = (None, None) if state == "undisclosed" else (f"{low:f}", f"{high:f}")
    return {
        "state": state,
        "low": stated[0],
        "high": stated[1],
        "currency": "" if state == "undisclosed" else draw(st.sampled_from(["EUR", "CNY", "USD"])),
        "text": draw(st.sampled_from(["", "12m", "about 5", "undisclosed", "¥", "1.2亿"])),
    }


def parties(name: str, country: str | None) -> Facts:
    basis = "stated" if country else "unknown"
    return {"id": "", "name": name, "country": country, "basis": basis}


COUNTRIES = st.none() | st.sampled_from(["DE", "CN", "HK", "US", "GB"])


@st.composite
def sources(draw: st.DrawFn) -> Facts:
    url = draw(st.sampled_from(["", "https://a.example/1", "http://b.example/?q=1&r=2"]))
    about = draw(st.sampled_from(("", *CITABLE)))
    return {
        "kind": "page",
        "url": url,
        "title": draw(LINES) or url or "A paper",
        "publisher": draw(LINES),
        "published_on": draw(ISO),
        "accessed_on": draw(ISO),
        "field": about,
        "quote": draw(LINES),
        "locator": draw(LINES),
        "stated": draw(LINES) if about else "",
    }


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    target, *others = draw(names(1, 5))
    amount = draw(amounts())
    left = Decimal(amount["high"] or 10**9)
    investors = []
    for name in others:
        share = draw(st.none() | st.decimals(0, 1, places=2))
        gave = (left * share).quantize(CENT, "ROUND_DOWN") if share else None
        left -= gave or 0
        stake = draw(st.none() | st.decimals(Decimal("0.0001"), 100, places=4))
        investors.append(
            parties(name, draw(COUNTRIES))
            | {
                "lead": draw(st.sampled_from([None, True, False])),
                "contribution": f"{gave:f}" if gave else None,
                "stake": None if stake is None else f"{stake:f}",
            }
        )
    if amount["state"] == "undisclosed" and any(one["contribution"] for one in investors):
        amount["currency"] = "USD"
    status = draw(st.sampled_from(sorted(STATUSES)))
    step = {"authority": draw(LINES), "reason": draw(LINES), **draw(intervals())}
    cited = draw(st.lists(sources(), min_size=1, max_size=3))
    disputed = {one["field"] for one in cited if one["stated"]}
    lists = ["partial", "complete"] if investors else ["none"]
    return {
        "target": parties(target, draw(COUNTRIES)),
        "kind": draw(st.sampled_from(sorted(KINDS))),
        "round_type": draw(st.sampled_from(["", *ROUND_TYPES])),
        "status": status,
        "status_history": draw(st.sampled_from([[], [{"status": status, **step}]])),
        "date": {**draw(intervals()), "basis": draw(st.sampled_from(["announced", "completed"]))},
        "recorded_on": draw(ISO),
        "amount": amount,
        "investor_list": draw(st.sampled_from(lists)),
        "investors": investors,
        "ai": draw(st.sampled_from(["yes", "no", "unknown"])),
        "ai_basis": draw(LINES) or "editor",
        "sectors": draw(st.lists(st.sampled_from(sorted(SECTORS)), max_size=3, unique=True)),
        "part_of": "",
        "population": "",
        "external_id": draw(LINES),
        "notes": draw(LINES),
        "choices": {fact: draw(LINES) or "why" for fact in CITABLE if fact in disputed},
        "sources": cited,
    }
