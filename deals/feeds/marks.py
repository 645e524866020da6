"""Decimal mark and order of dates: what the cells of a sample decide, not their headers."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

NUMBER = re.compile(r"(?<![0-9.,])[0-9]{1,3}(?:[.,][0-9]{3})+(?:[.,][0-9]+)?(?![0-9.,])")
SHORT = re.compile(r"(?<![0-9.,])[0-9]+([.,])(?:[0-9]{1,2}|[0-9]{4,})(?![0-9.,])")
MONEYISH = re.compile(r"[^0-9]{0,16}[0-9][0-9.,' ]*[^0-9]{0,24}")
DAYS = re.compile(r"([0-9]{1,2})([-./ ])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})(?:\D.*)?")
YEAR_FIRST = re.compile(r"[0-9]{4}\s?[-./年]\s?[0-9]{1,2}.*")


@dataclass(frozen=True, slots=True)
class Finding:
    """A decision, or None, and the sentence that says why, "" where there is nothing to say."""

    value: str | None
    note: str = ""


def find_decimal(columns: Iterable[Sequence[str]], delimiter: str) -> Finding:
    """The decimal mark of the sample's numbers, "." where nothing tells."""
    votes = {".": 0, ",": 0}
    grouped = {".": 0, ",": 0}
    for column in columns:
        for cell in column:
            if MONEYISH.fullmatch(cell) and not DAYS.fullmatch(cell):
                _vote(cell, votes, grouped)
    if any(votes.values()):
        mark = "," if votes[","] > votes["."] else "."
        other = "." if mark == "," else ","
        mixed = f"Some numbers have “{other}” as the decimal mark and most have “{mark}”."
        return Finding(mark, mixed if votes[other] else "")
    if any(grouped.values()):
        # 1.234 alone: a group of three, since amounts with three decimals are rare.
        mark = "," if grouped["."] > grouped[","] else "."
        group = "." if mark == "," else ","
        return Finding(
            mark, f"Numbers such as 1{group}234 were read as thousands: check the decimal mark."
        )
    return Finding("," if delimiter == ";" else ".")


def _vote(cell: str, votes: dict[str, int], grouped: dict[str, int]) -> None:
    if match := SHORT.search(cell):
        votes[match[1]] += 1
        return
    match = NUMBER.search(cell)
    if match is None:
        return
    marks = re.findall("[.,]", match[0])
    if len(set(marks)) == 2:
        votes[marks[-1]] += 1
    elif len(marks) > 1:
        votes["," if marks[0] == "." else "."] += 1
    else:
        grouped[marks[0]] += 1


def find_order(columns: Iterable[Sequence[str]], languages: Sequence[str]) -> Finding:
    """The order of numeric dates: by impossible days, then by sorted rows, then by custom.

    None, with a note, when there are such dates and nothing decides.
    """
    dated = [cells for cells in columns if _mostly_days(cells)]
    if not dated:
        return Finding(None)
    parts = [match for cells in dated for cell in cells if (match := DAYS.fullmatch(cell))]
    if not parts:
        return Finding("ymd")
    day_first = sum(int(match[1]) > 12 for match in parts)
    month_first = sum(int(match[3]) > 12 for match in parts)
    if day_first or month_first:
        note = ""
        if day_first and month_first:
            note = "Some dates have the day first and some the month: those that do not fit are "
            note += "errors of their rows."
        return Finding("dmy" if day_first >= month_first else "mdy", note)
    example = parts[0][0]
    if order := _sorted_order(dated):
        what = "day" if order == "dmy" else "month"
        return Finding(
            order, f"Dates such as {example} are in order when the {what} comes first: check it."
        )
    if all(match[2] == "." for match in parts) or set(languages) & {"de", "fr"}:
        return Finding("dmy", f"Dates such as {example} were read day first: check it.")
    return Finding(
        None, f"Nothing tells whether {example} has the day or the month first: choose one."
    )


def _mostly_days(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    dates = sum(bool(DAYS.fullmatch(cell) or YEAR_FIRST.fullmatch(cell)) for cell in filled)
    return dates > 0 and dates >= 0.5 * len(filled)


def _sorted_order(columns: Iterable[Sequence[str]]) -> str | None:
    """The one order under which a column of at least five different dates is sorted."""
    for cells in columns:
        parts = [match for cell in cells if (match := DAYS.fullmatch(cell))]
        keys = {
            "dmy": [(match[4], int(match[3]), int(match[1])) for match in parts],
            "mdy": [(match[4], int(match[1]), int(match[3])) for match in parts],
        }
        rising = {order: _is_sorted(found) for order, found in keys.items()}
        if len(set(keys["dmy"])) >= 5 and rising["dmy"] != rising["mdy"]:
            return "dmy" if rising["dmy"] else "mdy"
    return None


def _is_sorted(keys: list[tuple[str, int, int]]) -> bool:
    return keys == sorted(keys) or keys == sorted(keys, reverse=True)
