"""Text of a stranger's file, made visible: browsers swallow control characters."""

import unicodedata

LONGEST = 120
# Signs for characters that have none of their own, or that turn the text around them.
HIDDEN = {"Cc", "Cf", "Co", "Cn", "Zl", "Zp"}
JOINERS = {"\u200c", "\u200d"}


def visible(text: str, longest: int = LONGEST) -> str:
    """The text with control characters as signs (␀, ␉, ␤) or ⟨U+202E⟩, cut after `longest`."""
    cut = text[:longest]
    shown = "".join(_sign(char) for char in cut)
    return f"{shown}…" if len(text) > longest else shown


def _sign(char: str) -> str:
    if ord(char) < 32:
        return chr(0x2400 + ord(char))
    if char not in JOINERS and unicodedata.category(char) in HIDDEN:
        return f"⟨U+{ord(char):04X}⟩"
    return char
