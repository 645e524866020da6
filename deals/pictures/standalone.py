"""A picture as one SVG file that needs nothing else: title, panels, legend, notes and source."""

from dataclasses import dataclass
from urllib.parse import urljoin
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from deals.pictures import stylesheet
from deals.pictures.fonts import FAMILY
from deals.pictures.picture import Key, Panel, Picture
from deals.svg.elements import hatching, tag
from deals.svg.text import text_width, wrapped

SVG = "http://www.w3.org/2000/svg"
MARGIN, GUTTER = 28, 36
FONT = f"'{FAMILY}', 'Noto Sans CJK SC', 'Noto Sans', Arial, sans-serif"
# More lines of anything would be an essay in a picture.
MOST_LINES = 4


@dataclass(frozen=True, slots=True)
class Source:
    """What stands below a drawing that went on its own way: `line` says whose it is and as of when,
    `address` where it lives on; `site` makes links inside it whole."""

    line: str
    address: str
    site: str


class _Sheet:
    """The growing file: what is on it, and how far down it reaches."""

    def __init__(self, width: float) -> None:
        self.width = width
        self.inner = width - 2 * MARGIN
        self.bottom = float(MARGIN)
        self.parts: list[SafeString] = []

    def text(self, text: str, look: str, size: float, lines: int = MOST_LINES) -> None:
        for line in wrapped(text, self.inner, lines, size):
            self.bottom += size * 1.32
            self.parts.append(tag("text", line, x=MARGIN, y=self.bottom, class_=look))

    def space(self, pixels: float) -> None:
        self.bottom += pixels


def standalone(picture: Picture, source: Source) -> str:
    """The file as text. Colours are those of the light theme, since it may end up on paper."""
    drawn = [panel for panel in picture.panels if panel.wide]
    extents = [_extent(panel.wide) for panel in drawn]
    widths = sum(width for width, _height in extents) + GUTTER * max(0, len(extents) - 1)
    sheet = _Sheet(max(widths, 720.0) + 2 * MARGIN)
    sheet.text(picture.title, "sheet-title", 22)
    sheet.space(2)
    sheet.text(picture.subtitle, "sheet-sub", 14)
    sheet.space(18)
    if not drawn:
        sheet.text(picture.panels[0].empty if picture.panels else "", "sheet-sub", 14)
    _panels(sheet, drawn, extents)
    for event in picture.events:
        sheet.text(f"{event.number}. {event.text}", "sheet-note", 12, lines=2)
    for note in picture.notes:
        sheet.text(note, "sheet-note", 12, lines=2)
    sheet.space(10)
    sheet.text(source.line, "sheet-source", 12)
    sheet.text(source.address, "sheet-source", 12)
    sheet.space(MARGIN * 0.8)
    return _written(sheet, picture, source)


def _panels(sheet: _Sheet, drawn: list[Panel], extents: list[tuple[float, float]]) -> None:
    """Side by side, each with its title and legend above its drawing."""
    if not drawn:
        return
    heads = [_head(panel) for panel in drawn]
    head = max(height for _parts, height in heads)
    left = float(MARGIN)
    for panel, (parts, _height), (width, height) in zip(drawn, heads, extents, strict=True):
        place = f"translate({left:.1f} {sheet.bottom:.1f})"
        sheet.parts.append(tag("g", *parts, transform=place, class_=panel.hue))
        sheet.parts.append(_placed(panel.wide, left, sheet.bottom + head, width, height))
        left += width + GUTTER
    sheet.space(head + max(height for _width, height in extents) + 14)


def _head(panel: Panel) -> tuple[list[SafeString], float]:
    """Title and legend of a panel, and how high they are."""
    parts = [tag("text", panel.title, x=0, y=14, class_="sheet-panel")]
    if not panel.legend:
        return parts, 26.0
    left = 0.0
    for at, key in enumerate(panel.legend):
        parts.append(_key(key, f"{panel.name}-key-{at}", left))
        left += text_width(key.label) + 34
    return parts, 50.0


def _key(key: Key, name: str, left: float) -> SafeString:
    box = {"x": left, "y": 26, "width": 12, "height": 12, "class_": f"sheet-key {key.look}"}
    is_hatched = key.look in ("young", "hue-unknown")
    parts = [hatching(name)] if is_hatched else []
    box |= {"style": f"fill:url(#{name})"} if is_hatched else {}
    label = tag("text", key.label, x=left + 18, y=37, class_="sheet-label")
    return tag("g", *parts, tag("rect", **box), label, class_=key.hue)


def _extent(svg: SafeString) -> tuple[float, float]:
    """Width and height of a drawing with its margin, from its viewBox or its own words."""
    found = ElementTree.fromstring(svg).attrib
    if "viewBox" not in found:
        return float(found["x"]) + float(found["width"]), float(found["height"])
    _x, _y, width, height = found["viewBox"].split()
    return float(width), float(height)


def _placed(svg: SafeString, x: float, y: float, width: float, height: float) -> SafeString:
    """The drawing inside of a larger one."""
    root = ElementTree.fromstring(svg)
    for name in ("role", "aria-labelledby", "aria-describedby"):
        root.attrib.pop(name, None)
    margin = float(root.get("x", 0))
    root.attrib |= {
        "x": f"{x + margin:.1f}", "y": f"{y:.1f}", "width": f"{width - margin:g}",
        "height": f"{height:g}", "overflow": "visible",
    }  # fmt: skip
    return mark_safe(ElementTree.tostring(root, encoding="unicode"))


def _written(sheet: _Sheet, picture: Picture, source: Source) -> str:
    ground = tag("rect", width=sheet.width, height=sheet.bottom, class_="sheet-ground")
    body = tag(
        "svg",
        tag("title", picture.title),
        tag("desc", picture.summary or picture.subtitle),
        ground,
        *sheet.parts,
        width=sheet.width,
        height=sheet.bottom,
        viewBox=f"0 0 {sheet.width:.1f} {sheet.bottom:.1f}",
        class_="sheet",
        font_family=FONT,
    )
    root = ElementTree.fromstring(body)
    stylesheet.apply(root)
    _link(root, source.site)
    root.set("xmlns", SVG)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(
        root, encoding="unicode"
    )


def _link(root: Element, site: str) -> None:
    """A file has no address of its own, so its links say the whole one."""
    for element in root.iter("a"):
        element.set("href", urljoin(site, element.get("href", "")))


def source_line(question: str, ledger: str, day: str, *, generated: bool) -> str:
    """ "InvestTrack, “Funding rounds into …”. Data as of ledger no. 4,873, 22 Nov 2026."

    A file is passed on without its page, so it says itself that its data were invented.
    """
    line = _("InvestTrack, “%(question)s”. Data as of ledger no. %(ledger)s, %(day)s.") % {
        "question": question,
        "ledger": ledger,
        "day": day,
    }
    return f"{line} {_('Demonstration data: generated, not real.')}" if generated else line
