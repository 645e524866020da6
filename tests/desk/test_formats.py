"""Times, sizes and differences as the desk writes them."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from deals.templatetags.imports import file_size, lasting, moment, points, visible

N = "\u00a0"


def test_a_moment_is_in_utc_and_says_so() -> None:
    assert moment(datetime(2026, 11, 21, 14, 2, tzinfo=UTC)) == "21 Nov 2026, 14:02 UTC"
    berlin = timezone(timedelta(hours=1))
    assert moment(datetime(2026, 1, 1, 0, 30, tzinfo=berlin)) == "31 Dec 2025, 23:30 UTC"
    assert moment(None) == "not known"


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (None, "not known"), (1, f"1{N}bytes"), (999, f"999{N}bytes"), (1_000, f"1.0{N}kB"),
        (99_940, f"99.9{N}kB"), (99_960, f"100{N}kB"), (999_600, f"1.0{N}MB"),
        (3_400_000, f"3.4{N}MB"), (2 * 10**13, f"20.0{N}TB"), (10**16, f"10,000{N}TB"),
    ],
)  # fmt: skip
def test_a_size_has_three_digits_at_most(size, said) -> None:
    assert file_size(size) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, "not known"), (0, "a few seconds"), (42, "about 40 seconds"),
        (119, "about 2 minutes"), (3_000, "about 50 minutes"), (7_300, "about 2 hours"),
    ],
)  # fmt: skip
def test_a_time_left_does_not_pretend(seconds, said) -> None:
    assert lasting(seconds) == said


@pytest.mark.parametrize(
    ("difference", "said"),
    [
        (None, "–"), ("0", "no change"), ("0.001297", f"+0.13{N}points"),
        ("-0.0123", f"−1.23{N}points"), ("0.00001", f"under 0.01{N}points"),
    ],
)  # fmt: skip
def test_a_difference_is_in_percentage_points(difference, said) -> None:
    assert points(None if difference is None else Decimal(difference)) == said


def test_what_browsers_swallow_or_turn_around_is_shown() -> None:
    assert visible("a\x1b\u202egnp") == "a␛⟨U+202E⟩gnp"
    assert visible("深度求索 می‌خواهم") == "深度求索 می‌خواهم"
