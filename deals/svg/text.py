"""Texts in drawings: SVG breaks no lines by itself, so their width is estimated."""

import unicodedata

# Parts of the font's size; wide signs are those of Chinese, Japanese and Korean.
WIDE_SIGN, SIGN, CAPITAL, SLIM = 1.0, 0.53, 0.62, 0.29
SLIM_SIGNS = frozenset("iIjl.,:;'|! ()[]ftr-")


def text_width(text: str, size: float = 13) -> float:
    """About how many pixels a text takes in a font of `size` pixels; rather too many."""
    return size * sum(_sign_width(sign) for sign in text)


def _sign_width(sign: str) -> float:
    if unicodedata.east_asian_width(sign) in "WF":
        return WIDE_SIGN
    if unicodedata.combining(sign):
        return 0.0
    if sign in SLIM_SIGNS:
        return SLIM
    return CAPITAL if sign.isupper() else SIGN


def shortened(text: str, width: float, size: float = 13) -> str:
    """The text, or its beginning with an ellipsis; the whole belongs into a hint and the table."""
    if text_width(text, size) <= width:
        return text
    room = width - text_width("…", size)
    kept = ""
    for sign in text:
        room -= size * _sign_width(sign)
        if room < 0:
            break
        kept += sign
    return f"{kept.rstrip()}…"


def wrapped(text: str, width: float, lines: int = 2, size: float = 13) -> list[str]:
    """The text in at most so many lines, broken between words; the last is shortened if it must."""
    found: list[str] = []
    # Not at narrow blanks, which hold a number and its unit together.
    words = [word for word in text.split(" ") if word]
    while words and len(found) < lines - 1:
        taken = 1
        while taken < len(words) and text_width(" ".join(words[: taken + 1]), size) <= width:
            taken += 1
        line = " ".join(words[:taken])
        if text_width(line, size) > width:
            break
        found.append(line)
        words = words[taken:]
    return [*found, shortened(" ".join(words), width, size)] if words else found
