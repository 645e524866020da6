"""Reading a TOML table key by key, so that every wrong key, type and word is refused by name."""

import difflib
from collections.abc import Collection
from typing import Any

from deals.feeds.refusals import Refused

KINDS = {str: "text in quotation marks", int: "a whole number", bool: "true or false"}


class Section:
    """One table of a profile. `text`, `number`… take a key out; `close` refuses what is left."""

    def __init__(self, table: Any, title: str) -> None:
        if not isinstance(table, dict):
            raise Refused(f"Profile: {title} has to be a table of keys and values.")
        self.title = title
        self._left: dict[str, Any] = dict(table)
        self._known: list[str] = []

    def _take(self, key: str) -> Any:
        self._known.append(key)
        return self._left.pop(key, None)

    def refuse(self, key: str, what: str) -> Refused:
        """The refusal that names this section and key."""
        return Refused(f"Profile: {key} in {self.title} {what}")

    def text(self, key: str, default: str | None = None) -> str:
        """A text; without a default it is needed."""
        value = self._take(key)
        if value is None and default is not None:
            return default
        if value is None:
            raise self.refuse(key, "is missing: it has to be given.")
        if not isinstance(value, str):
            raise self.refuse(key, f"has to be {KINDS[str]}, and is {value!r}.")
        return value

    def maybe(self, key: str) -> str | None:
        """A text, or None when the key is not there."""
        return self.text(key) if key in self._left else self._take(key)

    def word(self, key: str, allowed: Collection[str], default: str) -> str:
        """One of a few words."""
        value = self.text(key, default)
        if value not in allowed:
            raise self.refuse(key, f"is “{value}”, and can be {_list(allowed)}.")
        return value

    def number(self, key: str, default: int, *, least: int = 0) -> int:
        """A whole number from `least` on."""
        value = self._take(key)
        if value is None:
            return default
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise self.refuse(key, f"has to be {KINDS[int]}, {least} or more, and is {value!r}.")
        return value

    def flag(self, key: str) -> bool:
        """true or false; false when not given."""
        value = self._take(key)
        if value is None:
            return False
        if not isinstance(value, bool):
            raise self.refuse(key, f"has to be {KINDS[bool]}, and is {value!r}.")
        return value

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of texts; a single text counts as a list of one."""
        value = self._take(key)
        if value is None:
            return default
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            raise self.refuse(key, "has to be a list of texts, such as [“a”, “b”].")
        return tuple(items)

    def pairs(self, key: str) -> dict[str, str]:
        """A table of texts, in the order of the file."""
        value = self._take(key)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise self.refuse(key, "has to be a table of “word” = “word” lines.")
        for word, meaning in value.items():
            if not isinstance(meaning, str):
                raise self.refuse(f"{key}.{word}", f"has to be {KINDS[str]}, and is {meaning!r}.")
        return dict(value)

    def section(self, key: str) -> "Section | None":
        """A table inside this one, or None when it is not there."""
        value = self._take(key)
        return None if value is None else Section(value, f"[{key}]")

    def raw(self, key: str) -> Any:
        """Whatever stands there, for a caller that checks it."""
        return self._take(key)

    def close(self) -> None:
        """Refuse what nobody asked for."""
        for key in self._left:
            near = difflib.get_close_matches(key, self._known, n=1, cutoff=0.6)
            hint = f"did you mean “{near[0]}”? " if near else ""
            known = ", ".join(sorted(self._known))
            raise Refused(
                f"Profile: there is no key “{key}” in {self.title}; {hint}Known keys: {known}."
            )


def _list(words: Collection[str]) -> str:
    quoted = [f"“{word}”" for word in words]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"
