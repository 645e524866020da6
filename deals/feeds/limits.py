"""How large a file may be, in words, for the page and the error that state it."""

from django.conf import settings

from deals.feeds.refusals import Refused

MEGABYTE = 1024 * 1024
# A small file may be as tight as it likes.
RATIO_JUDGED_FROM = 16 * MEGABYTE


def limits() -> list[tuple[str, str]]:
    """Every limit of a file as (name, value), both in words."""
    return [
        ("Size of the file", megabytes(settings.IMPORT_MAX_BYTES)),
        ("Size when unpacked", megabytes(settings.IMPORT_MAX_UNPACKED)),
        ("Unpacked to packed size", f"{settings.IMPORT_MAX_RATIO:,} to 1"),
        ("Rows", f"{settings.IMPORT_MAX_ROWS:,}"),
        ("Columns", f"{settings.IMPORT_MAX_COLUMNS:,}"),
        ("Characters in a cell", f"{settings.IMPORT_MAX_CELL:,}"),
        ("Time for reading", _time(settings.IMPORT_MAX_SECONDS)),
    ]


def megabytes(size: int) -> str:
    """A number of bytes in whole megabytes, or in bytes when it is less than one."""
    return f"{size / MEGABYTE:,.0f} MB" if size >= MEGABYTE else f"{size:,} bytes"


def refuse_bomb(name: str, unpacked: int, packed: int) -> None:
    """Raise `Refused` when so many bytes have come out of so few."""
    most = settings.IMPORT_MAX_UNPACKED
    if unpacked > most:
        raise Refused(
            f"{name} is too large when unpacked: more than {megabytes(most)}; save it as several "
            "files."
        )
    ratio = settings.IMPORT_MAX_RATIO
    if unpacked > RATIO_JUDGED_FROM and unpacked > ratio * packed:
        raise Refused(
            f"{name} is too large when unpacked: more than {ratio} times its size, as no table "
            "is; bring the table itself."
        )


def refuse_wide(name: str, columns: int) -> None:
    """Raise `Refused` for a table of more columns than anybody could say the meaning of."""
    most = settings.IMPORT_MAX_COLUMNS
    if columns > most:
        raise Refused(
            f"{name} has {columns:,} columns, more than the {most:,} that are taken: check the "
            "delimiter."
        )


def _time(seconds: int) -> str:
    return f"{seconds // 60:,} minutes" if seconds % 60 == 0 else f"{seconds:,} seconds"
