"""From the body of a proposed deal to what a person would have typed, for the readers of the desk.

The fields are those of a deal's document, so that what was read can be changed and sent back. What
is computed cannot be written; it may stand in a body that was read, as long as it is unchanged.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from deals.api.body import is_number, step
from deals.api.problems import Wrong
from deals.api.write_values import amount_typed, date_typed
from deals.entry.facts import CITABLE, Facts
from deals.entry.sources import typed_source
from deals.entry.typed import MOST_ROWS, Typed, empty, typed_of

Object = dict[str, Any]
TEXTS = (
    "kind", "round_type", "status", "recorded_on", "investor_list", "ai", "ai_basis", "part_of",
    "external_id", "notes", "reason",
)  # fmt: skip
WRITABLE = (
    *TEXTS, "target", "date", "amount", "investors", "status_history", "sectors", "choices",
    "sources",
)  # fmt: skip
COMPUTED = ("id", "version", "population", "generated", "published_at", "import_id")
PARTY, PARTY_COMPUTED = ("id", "name", "country"), ("country_basis",)
INVESTOR = (*PARTY, "lead", "contribution", "stake_percent")
INVESTOR_COMPUTED = (*PARTY_COMPUTED, "ultimate_countries", "ultimate_basis", "state_linked")
DATE = ("first", "last", "precision", "basis")
DAYS = ("first", "last", "precision")
STEP = ("status", "date", *DAYS, "authority", "reason")
AMOUNT = ("state", "low", "high", "currency", "text")
AMOUNT_COMPUTED = ("eur", "usd", "cny", "rate")
SOURCE = (
    "field", "title", "url", "publisher", "published_on", "accessed_on", "quote", "locator",
    "stated",
)  # fmt: skip
LEAD = {True: "yes", False: "no", None: ""}


def merge(target: Any, patch: Any) -> Any:
    """A JSON merge patch (RFC 7396): null removes, objects are merged, all else is replaced."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge(merged.get(name), value)
    return merged


class Fields:
    """Reads one body. `live` and `before` are document and facts of the version that is changed;
    `wrong` is what has been found wrong."""

    def __init__(self, body: Object, live: Object | None = None, before: Facts | None = None):
        self.body, self.live, self.before = body, live or {}, before
        self.wrong: list[Wrong] = []

    def typed(self) -> Typed:
        """The form; what the body does not name stays as it was."""
        form = empty() if self.before is None else typed_of(self.before) | {"reason": ""}
        self._members(self.body, "", WRITABLE, COMPUTED, self.live)
        for name in TEXTS:
            if name in self.body:
                form[name] = self._text(self.body, name, "")
        for name, read in self._readers().items():
            if name in self.body:
                form |= read(merge(self.live.get(name), self.body[name]), step("", name))
        if self.before is not None and form["recorded_on"] != (self.before["recorded_on"] or ""):
            said = "When a supplier recorded the deal stays as it was said: leave it out."
            self.wrong.append(Wrong("/recorded_on", said, self.body["recorded_on"]))
        return form

    def _readers(self) -> Mapping[str, Callable[[Any, str], Object]]:
        return {
            "target": self._target,
            "date": self._date,
            "amount": self._amount,
            "investors": self._investors,
            "status_history": self._steps,
            "sectors": self._sectors,
            "choices": self._choices,
            "sources": self._sources,
        }

    def _target(self, value: Any, at: str) -> Object:
        given = self._object(self.body["target"], at)
        self._members(given, at, PARTY, PARTY_COMPUTED, self.live.get("target"))
        if set(given) & {"name", "id"} and not {"name", "id"} <= set(given):
            # A new name is another company, and a new id has a name of its own.
            value = {key: one for key, one in value.items() if key in given}
        return {"target": self._texts(value if given else {}, PARTY, at)}

    def _date(self, value: Any, at: str) -> Object:
        given = self.body["date"]
        if isinstance(given, dict):
            self._members(given, at, DATE, (), None)
            basis = self._text(value, "basis", at)
            found = {"date_basis": basis} if basis else {}
            if self.before is not None and not set(given) - {"basis"}:
                return found
            typed, wrong = date_typed(value, given, at)
            self.wrong += wrong
            return found | {"date": typed}
        return {"date": self._text(self.body, "date", "")}

    def _amount(self, value: Any, at: str) -> Object:
        given = self.body["amount"]
        if not isinstance(given, dict):
            return {"amount": self._text(self.body, "amount", ""), "currency": ""}
        self._members(given, at, AMOUNT, AMOUNT_COMPUTED, self.live.get("amount"))
        texts = self._texts(value, AMOUNT, at)
        amount, wrong = amount_typed(texts, given, at)
        self.wrong += wrong
        return {"amount": amount, "currency": texts["currency"]}

    def _investors(self, value: Any, at: str) -> Object:
        known = {_named(one): one for one in self.live.get("investors", ())}
        rows = []
        for here, one in self._rows(value, at):
            self._members(one, here, INVESTOR, INVESTOR_COMPUTED, known.get(_named(one)))
            texts = self._texts(one, ("contribution", "stake_percent", *PARTY), here)
            lead = one.get("lead")
            if not (lead is None or isinstance(lead, bool)):
                self.wrong.append(Wrong(step(here, "lead"), "This is true, false or null.", lead))
                lead = None
            stake = texts.pop("stake_percent")
            rows.append(texts | {"lead": LEAD[lead], "stake": stake})
        return {"investors": rows}

    def _steps(self, value: Any, at: str) -> Object:
        rows = []
        for here, one in self._rows(value, at):
            self._members(one, here, STEP, (), None)
            typed = self._text(one, "date", here)
            if typed and any(one.get(name) for name in DAYS):
                said = "Give either the date or its first and last day, not both."
                self.wrong.append(Wrong(step(here, "date"), said, typed))
            elif not typed:
                typed, wrong = date_typed(one, one, here)
                self.wrong += wrong
            rows.append(self._texts(one, ("status", "authority", "reason"), here) | {"date": typed})
        return {"status_history": rows}

    def _sectors(self, value: Any, at: str) -> Object:
        codes = self._list(value, at)
        return {"sectors": [self._text({"": c}, "", step(at, n)) for n, c in enumerate(codes)]}

    def _choices(self, value: Any, at: str) -> Object:
        self._members(self._object(self.body["choices"], at), at, CITABLE, (), None)
        whys = value if isinstance(value, dict) else {}
        return {"choices": self._texts(whys, [name for name in CITABLE if name in whys], at)}

    def _sources(self, value: Any, at: str) -> Object:
        """A source that is sent as it was read is the one that it was, also one of a file."""
        facts = list(self.before["sources"]) if self.before else []
        rows = []
        for here, one in self._rows(value, at):
            self._members(one, here, SOURCE, (), None)
            texts = self._texts(one, SOURCE, here)
            same = next((f for f in facts if all((f[n] or "") == texts[n] for n in SOURCE)), None)
            if same is not None:
                facts.remove(same)
            rows.append(typed_source(same) if same else texts | {"kind": "page"})
        return {"sources": rows}

    def _members(
        self,
        given: Mapping[str, Any],
        at: str,
        writable: Collection[str],
        computed: Collection[str],
        same: Mapping[str, Any] | None,
    ) -> None:
        """Note what is not known, and what is computed and differs from what it is."""
        for name, value in given.items():
            if name in writable:
                continue
            if name not in computed:
                said = f"There is no such field. Known are: {', '.join(writable)}."
                self.wrong.append(Wrong(step(at, name), said, value, tuple(writable)))
            elif same is None or name not in same or same[name] != value:
                said = "This is computed by the register and cannot be written: leave it out."
                self.wrong.append(Wrong(step(at, name), said, value))

    def _texts(self, given: Mapping[str, Any], names: Collection[str], at: str) -> dict[str, str]:
        return {name: self._text(given, name, at) for name in names}

    def _text(self, given: Mapping[str, Any], name: str, at: str) -> str:
        value = given.get(name)
        if value is None:
            return ""
        if isinstance(value, str) and not is_number(value):
            return value.replace("\r\n", "\n")
        where = step(at, name) if name else at
        said = "This must be a text, or null where it is not known."
        if is_number(value):
            said = "Numbers are texts here, so that no digit is lost: write it in quotation marks."
        self.wrong.append(Wrong(where, said, value))
        return ""

    def _rows(self, value: Any, at: str) -> list[tuple[str, Object]]:
        rows = [(step(at, number), one) for number, one in enumerate(self._list(value, at))]
        for here in (here for here, one in rows if one is None):
            self.wrong.append(Wrong(here, "This must be an object."))
        return [(here, self._object(one, here)) for here, one in rows]

    def _list(self, value: Any, at: str) -> list[Any]:
        if value is None:
            return []
        if not isinstance(value, list):
            self.wrong.append(Wrong(at, "This must be a list.", value))
            return []
        if len(value) > MOST_ROWS:
            said = f"These are {len(value):,}; at most {MOST_ROWS} are taken."
            self.wrong.append(Wrong(at, said))
        return value[:MOST_ROWS]

    def _object(self, value: Any, at: str) -> Object:
        if value is None or isinstance(value, dict):
            return value or {}
        self.wrong.append(Wrong(at, "This must be an object.", value))
        return {}


def _named(one: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(one.get(name) or "") for name in PARTY)
