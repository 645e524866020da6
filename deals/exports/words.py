"""Texts that a workbook says itself. They are translated where a reader's language is known.

The program that writes workbooks has no translations: it is given them (`Job.words`).
"""


def gettext_noop(text: str) -> str:
    """Marks a text for translators, as Django's own does, where Django is not there."""
    return text


ABOUT = gettext_noop("About")
CUT_TEXTS = gettext_noop("Cut texts")
CUT_SAID = gettext_noop(
    "%(n)s texts are longer than a cell may be; they end with %(sign)s here and"
    " are whole in the other forms of this file."
)
ITS_COLUMNS = gettext_noop("Columns")
WORDS = (ABOUT, CUT_TEXTS, CUT_SAID, ITS_COLUMNS)
