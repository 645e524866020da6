"""The text of a profile as a table, however it was written to trouble its reader."""

import re
import tomllib
from typing import Any

from deals.feeds.refusals import Refused
from deals.rules.errors import quoted

# As many bytes of a profile as the desk and the API take.
LONGEST = 1 << 20
# Python's reader needs time and memory by the square of a key's parts: 200,000 of them, in 400 KB,
# would take all the memory of a machine. Profiles have keys of three.
MOST_PARTS = 20
PART = r"(?:(?<![\w-])[\w-]++|\"[^\"\n]*+\"|'[^'\n]*+')[ \t]*+"
TOO_MANY_DIGITS = "The profile is not valid: it has a number of too many digits."
LONG_KEY = re.compile(rf"(?:{PART}\.[ \t]*+){{{MOST_PARTS}}}")


def read_toml(text: str) -> dict[str, Any]:
    """The table that the text holds, without any NUL. Raises `Refused`."""
    if len(text) > LONGEST:
        raise Refused(
            f"The profile has {len(text):,} characters, more than the {LONGEST:,} that are read: "
            "put the data into the file, not into the profile."
        )
    if LONG_KEY.search(text):
        raise Refused(f"The profile is not valid: it has a key of more than {MOST_PARTS} parts.")
    try:
        table = tomllib.loads(text)
        _refuse_unkept(table)
    except tomllib.TOMLDecodeError as error:
        raise Refused(f"The profile is not valid TOML: {error}.") from None
    except RecursionError:
        raise Refused(
            "The profile is not valid: its lists or tables are nested too deep."
        ) from None
    except ValueError:
        raise Refused(TOO_MANY_DIGITS) from None
    return table


def _refuse_unkept(value: Any) -> None:
    """TOML can spell a NUL, and neither PostgreSQL nor the name of an encoding can hold one. Its
    whole numbers have 64 bits, but Python reads any, and fails when it is to print them.
    """
    if isinstance(value, dict):
        for key, item in value.items():
            _refuse_unkept(key)
            _refuse_unkept(item)
    elif isinstance(value, list):
        for item in value:
            _refuse_unkept(item)
    elif isinstance(value, str) and "\x00" in value:
        raise Refused(f"Profile: {quoted(value)} contains a NUL character: remove it.")
    elif isinstance(value, int) and abs(value) >= 1 << 63:
        raise Refused(TOO_MANY_DIGITS)
