"""The site's font for drawings without a browser: its variable web font as files of one weight."""

from functools import cache
from itertools import groupby
from pathlib import Path
from xml.etree.ElementTree import Element

from django.conf import settings
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

FONTS = Path(__file__).resolve().parents[1] / "static" / "deals" / "fonts"
SUBSETS = ("source-sans-3-latin-wght-normal", "source-sans-3-latin-ext-wght-normal")
WEIGHTS = (400, 600)
# For signs that no font of the site has; what the reader's system has of these is taken.
OTHERS = (
    "'DejaVu Sans', 'Noto Sans CJK SC', 'WenQuanYi Micro Hei', 'PingFang SC', 'Microsoft YaHei',"
    " 'Noto Sans', Arial, sans-serif"
)
SPARED = ("GSUB", "GDEF")
FAMILY = "Source Sans 3"


@cache
def font_files() -> tuple[str, ...]:
    """Paths of TrueType files, made once for a VAR_DIR; Chinese comes from the system's fonts."""
    folder = settings.VAR_DIR / "fonts"
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for subset in SUBSETS:
        source = FONTS / f"{subset}.woff2"
        for weight in WEIGHTS:
            # A changed font has another size, so no old file is taken for it.
            target = folder / f"{subset}-{weight}-{source.stat().st_size}.ttf"
            if not target.exists():
                _write(source, weight, target)
            found.append(str(target))
    return tuple(found)


@cache
def covered() -> frozenset[int]:
    """Code points that the font has, and blanks, which need no glyph."""
    found = {0x202F, 0x00A0, 0x0020}
    for subset in SUBSETS:
        found |= TTFont(FONTS / f"{subset}.woff2").getBestCmap().keys()
    return frozenset(found)


def spelled(root: Element) -> None:
    """Set signs that the font does not have, such as arrows and Chinese, in spans of other fonts.

    What draws without a browser would else take another font for the whole text.
    """
    for text in root.iter("text"):
        _spell(text)


def _spell(text: Element) -> None:
    """What is written behind a child (a hint) belongs to the text, too."""
    for child in [None, *text]:
        written = (text.text if child is None else child.tail) or ""
        pieces = [(known, "".join(signs)) for known, signs in groupby(written, _is_covered)]
        if all(known for known, _piece in pieces):
            continue
        before = ""
        spans: list[Element] = []
        for known, piece in pieces:
            if not known:
                spans.append(Element("tspan", {"font-family": OTHERS}))
                spans[-1].text = piece
            elif spans:
                spans[-1].tail = piece
            else:
                before = piece
        if child is None:
            text.text = before
        else:
            child.tail = before
        behind = 0 if child is None else list(text).index(child) + 1
        for place, span in enumerate(spans):
            text.insert(behind + place, span)


def _is_covered(sign: str) -> bool:
    return ord(sign) in covered()


def _name(font: TTFont, weight: int) -> None:
    """The variable font is called after its thinnest weight; what draws looks for the family."""
    names = font["name"]
    for other in (16, 17, 21, 22, 25):
        names.removeNames(nameID=other)
    names.setName(FAMILY, 1, 3, 1, 0x409)
    names.setName("Regular" if weight == WEIGHTS[0] else "SemiBold", 2, 3, 1, 0x409)


def _write(source: Path, weight: int, target: Path) -> None:
    font = TTFont(source)
    # Ligatures and the like take most of the time, and chart labels have none.
    for table in SPARED:
        if table in font:
            del font[table]
    instancer.instantiateVariableFont(font, {"wght": weight}, inplace=True)
    font.flavor = None
    _name(font, weight)
    # Two processes may do this at the same time; each renames a whole file.
    partial = target.with_suffix(f".{id(font):x}.tmp")
    font.save(partial)
    partial.replace(target)
