"""A picture as files: CSV of its tables, SVG that stands alone, PNG for a document, JSON."""

import csv
import io
import json
import threading
from collections.abc import Iterable, Iterator

from django.core.serializers.json import DjangoJSONEncoder

from deals.pictures.fonts import FAMILY, font_files
from deals.pictures.picture import Panel, Picture
from deals.pictures.standalone import Source, standalone
from deals.rules.spreadsheet import safe_cell

# Twice as many pixels as the drawing has, for paper and dense screens.
ZOOM = 2
FIXED = ("source", "address")
_DRAWING = threading.Lock()


def json_file(picture: Picture, source: Source) -> bytes:
    """The interactive figures by the name of their panel, for the script of the page."""
    drawn = {panel.name: panel.figure for panel in picture.panels if panel.figure}
    return json.dumps(drawn, cls=DjangoJSONEncoder, ensure_ascii=False).encode()


def svg_file(picture: Picture, source: Source) -> bytes:
    """One SVG without scripts, style sheets or anything from elsewhere."""
    return standalone(picture, source).encode()


def png_file(picture: Picture, source: Source) -> bytes:
    """The same as pixels."""
    # Few processes ever draw one.
    import resvg_py

    drawn = standalone(picture, source)
    fonts = list(font_files())
    # Drawing takes a processor for half a second; many who want it wait for each other.
    with _DRAWING:
        return bytes(
            resvg_py.svg_to_bytes(
                svg_string=drawn,
                zoom=ZOOM,
                background="#ffffff",
                font_files=fonts,
                skip_system_fonts=True,
                font_family=FAMILY,
                sans_serif_family=FAMILY,
            )
        )


def csv_file(picture: Picture, source: Source) -> bytes:
    """All rows of all panels in one table; raw values, shares between 0 and 1, money as decimals
    with its currency beside it.

    The source and its address stand in columns of their own, so that what reads the file needs to
    skip no line, and rows that were copied out still say where they come from.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    names = list(_names(picture))
    writer.writerow(["panel", *names, "currency", "note", "deals", *FIXED])
    for panel in picture.panels:
        for row in panel.table.rows:
            cells = [row.get(name) for name in names]
            deals = row.get("deals") or ""
            linked = f"{source.site.rstrip('/')}{deals}" if deals else ""
            marks = row.get("marks")
            beside = [_currency(panel), marks, linked, source.line, source.address]
            writer.writerow(_safe([panel.name, *cells, *beside]))
    return out.getvalue().encode()


def _currency(panel: Panel) -> str:
    """The currency of the amounts in a panel's table; "" for a table without any."""
    return next((column.unit for column in panel.table.columns if column.kind == "money"), "")


def _names(picture: Picture) -> Iterator[str]:
    """The columns of all panels, each once, in their order."""
    seen = set()
    for panel in picture.panels:
        for column in panel.table.columns:
            if column.name not in seen:
                seen.add(column.name)
                yield column.name


def _safe(cells: Iterable[object]) -> list[str]:
    return [safe_cell(cell) for cell in cells]
