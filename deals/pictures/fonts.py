"""The site's font for drawings without a browser: its variable web font as files of one weight."""

from functools import cache
from pathlib import Path

from django.conf import settings
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

FONTS = Path(__file__).resolve().parents[1] / "static" / "deals" / "fonts"
SUBSETS = ("source-sans-3-latin-wght-normal", "source-sans-3-latin-ext-wght-normal")
WEIGHTS = (400, 600)
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


def _name(font: TTFont, weight: int) -> None:
    """The variable font is called after its thinnest weight; what draws looks for the family."""
    names = font["name"]
    for other in (16, 17, 21, 22, 25):
        names.removeNames(nameID=other)
    names.setName(FAMILY, 1, 3, 1, 0x409)
    names.setName("Regular" if weight == WEIGHTS[0] else "SemiBold", 2, 3, 1, 0x409)


def _write(source: Path, weight: int, target: Path) -> None:
    font = instancer.instantiateVariableFont(TTFont(source), {"wght": weight})
    font.flavor = None
    _name(font, weight)
    # Two processes may do this at the same time; each renames a whole file.
    partial = target.with_suffix(f".{id(font):x}.tmp")
    font.save(partial)
    partial.replace(target)
