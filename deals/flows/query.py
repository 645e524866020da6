"""The question: one frozen object that pages, charts, exports, API and command line share.

`from_params` reads it from a URL or a form, `to_params` writes back only what differs from the
defaults, and the two are inverse. Nothing here touches the database: whether a population or
release exists is asked by `deals.flows.scope`.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Self

from django.utils.translation import gettext as _

from deals.rules.counting import DEFAULT_KIND, KINDS, STATUSES
from deals.rules.dates import parse_edge
from deals.rules.errors import RuleError
from deals.rules.regions import Side, side
from deals.rules.vocab import ROUND_TYPES, SECTORS

EVER_COMPLETED = "ever_completed"
ALL = "all"
CURRENCIES = ("EUR", "USD", "CNY")
ATTRIBUTIONS = ("immediate", "ultimate")
AI_ANSWERS = ("yes", "no", "unknown")
LARGEST_AMOUNT = Decimal(10) ** 15
LONGEST_LIST = 300
MOST_ORGANIZATIONS = 5
# Each is a column over all counted deals and a line on the page.
MOST_COMPARED = 20
ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
PLAIN_NUMBER = re.compile(r"[0-9]{1,16}(?:\.[0-9]{1,4})?")

# Parameter names that are no Python identifiers or built-ins.
PARAM_OF = {"from_": "from"}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one parameter, in a sentence, and the words that it takes, if few."""

    parameter: str
    message: str
    allowed: tuple[str, ...] = ()


class BadParameters(ValueError):
    """The question cannot be asked as it stands; every problem is named, none is guessed away."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(f"{p.parameter}: {p.message}" for p in self.problems))


@dataclass(frozen=True, slots=True)
class FlowQuery:
    """Which deals are meant. Empty means "any"; the defaults are the rules of counting.

    `investor`, `target` and `compare` hold region and country codes; `from_` and `to` are texts of
    year, month or day, both inclusive; amounts are in `currency`. `organization` has identifiers,
    separated by commas, of organizations that all took part. `state_linked` is "yes" or "no":
    whether a state holds a stake above any investor. `as_of` is a number of the ledger, or a day,
    which stands for the ledger as it was when that day ended (UTC).
    """

    investor: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    from_: str = ""
    to: str = ""
    ai: tuple[str, ...] = ("yes",)
    sector: tuple[str, ...] = ()
    round: tuple[str, ...] = ()
    kind: tuple[str, ...] = (DEFAULT_KIND,)
    status: tuple[str, ...] = (EVER_COMPLETED,)
    attribution: str = "immediate"
    currency: str = "EUR"
    min_amount: Decimal | None = None
    max_amount: Decimal | None = None
    organization: str = ""
    state_linked: str = ""
    population: str = ""
    compare: tuple[str, ...] = ("US",)
    known_by: str = ""
    release: str = ""
    as_of: int | date | None = None

    @classmethod
    def from_params(
        cls,
        params: Mapping[str, Any],
        *,
        extra: Collection[str] = (),
        required: Collection[str] = (),
    ) -> Self:
        """Read a question; `extra` names parameters that the caller reads itself.

        Raises `BadParameters` with all problems at once: unknown names, bad values, missing ones.
        """
        problems: list[Problem] = []
        values: dict[str, Any] = {}
        known = {PARAM_OF.get(f.name, f.name): f.name for f in fields(cls)}
        for name, text in _single_values(params, problems):
            if name in extra:
                continue
            if name not in known:
                allowed = tuple(sorted({*known, *extra}))
                said = _("There is no such parameter. Known are: %(names)s.")
                message = said % {"names": ", ".join(allowed)}
                problems.append(Problem(name, message, allowed))
            elif text.strip(" ,\t\n"):
                try:
                    values[known[name]] = _READERS[known[name]](text.strip())
                except RuleError as error:
                    problems.append(Problem(name, error.message, error.allowed))
        for name in required:
            if not values.get(known[name]) and name not in {p.parameter for p in problems}:
                problems.append(Problem(name, _("This is needed: a region or country code.")))
        if not problems:
            query = cls(**values)
            problems.extend(_contradictions(query))
            if not problems:
                return query
        raise BadParameters(problems)

    def to_params(self) -> dict[str, str]:
        """Only what differs from the defaults, in a fixed order, as texts."""
        shown: dict[str, str] = {}
        for item in fields(self):
            value = getattr(self, item.name)
            if value != item.default:
                shown[PARAM_OF.get(item.name, item.name)] = _text(item.name, value)
        return shown

    def but(self, **changes: Any) -> "FlowQuery":
        """The same question with some parts changed."""
        return replace(self, **changes)

    @property
    def investor_side(self) -> Side:
        return side(self.investor)

    @property
    def target_side(self) -> Side:
        return side(self.target)

    @property
    def window(self) -> tuple[date | None, date | None]:
        """First and last day, both inclusive; None is open."""
        first = parse_edge(self.from_, end=False) if self.from_ else None
        last = parse_edge(self.to, end=True) if self.to else None
        return first, last


def _single_values(params: Mapping[str, Any], problems: list[Problem]) -> Iterable[tuple[str, str]]:
    """Names and texts; forms repeat a name for several choices, which are joined by commas."""
    for name in params:
        getlist = getattr(params, "getlist", None)
        texts = [str(text) for text in getlist(name)] if getlist else [str(params[name])]
        if "\x00" in "".join(texts):
            problems.append(Problem(name, _("The value contains a NUL character.")))
            continue
        if len(texts) > 1 and name not in _LISTS:
            said = _("This is given %(times)s times; give it once.")
            problems.append(Problem(name, said % {"times": len(texts)}))
            continue
        yield name, ",".join(text for text in texts if text.strip())


def _parts(text: str, most: int = LONGEST_LIST) -> list[str]:
    """The values as they were given: the same one twice counts twice, as in the description."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if len(parts) > most:
        said = _("At most %(most)s values can be given; these are %(count)s.")
        raise RuleError("too_many", said % {"most": most, "count": len(parts)})
    return parts


def _sides(text: str) -> tuple[str, ...]:
    return side(_parts(text)).codes


def _none_or_sides(text: str) -> tuple[str, ...]:
    return () if text.lower() == "none" else side(_parts(text, MOST_COMPARED)).codes


def _unknown(text: str, allowed: Collection[str]) -> RuleError:
    said = _("“%(word)s” is not known. Allowed are: %(words)s.")
    message = said % {"word": text[:40], "words": ", ".join(allowed)}
    return RuleError("unknown_word", message, allowed)


def _words(allowed: Collection[str]) -> Any:
    def read(text: str) -> tuple[str, ...]:
        parts = sorted({part.lower() for part in _parts(text)})
        if parts == [ALL]:
            return (ALL,)
        for part in parts:
            if part not in allowed:
                raise _unknown(part, [*allowed, ALL])
        return tuple(parts)

    return read


def _any_word(allowed: Collection[str]) -> Any:
    read = _words(allowed)
    return lambda text: () if read(text) == (ALL,) else read(text)


def _one_of(allowed: Collection[str]) -> Any:
    def read(text: str) -> str:
        for word in allowed:
            if text.lower() == word.lower():
                return word
        raise _unknown(text, allowed)

    return read


def _edge(end: bool) -> Any:
    def read(text: str) -> str:
        parse_edge(text, end=end)
        return text

    return read


def _amount(text: str) -> Decimal:
    # Decimal() would also take 1e-99, 1_000 and digits of other scripts.
    value = Decimal(text) if PLAIN_NUMBER.fullmatch(text) else None
    if value is None or value > LARGEST_AMOUNT:
        said = _("This must be a plain number from 0 to 10^15, e.g. 5000000.")
        raise RuleError("bad_amount", said)
    return value.normalize() if value else Decimal(0)


def _point(text: str) -> int | date:
    """A number of the ledger, or a day that is over: an answer for today could still change."""
    if text.isascii() and text.isdigit() and len(text) <= 18:
        return int(text)
    try:
        day = date.fromisoformat(text) if ISO_DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        said = _("This must be a number of the ledger or a day, e.g. 40213 or 2026-03-31.")
        raise RuleError("bad_point", said)
    if day >= datetime.now(UTC).date():
        raise RuleError("bad_point", _("This day is not over yet (UTC); give an earlier one."))
    return day


def _code(text: str) -> str:
    if len(text) > 64 or not all(c.isalnum() or c in "-_." for c in text):
        raise RuleError("bad_code", _("This must be a code of letters, digits, dots and dashes."))
    return text


def _organizations(text: str) -> str:
    """Identifiers in the order given, each once: deals in which all of them took part."""
    codes = list(dict.fromkeys(_code(part).upper() for part in _parts(text)))
    if len(codes) > MOST_ORGANIZATIONS:
        said = _("At most %(most)s organizations can be asked for together.")
        raise RuleError("too_many", said % {"most": MOST_ORGANIZATIONS})
    return ",".join(codes)


_READERS: dict[str, Any] = {
    "investor": _sides,
    "target": _sides,
    "compare": _none_or_sides,
    "from_": _edge(end=False),
    "to": _edge(end=True),
    "ai": _words(AI_ANSWERS),
    "sector": _any_word(SECTORS),
    "round": _any_word(ROUND_TYPES),
    "kind": _words(KINDS),
    "status": _words([EVER_COMPLETED, *STATUSES]),
    "attribution": _one_of(ATTRIBUTIONS),
    "currency": _one_of(CURRENCIES),
    "min_amount": _amount,
    "max_amount": _amount,
    "organization": _organizations,
    "state_linked": _one_of(("yes", "no")),
    "population": _code,
    "known_by": _edge(end=True),
    "release": _code,
    "as_of": _point,
}
_LISTS = frozenset({"investor", "target", "compare", "ai", "sector", "round", "kind", "status"})


def _text(name: str, value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(value) if value else "none"
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _contradictions(query: FlowQuery) -> Iterable[Problem]:
    first, last = query.window
    if first and last and first > last:
        said = _("The window ends (%(to)s) before it begins (%(from)s).")
        yield Problem("from", said % {"to": query.to, "from": query.from_})
    low, high = query.min_amount, query.max_amount
    if low is not None and high is not None and low > high:
        yield Problem("min_amount", _("The smallest amount is above the largest (max_amount)."))
    if query.release and query.as_of is not None:
        yield Problem("as_of", _("Give either a release or a point of the ledger, not both."))
