"""The form of the wizard's step “Columns”: which column is which fact, and what makes a deal.

It is filled from a draft profile or from what was sent, and written back into the draft; keys of
a profile that it does not know stay as they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from deals.desk.fact_choices import FACTS
from deals.desk.faults import Fault

Tables = Mapping[str, Any]
CONSTANTS = ("kind", "status", "currency", "target_country", "investor_list", "country_basis")


@dataclass(slots=True)
class ColumnsForm:
    """As shown. `facts` has a list of facts for each position of the header; `key` and
    `fill_down` are positions. Texts of several lines have one word a line.
    """

    header: Sequence[str]
    facts: list[list[str]] = field(default_factory=list)
    key: set[int] = field(default_factory=set)
    fill_down: set[int] = field(default_factory=set)
    rows: str = "deal"
    separators: str = ""
    unknown: str = ""
    skip_column: str = ""
    skip_words: str = ""
    skip_blank: bool = False
    unit: str = "1"
    constants: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of_draft(cls, tables: Tables, header: Sequence[str], key: Sequence[str]) -> "ColumnsForm":
        """From a profile; `key` are headers. What names a column that is not there is left out."""
        columns, skip = tables.get("columns", {}), tables.get("skip_when", {})
        words = [skip["in"]] if isinstance(skip.get("in"), str) else skip.get("in", [])
        return cls(
            header,
            facts=[_facts_of(name, at, header, columns) for at, name in enumerate(header)],
            key={header.index(name) for name in key if name in header},
            fill_down={header.index(n) for n in tables.get("fill_down", ()) if n in header},
            rows=tables.get("rows", "deal"),
            separators=_lines(tables.get("investors_separator", ())),
            unknown=_lines(tables.get("unknown", ())),
            skip_column=skip.get("column", ""),
            skip_words=_lines(word for word in words if word),
            skip_blank="" in words,
            unit=f"{tables.get('amounts', {}).get('unit', 1)}",
            constants={name: tables.get("constants", {}).get(name, "") for name in CONSTANTS},
        )

    @classmethod
    def of_post(cls, data: QueryDict, header: Sequence[str]) -> "ColumnsForm":
        """From what was sent; nothing is refused here."""
        return cls(
            header,
            facts=[_sent_facts(data, at) for at in range(len(header))],
            key=_places(data.getlist("key"), header),
            fill_down=_places(data.getlist("fill_down"), header),
            rows=data.get("rows", ""),
            separators=data.get("separators", ""),
            unknown=data.get("unknown", ""),
            skip_column=data.get("skip_column", ""),
            skip_words=data.get("skip_words", ""),
            skip_blank="skip_blank" in data,
            unit=data.get("unit", "1"),
            constants={name: data.get(f"constant-{name}", "").strip() for name in CONSTANTS},
        )

    def written_into(self, tables: Tables) -> dict[str, Any]:
        """The draft with what this form says."""
        draft = dict(tables)
        draft["rows"] = self.rows
        draft["columns"] = {
            fact: self.header[at] for at, facts in enumerate(self.facts) for fact in facts
        }
        draft["deal"] = {"key": [self.header[at] for at in sorted(self.key)]}
        draft["fill_down"] = [self.header[at] for at in sorted(self.fill_down)]
        draft["unknown"] = words_of(self.unknown)
        draft["amounts"] = dict(draft.get("amounts", {})) | {"unit": self.unit}
        constants = dict(draft.get("constants", {})) | self.constants
        draft["constants"] = {name: word for name, word in constants.items() if word}
        _set(draft, "investors_separator", separators_of(self.separators))
        words = [*([""] if self.skip_blank else []), *words_of(self.skip_words)]
        rule = {"column": self.skip_column, "in": words} if self.skip_column else None
        _set(draft, "skip_when", rule)
        return draft

    def faults(self) -> list[Fault]:
        """What can be said of the form itself; the profile's own check comes after it."""
        found = [*self._twice()]
        chosen = {fact for facts in self.facts for fact in facts}
        if "target_name" not in chosen:
            message = "Choose the column that holds the target’s name: every deal has a target."
            found.append(Fault("columns", message))
        if not self.key:
            message = (
                "Tick the columns that tell one deal from another, such as the supplier’s id, or "
                "target, date and amount together."
            )
            found.append(Fault("columns", message))
        if self.rows == "participation" and not {"investor_name", "investors"} & chosen:
            message = "Choose the column of the investor’s name, or say that a row is a whole deal."
            found.append(Fault("rows-participation", message))
        if self.skip_column and not (self.skip_blank or words_of(self.skip_words)):
            message = "Say which words mean that a row is no deal, or tick that a blank does."
            found.append(Fault("skip_words", message))
        return found

    def _twice(self) -> list[Fault]:
        found, seen = [], dict[str, int]()
        for at, facts in enumerate(self.facts):
            for fact in facts:
                first = seen.setdefault(fact, at)
                if first != at:
                    message = (
                        f"“{self.header[at]}” and “{self.header[first]}” are both "
                        f"“{FACTS[fact]}”: choose one of them."
                    )
                    found.append(Fault(f"fact-{at}", message))
            if facts and self.header.count(self.header[at]) > 1:
                message = (
                    f"The file has several columns called “{self.header[at]}”, so a profile cannot "
                    "say which is meant: rename one of them in the file."
                )
                found.append(Fault(f"fact-{at}", message))
        return found


def words_of(text: str) -> list[str]:
    """One word a line, without blank lines."""
    return [word for line in text.splitlines() if (word := line.strip())]


def separators_of(text: str) -> list[str]:
    """Marks without the blanks around them; a word such as " and " keeps them, and needs them."""
    lines = (line for line in text.splitlines() if line.strip())
    return [f" {line.strip()} " if line.strip().isalpha() else line.strip() for line in lines]


def _facts_of(name: str, at: int, header: Sequence[str], columns: Tables) -> list[str]:
    """A column that is there twice is shown with its facts once."""
    if header.index(name) != at:
        return []
    return [fact for fact, column in columns.items() if column == name and fact in FACTS]


def _sent_facts(data: QueryDict, at: int) -> list[str]:
    sent = (data.get(f"fact-{at}", ""), *data.getlist(f"also-{at}"))
    return list(dict.fromkeys(fact for fact in sent if fact in FACTS))


def _places(sent: Sequence[str], header: Sequence[str]) -> set[int]:
    numbers = {int(text) for text in sent if text.isascii() and text.isdigit() and len(text) < 6}
    return {at for at in numbers if at < len(header)}


def _lines(words: Any) -> str:
    return "\n".join([words] if isinstance(words, str) else words)


def _set(draft: dict[str, Any], key: str, value: Any) -> None:
    """Without a value the profile's default is meant."""
    if value:
        draft[key] = value
    else:
        draft.pop(key, None)
