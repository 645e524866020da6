"""The site's font for drawings without a browser: its variable web font as files of one weight."""

from functools import cache
from pathlib import Path

from django.conf import settings
from fontTools.merge import Merger
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

FONTS = Path(__file__).resolve().parents[1] / "static" / "deals" / "fonts"
SUBSETS = ("source-sans-3-latin-wght-normal", "source-sans-3-latin-ext-wght-normal")
STYLES = {400: "Regular", 600: "SemiBold"}
FAMILY = "Source Sans 3"
# A chart label needs no ligatures, and these tables take most of the time.
SPARED = ("GPOS", "GSUB", "GDEF")
# Fonts of the system for other scripts. They are named one by one, since what draws would else take
# the first that has a sign, be it italic.
SYSTEM = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("/Library/Fonts"))
OTHERS = (
    *("DejaVuSans.ttf", "NotoSans-Regular.ttf", "NotoSansCJK-Regular.ttc"),
    *("NotoSansSC-Regular.otf", "NotoSansCJKsc-Regular.otf", "SourceHanSansSC-Regular.otf"),
    *("wqy-microhei.ttc", "Arial Unicode.ttf"),
)
ARROW, NARROW_BLANK = 0x2192, 0x202F


@cache
def font_files() -> tuple[str, ...]:
    """Paths of fonts: the site's, made once for a VAR_DIR, and those that this system has."""
    folder = settings.VAR_DIR / "fonts"
    folder.mkdir(parents=True, exist_ok=True)
    # A changed font has another size, so no old file is taken for it.
    size = sum((FONTS / f"{subset}.woff2").stat().st_size for subset in SUBSETS)
    found = []
    for weight in STYLES:
        target = folder / f"source-sans-3-{weight}-{size}.ttf"
        if not target.exists():
            _write(weight, target)
        found.append(str(target))
    return (*found, *system_fonts())


def system_fonts() -> list[str]:
    """Fonts of this system that have the signs of other scripts, best first; often none."""
    there = {path.name: path for folder in SYSTEM for path in folder.rglob("*.[to]t[fc]")}
    return [str(there[name]) for name in OTHERS if name in there]


def _write(weight: int, target: Path) -> None:
    # Two processes may do this at the same time; each renames a whole file.
    parts = [target.with_suffix(f".{part}-{id(target):x}.tmp") for part in (*SUBSETS, "whole")]
    *pieces, whole = parts
    for subset, piece in zip(SUBSETS, pieces, strict=True):
        _instance(FONTS / f"{subset}.woff2", weight).save(piece)
    font = Merger().merge([str(piece) for piece in pieces])
    _add_signs(font)
    _name(font, weight)
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


def _name(font: TTFont, weight: int) -> None:
    """The variable font is called after its thinnest weight; what draws looks for the family."""
    names = font["name"]
    for other in (16, 17, 21, 22, 25):
        names.removeNames(nameID=other)
    names.setName(FAMILY, 1, 3, 1, 0x409)
    names.setName(STYLES[weight], 2, 3, 1, 0x409)
