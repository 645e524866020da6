"""A font file of one weight, made of the parts of a variable web font."""

from collections.abc import Sequence
from pathlib import Path

from fontTools.merge import Merger
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

STYLES = {400: "Regular", 600: "SemiBold"}
# A chart label needs no ligatures, and these tables take most of the time.
SPARED = ("GPOS", "GSUB", "GDEF")
ARROW, NARROW_BLANK = 0x2192, 0x202F


def write(sources: Sequence[Path], weight: int, family: str, target: Path) -> None:
    """The variable fonts `sources`, parts of one font, at one weight as the file `target`.

    Two processes may do this at the same time; each renames a whole file.
    """
    names = (*(source.stem for source in sources), "whole")
    *pieces, whole = (target.with_suffix(f".{name}-{id(target):x}.tmp") for name in names)
    for source, piece in zip(sources, pieces, strict=True):
        _instance(source, weight).save(piece)
    font = Merger().merge([str(piece) for piece in pieces])
    _add_signs(font)
    _name(font, family, weight)
    font.save(whole)
    whole.replace(target)
    for piece in pieces:
        piece.unlink()


def _instance(source: Path, weight: int) -> TTFont:
    font = TTFont(source)
    for table in SPARED:
        if table in font:
            del font[table]
    instancer.instantiateVariableFont(font, {"wght": weight}, inplace=True)
    font.flavor = None
    return font


def _add_signs(font: TTFont) -> None:
    """An arrow and a narrow blank, which the web font leaves to the system."""
    em = font["head"].unitsPerEm
    pen = TTGlyphPen(None)
    left, right, middle, half, wing = (round(em * part) for part in (0.08, 0.82, 0.33, 0.035, 0.2))
    tip = right - wing
    outline = [
        (left, middle - half), (left, middle + half), (tip, middle + half), (tip, middle + wing),
        (right, middle), (tip, middle - wing), (tip, middle - half),
    ]  # fmt: skip
    pen.moveTo(outline[0])
    for point in outline[1:]:
        pen.lineTo(point)
    pen.closePath()
    _add(font, "arrowright", ARROW, pen, (round(em * 0.9), left))
    _add(font, "narrowblank", NARROW_BLANK, TTGlyphPen(None), (round(em * 0.1), 0))


def _add(font: TTFont, name: str, code: int, pen: TTGlyphPen, measures: tuple[int, int]) -> None:
    """`measures` are how far the sign reaches and where its outline begins."""
    font.setGlyphOrder([*font.getGlyphOrder(), name])
    font["glyf"][name] = pen.glyph()
    font["hmtx"][name] = measures
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[code] = name


def _name(font: TTFont, family: str, weight: int) -> None:
    """The variable font is called after its thinnest weight; what draws looks for the family."""
    names = font["name"]
    for other in (16, 17, 21, 22, 25):
        names.removeNames(nameID=other)
    names.setName(family, 1, 3, 1, 0x409)
    names.setName(STYLES[weight], 2, 3, 1, 0x409)
