"""One text alone in its column: the look at all bytes of a column misses nothing a text needs."""

import pyarrow as pa
import pytest

from deals.exports import table_csv
from deals.exports.columns import LIST, TEXT, Column
from deals.rules.spreadsheet import safe_cell

TEXTS = [
    "plain", "", " before", "after ", 'a "word"', "a,b", "a\rb", "a\nb", "a\tb", "=1", "+a", "-a",
    "-1.5", "@a", "'=1", "'a", "\uff1d1", "\uff08a", "\t", "中文",
]  # fmt: skip


def cell(text: str) -> str:
    text = safe_cell(text)
    needed = text != text.strip(" ") or any(sign in text for sign in '",\r\n\t')
    return f'"{text.replace(chr(34), chr(34) * 2)}"' if needed else text


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("others", [[], ["x", None, ""]], ids=["alone", "among others"])
def test_every_text_is_quoted_and_made_safe_as_it_needs(text, others):
    texts = [*others, text, *others]
    columns = (Column("one", TEXT, "One"), Column("all", LIST, "All"))
    arrays = [pa.array(["cut off", *texts]), pa.array([["cut"], *([text, None] for text in texts)])]
    table = pa.table(arrays, names=["one", "all"]).slice(1)
    lines = [(cell(text or ""), cell((text or "") + "; ")) for text in texts]
    assert table_csv.rows(table, columns).decode() == "".join(f"{a},{b}\r\n" for a, b in lines)
