"""What stands in a stranger's file is shown, whatever characters it is made of."""

import pytest

from deals.desk.visible import visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb\nc\x00d", "a␉b␊c␀d"),
        ("\u202egnp.exe", "⟨U+202E⟩gnp.exe"),
        ("zero\u200bwidth", "zero⟨U+200B⟩width"),
        ("\x7f\x85", "⟨U+007F⟩⟨U+0085⟩"),
        ("深度求索 עברית", "深度求索 עברית"),
        ("می‌خواهم", "می‌خواهم"),
        ("<b>&", "<b>&"),
    ],
)
def test_what_a_browser_would_swallow_becomes_a_sign(text, shown):
    assert visible(text) == shown


def test_a_long_text_is_cut():
    assert visible("x" * 200) == "x" * 120 + "…"
