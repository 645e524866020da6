"""The one exception that rules raise."""

from collections.abc import Iterable


class RuleError(ValueError):
    """A text that a rule cannot accept.

    ``code`` is a stable word for programs ("ambiguous_date"); ``message`` is one sentence for a
    person, which says what is wrong and what to do. Where in a file the text stood is added by
    the caller, because a rule sees only the text. ``allowed`` are the words that would do, where
    they are few.
    """

    def __init__(self, code: str, message: str, allowed: Iterable[str] = ()) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.allowed = tuple(allowed)

    def __str__(self) -> str:
        return self.message


def quoted(text: str, limit: int = 60) -> str:
    """``text`` in quotation marks on one line, cut to ``limit`` characters, for a sentence."""
    flat = " ".join(text.split())
    return f"“{flat if len(flat) <= limit else flat[: limit - 1] + '…'}”"
