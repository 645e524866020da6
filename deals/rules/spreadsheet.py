"""Texts that go through a spreadsheet, which would run some of them as formulas."""

# A spreadsheet runs what begins with one of these as a formula; some take wide signs, too.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def safe_cell(value: object) -> str:
    """A cell that no spreadsheet runs: texts that look like formulas get an apostrophe in front."""
    text = "" if value is None else str(value)
    if text.startswith(FORMULA_STARTS) and not _is_number(text):
        return f"'{text}"
    return text


def bare_cell(text: str) -> str:
    """The text of a cell that was made safe; any other cell as it is."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA_STARTS) else text


def _is_number(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdigit()
