"""Texts that go through a spreadsheet, which would run some of them as formulas."""

# A spreadsheet runs what begins with one of these as a formula; some take wide signs, too.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def safe_cell(value: object) -> str:
    """A cell that no spreadsheet runs: texts that look like formulas get an apostrophe in front.

    So do those that look like a formula made safe, so that `bare_cell` gives every text back.
    """
    text = "" if value is None else str(value)
    begins_so = text.lstrip("'").startswith(FORMULA_STARTS)
    return f"'{text}" if begins_so and not _is_number(text) else text


def bare_cell(text: str) -> str:
    """The text of a cell that was made safe; any other cell as it is."""
    made_safe = text[:1] == "'" and text.lstrip("'").startswith(FORMULA_STARTS)
    return text[1:] if made_safe else text


def _is_number(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdigit()
