"""Public identifiers as people type them: in any case, with letters that look like digits."""

import re

# Crockford's base 32 reads what people mistake: the letters O, I and L stand for digits.
MISREAD = str.maketrans("OIL", "011")
DIGITS = re.compile(r"[0-9A-HJKMNP-TV-Z]{8}")
LONGEST_SHOWN = 40


def spelled(prefix: str, text: str) -> str:
    """An identifier such as "O-7KQ3M2XA" as it is written here; "" for what cannot be one."""
    upper = text.strip().upper()
    begin, digits = upper[:2], upper[2:].translate(MISREAD)
    return f"{begin}{digits}" if begin == f"{prefix}-" and DIGITS.fullmatch(digits) else ""


def short(text: str) -> str:
    """Whatever stood in an address, fit to be printed in a sentence about it."""
    visible = "".join(char if char.isprintable() else "·" for char in text)
    return visible if len(visible) <= LONGEST_SHOWN else f"{visible[:LONGEST_SHOWN]}…"
