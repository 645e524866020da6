"""The site's font for drawings without a browser: its variable web font as files of one weight."""

from functools import cache
from pathlib import Path

from django.conf import settings

FONTS = Path(__file__).resolve().parents[1] / "static" / "deals" / "fonts"
SUBSETS = ("source-sans-3-latin-wght-normal", "source-sans-3-latin-ext-wght-normal")
WEIGHTS = (400, 600)
FAMILY = "Source Sans 3"
# Fonts of the system for other scripts. They are named one by one, since what draws would else take
# the first that has a sign, be it italic.
SYSTEM = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("/Library/Fonts"))
OTHERS = (
    *("DejaVuSans.ttf", "NotoSans-Regular.ttf", "NotoSansCJK-Regular.ttc"),
    *("NotoSansSC-Regular.otf", "NotoSansCJKsc-Regular.otf", "SourceHanSansSC-Regular.otf"),
    *("wqy-microhei.ttc", "Arial Unicode.ttf"),
)


@cache
def font_files() -> tuple[str, ...]:
    """Paths of fonts: the site's, made once for a VAR_DIR, and those that this system has."""
    folder = settings.VAR_DIR / "fonts"
    folder.mkdir(parents=True, exist_ok=True)
    # A changed font has another size, so no old file is taken for it.
    size = sum((FONTS / f"{subset}.woff2").stat().st_size for subset in SUBSETS)
    found = []
    for weight in WEIGHTS:
        target = folder / f"source-sans-3-{weight}-{size}.ttf"
        if not target.exists():
            # Done once for an installation, with a library that no other process need hold.
            from deals.pictures.font_making import write

            write([FONTS / f"{subset}.woff2" for subset in SUBSETS], weight, FAMILY, target)
        found.append(str(target))
    return (*found, *system_fonts())


def system_fonts() -> list[str]:
    """Fonts of this system that have the signs of other scripts, best first; often none."""
    there = {path.name: path for folder in SYSTEM for path in folder.rglob("*.[to]t[fc]")}
    return [str(there[name]) for name in OTHERS if name in there]
